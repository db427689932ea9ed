"""The written document: load with places, shape, check, edits, migrations."""
