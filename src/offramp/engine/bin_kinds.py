"""Kinds of bins, by number; see `offramp.ensemble.bins` for what they are. No kernel, so that no compiler is loaded."""

FLAG, INTEGER, LINEAR, LOG = range(4)
