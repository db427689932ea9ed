"""Rank 3: lower a scenario to a Model, with indices for names and IR for formulas."""

from offramp.model.lower import lower
from offramp.model.model import Model

__all__ = ["Model", "lower"]
