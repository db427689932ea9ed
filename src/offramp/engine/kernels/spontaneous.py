"""The distribution of a spontaneous count: Poisson, cut at `max_count`."""

from __future__ import annotations

from math import exp
from typing import Any

from offramp.engine.kernels.lanes import kernel


@kernel
def count_weight(rate: Any, n: Any, most: Any, recorded: Any, missed: Any) -> Any:
    """Return P(N = n) n! / (n - recorded)! missed^(n - recorded)."""
    if n < most:
        p = exp(-rate)
        for k in range(1, n + 1):
            p *= rate / k
    else:
        p, term = 1.0, exp(-rate)
        for k in range(most):
            p -= term
            term *= rate / (k + 1)
        p = max(p, 0.0)
    for k in range(recorded):
        p *= n - k
    return p * missed ** (n - recorded)
