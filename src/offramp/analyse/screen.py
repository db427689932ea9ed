"""Which drawn numbers matter: a screen of the parameters of runs already made, against their outcomes.

Each run has its own draw of every parameter. With u the rank of a parameter among the runs, scaled to -1 .. 1, and y
the rank of an outcome, both standardised, the *share* of an outcome's variation that a parameter goes with is

    S = r1**2 + r2**2,    r1 = mean(y P1(u)),  r2 = mean(y P2(u)),

the squared correlations with the first two Legendre polynomials of u, made orthogonal on the ranks at hand: a straight
and a bent line. That is a first-order index from given data; what acts only together with other numbers, or wiggles
more than a parabola, it misses. r1 gives the sign.

Chance alone gives every S a positive value. The *floor* is the 95 % quantile of the largest S of the whole table when
the runs' outcomes are dealt anew at random: if no parameter mattered to any outcome, one screen in twenty would show
anything at all. What is shown lies above the floor, and is reported less 2 / n, what chance adds on average. Dealing
anew keeps the dependence among outcomes and assumes nothing of their distribution; it asks for runs that are
independent draws, which they are.

Source : saltelli2008 (first-order indices); westfallyoung1993 (the largest statistic under permutation)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from offramp.core.noise import PARAMETER_DAY, slot
from offramp.infer.addressed import RunKeys

FALSE_ALARM = 0.05  # share of screens of a model in which nothing matters that show anything
DEALS = 200  # shuffles behind the floor
FEWEST_RUNS = 100
LEAST_VARIED = 0.05  # share of runs whose outcome differs from the commonest value, below which ranks say little
TERMS = 2  # polynomials


@dataclass(frozen=True, slots=True)
class Influence:
    """One parameter's part in one outcome: `share` of its variation, less chance; the sign of its slope, -1 or 1.

    is_bent : whether the bent term is the larger one, so that the sign tells less than half of it.
    """

    parameter: str
    outcome: str
    share: float
    sign: int
    is_bent: bool


@dataclass(frozen=True)
class Screen:
    """What was found.

    influences : above the floor, the largest first. floor : share below which nothing is shown.
    screened : outcomes that were looked at; skipped : those that hardly vary. n_runs, n_parameters : what was used.
    told : outcome -> sum of the shares shown of it, at most 1.
    """

    influences: tuple[Influence, ...]
    floor: float
    screened: tuple[str, ...]
    skipped: tuple[str, ...]
    n_runs: int
    n_parameters: int
    told: dict[str, float]


def screen(
    parameters: NDArray[np.float32], outcomes: NDArray[np.float32], *, names: tuple[Sequence[str], Sequence[str]],
    seed: int,
) -> Screen | None:  # fmt: skip
    """Screen the parameters (run, parameter) of runs against their outcomes (run, outcome).

    Parameters
    ----------
    names : of the parameters, and of the outcomes
    seed : keys the shuffles

    Returns
    -------
    None for fewer than 100 runs, or where nothing varies.
    """
    n = outcomes.shape[0]
    drawn = [j for j in range(parameters.shape[1]) if np.ptp(parameters[:, j]) > 0]
    varied = [k for k in range(outcomes.shape[1]) if _varies(outcomes[:, k])]
    if n < FEWEST_RUNS or not drawn or not varied:
        return None
    waves = np.stack([_waves(parameters[:, j]) for j in drawn])  # (parameter, term, run)
    ranked = np.stack([_standard(rankdata(outcomes[:, k])) for k in varied], axis=1)
    slopes = waves @ ranked / n  # (parameter, term, outcome)
    shares = (slopes**2).sum(axis=1)
    floor = _floor(waves, ranked, seed)
    parameter_names, outcome_names = names
    found = [
        Influence(
            parameter_names[drawn[j]], outcome_names[varied[k]], float(max(shares[j, k] - TERMS / n, 0.0)),
            sign=1 if slopes[j, 0, k] >= 0 else -1, is_bent=bool(abs(slopes[j, 1, k]) > abs(slopes[j, 0, k])),
        )
        for j, k in zip(*np.nonzero(shares > floor), strict=True)
    ]  # fmt: skip
    found.sort(key=lambda influence: (-influence.share, influence.parameter, influence.outcome))
    screened = tuple(outcome_names[k] for k in varied)
    return Screen(
        tuple(found), floor, screened,
        skipped=tuple(name for k, name in enumerate(outcome_names) if k not in varied), n_runs=n,
        n_parameters=len(drawn),
        told={name: min(1.0, sum(f.share for f in found if f.outcome == name)) for name in screened},
    )  # fmt: skip


def _varies(values: NDArray[np.float32]) -> bool:
    """Tell whether enough runs differ from the commonest value, and all have a finite one."""
    if not np.isfinite(values).all():
        return False
    commonest = int(np.unique(values, return_counts=True)[1].max())
    return 1 - commonest / len(values) >= LEAST_VARIED


def _standard(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Scale to mean 0 and mean square 1; zeros where nothing varies."""
    centred = values - values.mean()
    size = float(np.sqrt(np.mean(centred**2)))
    scaled: NDArray[np.float32] = (centred / size if size > 1e-9 else np.zeros_like(centred)).astype(np.float32)
    return scaled


def _waves(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Make the straight and the bent line of a parameter's ranks, orthogonal on these very ranks: (term, run)."""
    straight = _standard(rankdata(values)).astype(np.float64)
    bent = straight**2
    bent -= bent.mean() + np.mean(bent * straight) * straight
    return np.stack([_standard(straight), _standard(bent)])


def _floor(waves: NDArray[np.float32], ranked: NDArray[np.float32], seed: int) -> float:
    """Find the quantile of the largest share of a table whose outcomes are dealt anew."""
    n = ranked.shape[0]
    flat = waves.reshape(-1, n)
    runs = RunKeys.of(seed, range(n))
    largest = np.zeros(DEALS)
    for deal in range(DEALS):
        order = np.argsort(runs.uniforms(PARAMETER_DAY, slot("screen.deal", str(deal))), kind="stable")
        slopes = (flat @ ranked[order] / n).reshape(-1, TERMS, ranked.shape[1])
        largest[deal] = float((slopes**2).sum(axis=1).max())
    return float(np.quantile(largest, 1 - FALSE_ALARM, method="higher"))
