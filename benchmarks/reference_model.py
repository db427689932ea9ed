"""The reference model: one crisis of fixed size whose numbers every contestant reads.

Ten actors, 48 moves, 40 quantities, 400 days, effect delays of 0 to 29 days; the numbers come from
fixed distributions by a fixed seed. **Every coefficient differs from run to run**: a contestant draws

    theta = mean + sd * z            coefficients of either sign
    theta = median * exp(sd * z)     coefficients that must stay positive

once per run, z standard normal, and reads them from memory on each day. A *spread* of a tenth of
the natural scale keeps all runs recognisably the same crisis. Structure, thresholds, cooldowns,
delays, resting values and the half-lives of memories are the same in all runs.

Elements have the dotted paths of the scenario (`a3.m17.effects.q05`), and draws are addressed by
hashes of these paths, so a contestant with addressed noise can simulate the very same runs.

The day, for every contestant (docs/reference/semantics.md has it in full):

1. effects due today are added, quantities clipped to [0, 1]: this is the morning;
2. each actor has an opportunity with probability 1 - exp(-rate); it picks among its moves that are
   off cooldown and whose requirement holds, or holds, by a logit on the morning;
3. chosen moves schedule four effects each, Normal(mean, sd); those without delay act now;
4. quantities relax to rest, are coupled to two others, take noise, are clipped;
5. memories (decaying counts of moves, h <- h * decay + n) and outcomes are brought up to date.

`make(size=...)` makes models of other sizes after the same pattern, to see what size costs.
`python -m benchmarks.reference_model PATH.npz` writes the numbers;
`python -m benchmarks.reference_scenario PATH.yaml` writes the same model as a scenario.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED = 7
N_DAYS, N_DELAYS = 400, 30
N_WEIGHTS, N_MEMORIES, N_EFFECTS, N_COUPLINGS = 6, 3, 4, 2
SPREAD = 0.1
START = date(2020, 1, 1)
DIGITS = 6


def actor_name(actor: int) -> str:
    """Return the id of an actor."""
    return f"a{actor}"


def channel_path(actor: int) -> str:
    """Return the path of an actor's only channel."""
    return f"{actor_name(actor)}.acts"


def quantity_name(quantity: int) -> str:
    """Return the id of a quantity."""
    return f"q{quantity:02d}"


def mechanism_name(quantity: int, coupling: int) -> str:
    """Return the id of the mechanism that couples a quantity to its `coupling`-th neighbour."""
    return f"{quantity_name(quantity)}_c{coupling}"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a model is; the reference model's size by default."""

    n_actors: int = 10
    n_quantities: int = 40
    n_moves: int = 48
    n_days: int = N_DAYS


REFERENCE = Size()


@dataclass(frozen=True, slots=True)
class Coefficients:
    """One block of coefficients that vary between runs.

    `centre` is the mean, or the median where `positive`; `sd` is in the coefficient's own unit,
    or on the log scale where `positive`.
    """

    name: str
    centre: Floats
    sd: float
    positive: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceModel:
    """Fixed structure and the centres of all coefficients; indices count from 0."""

    size: Size
    first_move: Ints
    """(actor + 1,) moves `first_move[a] : first_move[a + 1]` belong to actor a."""
    weight_on: Ints
    """(move, 6) quantities that the move's utility reads."""
    memory_of: Ints
    """(move, 3) moves whose memory the utility reads."""
    memory_half_life: Floats
    """(move,) days."""
    requires: Ints
    """(move,) quantity that must exceed `threshold`, or -1."""
    threshold: Floats
    cooldown: Ints
    """(move,) days."""
    effect_on: Ints
    """(move, 4) quantity changed."""
    delay: Ints
    """(move, 4) days."""
    rest: Floats
    """(quantity,) value that it starts from and relaxes to."""
    coupled_to: Ints
    """(quantity, 2) quantities whose distance from rest flows into it."""
    coefficients: tuple[Coefficients, ...]
    counted: Ints
    peaked: Ints
    crossed: Ints
    crossing: float
    last_seen: Ints

    def block(self, name: str) -> Coefficients:
        """Return one block of coefficients by its name."""
        return next(block for block in self.coefficients if block.name == name)

    def move_path(self, move: int) -> str:
        """Return the dotted path of a move: its actor, then its own name."""
        actor = int(np.searchsorted(self.first_move, move, side="right")) - 1
        return f"{actor_name(actor)}.m{move:02d}"

    def effect_paths(self, move: int) -> list[str]:
        """Return the paths of a move's effects; a second one on a quantity ends in `.2`."""
        seen: Counter[int] = Counter()
        paths = []
        for quantity in self.effect_on[move].tolist():
            seen[quantity] += 1
            again = f".{seen[quantity]}" if seen[quantity] > 1 else ""
            paths.append(f"{self.move_path(move)}.effects.{quantity_name(quantity)}{again}")
        return paths

    def theta_paths(self) -> list[str]:
        """Return the path of every coefficient, in the order of the numbers file."""
        paths = {
            "base": [f"{m}.utility.base" for m in self._move_paths()],
            "weight": [f"{m}.utility.w{j}" for m in self._move_paths() for j in range(N_WEIGHTS)],
            "memory": [f"{m}.utility.r{j}" for m in self._move_paths() for j in range(N_MEMORIES)],
            "effect_mean": [f"{e}.add.mean" for e in self._all_effect_paths()],
            "effect_sd": [f"{e}.add.sd" for e in self._all_effect_paths()],
            "rate": [f"{channel_path(a)}.opportunities" for a in range(self.size.n_actors)],
            "half_life": [f"{q}.half_life" for q in self._quantity_paths()],
            "coupling": [
                f"mechanism.{mechanism_name(q, j)}" for q in range(self.size.n_quantities) for j in range(N_COUPLINGS)
            ],
            "noise": [f"{q}.noise" for q in self._quantity_paths()],
        }
        return [path for block in self.coefficients for path in paths[block.name]]

    def _move_paths(self) -> Iterator[str]:
        return (self.move_path(move) for move in range(self.size.n_moves))

    def _quantity_paths(self) -> Iterator[str]:
        return (quantity_name(quantity) for quantity in range(self.size.n_quantities))

    def _all_effect_paths(self) -> Iterator[str]:
        return (path for move in range(self.size.n_moves) for path in self.effect_paths(move))

    def save(self, path: Path) -> None:
        """Write the numbers as a neutral `.npz` that contestants read without this package."""
        blocks = self.coefficients
        sizes = [block.centre.size for block in blocks]
        fixed = {name: getattr(self, name) for name in self.__slots__ if name not in ("size", "coefficients")}
        np.savez(
            path,
            first_day=START.toordinal(),
            n_days=self.size.n_days,
            n_delays=N_DELAYS,
            theta_centre=np.concatenate([block.centre.ravel() for block in blocks]),
            theta_sd=np.repeat([block.sd for block in blocks], sizes),
            theta_positive=np.repeat([block.positive for block in blocks], sizes),
            theta_path=np.array(self.theta_paths()),
            move_path=np.array(list(self._move_paths())),
            effect_path=np.array(list(self._all_effect_paths())),
            channel_path=np.array([channel_path(a) for a in range(self.size.n_actors)]),
            quantity_path=np.array(list(self._quantity_paths())),
            theta_block=np.array([block.name for block in blocks]),
            theta_start=np.concatenate([[0], np.cumsum(sizes)]),
            **fixed,
        )


def make(seed: int = SEED, size: Size = REFERENCE) -> ReferenceModel:
    """Draw the reference model's numbers, or those of a model of another size.

    All are rounded to six significant digits, so that the scenario's text and the contestants'
    arrays hold the same values.
    """
    draw = np.random.default_rng(seed)
    n_actors, n_quantities, n_moves = size.n_actors, size.n_quantities, size.n_moves
    per_actor = [n_moves // n_actors + (a < n_moves % n_actors) for a in range(n_actors)]
    chance = draw.uniform(0.05, 0.6, n_actors)
    base = draw.normal(-0.8, 0.6, n_moves)
    weight_on = _distinct(draw, n_quantities, (n_moves, N_WEIGHTS))
    weight = draw.normal(0, 1.0, (n_moves, N_WEIGHTS))
    memory_of = _distinct(draw, n_moves, (n_moves, N_MEMORIES))
    memory = draw.normal(0, 0.25, (n_moves, N_MEMORIES))
    memory_half_life = draw.uniform(3, 60, n_moves)
    requires = np.where(draw.random(n_moves) < 0.5, draw.integers(0, n_quantities, n_moves), -1)
    threshold = draw.uniform(0.2, 0.6, n_moves)
    cooldown = draw.integers(0, 12, n_moves)
    effects = (n_moves, N_EFFECTS)
    effect_on = draw.integers(0, n_quantities, effects)
    effect_mean = draw.normal(0, 0.05, effects)
    effect_sd = draw.uniform(0.01, 0.04, effects)
    delay = draw.integers(0, N_DELAYS, effects)
    rest = draw.uniform(0.2, 0.8, n_quantities)
    relaxation = draw.uniform(0.01, 0.06, n_quantities)
    coupled_to = _couplings(draw, n_quantities)
    coupling = draw.normal(0, 0.015, (n_quantities, N_COUPLINGS))
    return ReferenceModel(
        size=size,
        first_move=np.concatenate([[0], np.cumsum(per_actor)]).astype(np.int64),
        weight_on=weight_on,
        memory_of=memory_of,
        memory_half_life=_rounded(memory_half_life),
        requires=requires,
        threshold=_rounded(threshold),
        cooldown=cooldown,
        effect_on=effect_on,
        delay=delay,
        rest=_rounded(rest),
        coupled_to=coupled_to,
        coefficients=(
            Coefficients("base", _rounded(base), _significant(0.6 * SPREAD)),
            Coefficients("weight", _rounded(weight), _significant(1.0 * SPREAD)),
            Coefficients("memory", _rounded(memory), _significant(0.25 * SPREAD)),
            Coefficients("effect_mean", _rounded(effect_mean), _significant(0.05 * SPREAD)),
            Coefficients("effect_sd", _rounded(effect_sd), SPREAD, positive=True),
            Coefficients("rate", _rounded(-np.log1p(-chance)), SPREAD, positive=True),
            Coefficients("half_life", _rounded(-1 / np.log2(1 - relaxation)), SPREAD, positive=True),
            Coefficients("coupling", _rounded(coupling), _significant(0.015 * SPREAD)),
            Coefficients("noise", np.full(n_quantities, 0.005), SPREAD, positive=True),
        ),
        counted=np.array([3, 17, 39]) % n_moves,
        peaked=np.array([4, 28]) % n_quantities,
        crossed=np.array([9, 11]) % n_quantities,
        crossing=0.9,
        last_seen=np.array([7, 30]) % n_quantities,
    )


def _distinct(draw: np.random.Generator, n: int, shape: tuple[int, int]) -> Ints:
    """Draw rows of distinct indices below n."""
    return np.stack([draw.choice(n, shape[1], replace=False) for _ in range(shape[0])])


def _couplings(draw: np.random.Generator, n_quantities: int) -> Ints:
    """Draw for each quantity the others that flow into it, never itself."""
    everyone = np.arange(n_quantities)
    return np.stack([draw.choice(np.delete(everyone, q), N_COUPLINGS, replace=False) for q in everyone])


def _rounded(values: Floats) -> Floats:
    """Round to the significant digits that the scenario's text shows."""
    return np.array([_significant(v) for v in values.ravel()]).reshape(values.shape)


def _significant(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def main() -> None:
    """Write the numbers to the path given."""
    parser = argparse.ArgumentParser(description="Write the reference model's numbers (.npz).")
    parser.add_argument("path", type=Path)
    make().save(parser.parse_args().path)


if __name__ == "__main__":
    main()
