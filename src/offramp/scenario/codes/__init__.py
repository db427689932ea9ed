"""Rows of the catalogue of problems, one file for each hundred; `offramp.scenario.catalogue` joins them."""
