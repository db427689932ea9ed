"""Packaged scenarios: data, not code.

Each folder holds a `scenario.yaml` and what it includes; `offramp list` names them and `offramp.load(NAME)` opens them.

- `us-iran-iraq`: the United States, Iran and Iraq, 2018-2021, with its record; priors frozen before the two first met.
- `two-rivals`: a small made-up crisis, the example of the documentation.
"""
