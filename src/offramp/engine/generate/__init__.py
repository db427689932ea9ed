"""Specialised code: a scenario's formulas printed as Numba source, compiled and cached."""

from offramp.engine.generate.source import source

__all__ = ["source"]
