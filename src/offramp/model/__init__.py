"""Rank 3: lower a scenario to a Model, with indices for names and IR for formulas.

`offramp.model.lower` does it; `offramp.model.model` is the Model, which engines import without the rest.
"""
