"""Fuzzing: many thousand damaged, nonsensical and malicious inputs, each of which must be answered in words.

A case is a pure function of (seed, number): `cases.py` makes it, `judge.py` hands it to Offramp as a user would, and
`guard.py` watches what Python does meanwhile. The same cases run in CI (a thousand) and at length:

    python -m benchmarks.fuzz --cases 100000 --seed 1          # goes on where it stopped
    python -m benchmarks.fuzz --show 1234                      # one case again, with its traceback
"""
