"""Which class, given that a side acts? A multinomial logit of one-sided acts on what was done before (MIE).

The terms of a class are log(1 + memory) of the side's own and of the opponent's acts of that class, with half-lives of
14 and 365 days; all classes of force share a term for force used before in the confrontation, for recent acts of the
opponent, for major powers and for the age of the confrontation; an attack has two for recent mutual fighting and for
recent deaths. Acts that follow another of the pair within 180 days are counted, as in the rates.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tools.base_rates.mie import ATTACK, GAP, LAST_DAY, SEIZURE, Acts, Pair, indicator
from tools.base_rates.rates import MAJOR, Array, memory

CLASSES = 5
NAMES = ("own_14", "own_365", "opponent_14", "opponent_365", "force_before", "force_after_force", "force_after_low",
         "attack_after_fighting", "attack_after_deaths", "force_major", "force_major_opponent", "force_age",
         "show", "border", "seizure", "attack")  # fmt: skip


def estimate(pairs: Mapping[Pair, Acts]) -> dict[str, float]:
    """Fit the choice of class; coefficients by name, in log odds, threat the base of the classes."""
    blocks = [_side(found, pair, side) for pair, found in pairs.items() for side in (0, 1)]
    terms = np.concatenate([x for x, _ in blocks])
    chosen = np.concatenate([y for _, y in blocks]).astype(int)
    beta = np.zeros(terms.shape[2])
    for _ in range(50):
        odds = np.exp(terms @ beta - (terms @ beta).max(axis=1, keepdims=True))
        chance = odds / odds.sum(axis=1, keepdims=True)
        mean = np.einsum("nc,nck->nk", chance, terms)
        score = (terms[np.arange(len(chosen)), chosen] - mean).sum(axis=0)
        information = np.einsum("nc,nck,ncl->kl", chance, terms, terms) - mean.T @ mean
        step = np.linalg.pinv(information, hermitian=True) @ score  # a term that never varies is 0
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    return dict(zip(NAMES, beta.tolist(), strict=True))


def _side(found: Acts, pair: Pair, number: int) -> tuple[Array, Array]:
    """Terms (act, class, term) and the class chosen (act,) of one side's acts."""
    side, other = pair[number], pair[1 - number]
    runs = found.confrontations()
    first = runs[0][0]
    length = min(runs[-1][1] + GAP, LAST_DAY) - first + 1

    def memories(state: int, half_life: float) -> Array:
        acts = found.by.get(state, {})
        marks = [indicator([d for d, k in acts.items() if k == kind], first, length) for kind in range(CLASSES)]
        return np.stack([memory(mark, half_life) for mark in marks])

    own = {half_life: memories(side, half_life) for half_life in (14.0, 365.0)}
    theirs = {half_life: memories(other, half_life) for half_life in (14.0, 365.0)}
    fought = memory(indicator(found.fought, first, length), 14)
    fatal = memory(indicator(found.fatal, first, length), 30)
    force_days = sorted(found.fought | {d for acts in found.by.values() for d, kind in acts.items() if kind >= SEIZURE})
    rows, chosen = [], []
    for start, end in runs:
        for day, kind in sorted(found.by.get(side, {}).items()):
            if start < day <= end:
                at = day - first
                shared = [
                    float(any(start <= d < day for d in force_days)),
                    np.log1p(theirs[14.0][SEIZURE:, at].sum()), np.log1p(theirs[14.0][:SEIZURE, at].sum()),
                    0.0, 0.0, _major(side, day), _major(other, day), np.log1p(day - start),
                ]  # fmt: skip
                rows.append(_terms(own, theirs, at, shared, (float(fought[at]), float(fatal[at]))))
                chosen.append(kind)
    empty = np.zeros((0, CLASSES, len(NAMES)))
    return (np.stack(rows) if rows else empty), np.array(chosen)


def _terms(
    own: Mapping[float, Array], theirs: Mapping[float, Array], at: int, shared: list[float], blood: tuple[float, float]
) -> Array:  # budget(positional): the pieces of one row
    found = np.zeros((CLASSES, len(NAMES)))
    for column, memories in enumerate((own[14.0], own[365.0], theirs[14.0], theirs[365.0])):
        found[:, column] = np.log1p(memories[:, at])
    found[SEIZURE:, 4:12] = shared
    found[ATTACK, 7:9] = np.log1p(blood)
    found[1:, 12:] = np.eye(CLASSES - 1)
    return found


def _major(state: int, day: int) -> float:
    since, until = MAJOR.get(state, (9999, 0))
    return float(since <= day / 365.2425 + 1 < until + 1)
