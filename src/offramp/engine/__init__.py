"""Rank 4: from a Model to numbers.  A plain reference interpreter and a compiled engine that give the same bits."""
