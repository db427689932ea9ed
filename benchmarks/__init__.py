"""Offramp beside its peers on one model: `python -m benchmarks.run` times them side by side."""
