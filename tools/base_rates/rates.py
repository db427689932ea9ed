"""How fast acts follow acts: log-rates per day of one side's acts, on memories of what was done (MIE).

The probability of an act on a day is 1 - exp(-exp(eta)), eta linear in log(1 + m) of each memory m, the sum of
2^(-days ago / half-life) over past acts. Days at risk run from the day after the first act of a confrontation to 180
days after its last. Standard errors are clustered by pair; `tau` is the spread of a coefficient between pairs, by one
Newton step for each pair with ten acts or more and the moments of DerSimonian and Laird.

Half-lives are those found best when the base rates were first estimated, and are taken as given here. Left out is the
list of strategic rivalries, which is no part of the data; it was one of four background terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.signal import lfilter

from tools.base_rates.mie import GAP, LAST_DAY, SEIZURE, Acts, Pair, indicator

Array = NDArray[np.float64]
MAJOR = {2: (1946, 2014), 200: (1946, 2014), 220: (1946, 2014), 365: (1946, 2014), 710: (1950, 2014),
         255: (1991, 2014), 740: (1991, 2014)}  # fmt: skip  # Correlates of War: major powers, from memory
HISTORY = 5 * 365.25  # half-life of "all act-days so far"
ENOUGH = 10  # acts of a pair that count in tau
LIKELY = {  # outcome -> memory -> half-life in days
    "force": {"own_force": 120, "own_low": 7, "opponent_force": 4, "opponent_low": 4, "mutual": 2},
    "low": {"own_force": 4, "own_low": 14, "opponent_force": 2, "opponent_low": 4, "mutual": 240},
    "any": {"own_force": 30, "own_low": 14, "opponent_force": 2, "opponent_low": 2, "mutual": 240},
}


@dataclass(frozen=True)
class Fit:
    """Coefficients by name, with standard error and spread between pairs; n : acts.

    acted, expected, days : of each side of each pair (pair * 2,): its acts, how many its memories and background let
        expect, and its days at risk
    """

    names: tuple[str, ...]
    estimate: Array
    error: Array
    tau: Array
    n: int
    acted: Array
    expected: Array
    days: Array

    def of(self, name: str) -> tuple[float, float, float]:
        """Estimate, standard error and tau of one coefficient."""
        at = self.names.index(name)
        return float(self.estimate[at]), float(self.error[at]), float(self.tau[at])


def memory(past: Array, half_life: float) -> Array:
    """Sum what came before each day, yesterday's act counting 2^(-1 / half-life)."""
    kept = 2.0 ** (-1.0 / half_life)
    return np.asarray(lfilter([0.0, kept], [1.0, -kept], past))


def estimate(pairs: Mapping[Pair, Acts], outcome: str) -> Fit:
    """Fit the rate of force, low or any one-sided acts."""
    blocks = [_side(found, pair, side, outcome) for pair, found in pairs.items() for side in (0, 1)]
    terms, acted = np.concatenate([x for x, _ in blocks]), np.concatenate([y for _, y in blocks])
    side = np.concatenate([np.full(len(y), number) for number, (_, y) in enumerate(blocks)])
    names = ("intercept", *LIKELY[outcome], "age", "history", "fatal", "opened", "major", "major_opponent")
    return _fit(names, terms, acted, side)


def _side(found: Acts, pair: Pair, number: int, outcome: str) -> tuple[Array, Array]:
    """Terms (day at risk, term) and acts (day at risk,) of one side of a pair."""
    side, other = pair[number], pair[1 - number]
    runs = found.confrontations()
    first = runs[0][0]
    length = min(runs[-1][1] + GAP, LAST_DAY) - first + 1
    own, theirs = found.by.get(side, {}), found.by.get(other, {})

    def marked(acts: Mapping[int, int], *, is_force: bool) -> Array:
        return indicator([day for day, kind in acts.items() if (kind >= SEIZURE) == is_force], first, length)

    done = {
        "own_force": marked(own, is_force=True), "own_low": marked(own, is_force=False),
        "opponent_force": marked(theirs, is_force=True), "opponent_low": marked(theirs, is_force=False),
        "mutual": indicator(found.fought, first, length),
    }  # fmt: skip
    columns = [np.log1p(memory(done[name], half_life)) for name, half_life in LIKELY[outcome].items()]
    every = np.minimum(np.sum(list(done.values()), axis=0), 1.0)
    history = np.log1p(memory(every, HISTORY))
    fatal = np.log1p(memory(indicator(found.fatal, first, length), 30))
    years = (np.arange(first, first + length) - 1) / 365.2425 + 1
    majors = [_major(state, years) for state in (side, other)]
    rows = []
    for start, end in runs:
        risk = np.arange(start + 1, min(end + GAP, LAST_DAY) + 1) - first
        background = [
            np.log1p(risk + first - start), history[risk], fatal[risk],
            np.full(len(risk), float(found.opened[start] == side)), majors[0][risk], majors[1][risk],
        ]  # fmt: skip
        rows.append(np.column_stack([np.ones(len(risk)), *(column[risk] for column in columns), *background]))
    at_risk = np.concatenate([np.arange(start + 1, min(end + GAP, LAST_DAY) + 1) - first for start, end in runs])
    wanted = {"force": ("own_force",), "low": ("own_low",), "any": ("own_force", "own_low")}[outcome]
    return np.concatenate(rows), np.sum([done[name] for name in wanted], axis=0)[at_risk]


def _major(state: int, years: Array) -> Array:
    since, until = MAJOR.get(state, (9999, 0))
    return ((years >= since) & (years < until + 1)).astype(float)


def _fit(names: tuple[str, ...], terms: Array, acted: Array, side: NDArray[np.int64]) -> Fit:
    beta = np.zeros(terms.shape[1])
    beta[0] = np.log(max(acted.mean(), 1e-9))
    for _ in range(60):
        score, weight = _derivatives(terms @ beta, acted)
        step = np.linalg.pinv(terms.T @ (terms * weight[:, None]), hermitian=True) @ (terms.T @ score)
        beta += step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    score, weight = _derivatives(terms @ beta, acted)
    pair, n_pairs = side // 2, int(side.max()) // 2 + 1
    scores, diagonal = np.zeros((n_pairs, len(beta))), np.zeros((n_pairs, len(beta)))
    np.add.at(scores, pair, terms * score[:, None])
    np.add.at(diagonal, pair, terms**2 * weight[:, None])
    inverse = np.linalg.pinv(terms.T @ (terms * weight[:, None]), hermitian=True)  # a term that never varies is 0
    error = np.sqrt(np.diag(inverse @ (scores.T @ scores) @ inverse))
    enough = np.bincount(pair, acted, n_pairs) >= ENOUGH
    tau = np.array([_spread(scores[enough, k], diagonal[enough, k]) for k in range(len(beta))])
    rates = np.exp(terms @ beta)
    by_side = [np.bincount(side, values, 2 * n_pairs).astype(float) for values in (acted, rates, np.ones_like(acted))]
    return Fit(names, beta, error, tau, int(acted.sum()), *by_side)


def left_over(acted: Array, expected: Array) -> float:
    """Standard deviation of a log-rate between units whose acts are Poisson about their own multiple of `expected`.

    Multiples are log-normal; the likelihood is worked out by Gauss-Hermite quadrature.
    """
    points, weights = np.polynomial.hermite_e.hermegauss(41)
    seen = expected > 0
    counts, log_expected = acted[seen][:, None], np.log(expected[seen])[:, None]

    def misfit(at: Array) -> float:
        level, log_spread = at
        log_rate = log_expected + level + np.exp(log_spread) * points
        told = counts * log_rate - np.exp(log_rate)
        top = told.max(axis=1, keepdims=True)
        return -float((top[:, 0] + np.log(np.exp(told - top) @ weights)).sum())

    return float(np.exp(minimize(misfit, np.array([-0.3, 0.0]), method="Nelder-Mead").x[1]))


def _derivatives(eta: Array, acted: Array) -> tuple[Array, Array]:
    """Score and expected information of each day's act under the complementary log-log link."""
    rate = np.exp(np.clip(eta, -30.0, 5.0))
    chance = -np.expm1(-rate)
    return rate * (acted / chance - 1.0), rate**2 * (1.0 - chance) / chance


def _spread(score: Array, information: Array) -> float:
    """Standard deviation between pairs of one coefficient: one Newton step for each, then moments."""
    seen = information > 1e-6
    if seen.sum() < 2:
        return 0.0
    step, weight = score[seen] / information[seen], information[seen]
    mean = (weight * step).sum() / weight.sum()
    excess = (weight * (step - mean) ** 2).sum() - (len(step) - 1)
    return float(np.sqrt(max(excess / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0)))
