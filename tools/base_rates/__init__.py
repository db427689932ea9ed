"""Base rates of other crises, derived from data that is not part of the project."""
