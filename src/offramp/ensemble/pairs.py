"""Run a baseline and alternatives side by side: the same runs, the same noise, in blocks of 256.

The baseline is simulated once for all alternatives. Each side is summarised as an ensemble of its own, and each
alternative run by run against the baseline; all of it streams, and is folded in block order, so that the bytes depend
on the runs and not on workers or pauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.ensemble.differences import Charts, Differences
from offramp.ensemble.ensemble import Ensemble, label
from offramp.ensemble.regret import Preference, Regret
from offramp.ensemble.run import Options, Simulate, fold, sample_steps
from offramp.ensemble.summary import State, Summary
from offramp.model.model import Model

Blocks = tuple[Block, ...]  # the same runs of each side, the baseline first


@dataclass(frozen=True)
class Wanted:
    """What is wanted of pairs besides the summaries of both sides.

    quantities : indices of those whose difference is followed over time with its distribution; of the others the mean.
    preferences : outcomes in which regret is measured.
    """

    quantities: tuple[int, ...] = ()
    preferences: tuple[Preference, ...] = ()


@dataclass(frozen=True)
class Pairs:
    """What is known of baseline and alternatives after their runs have streamed by.

    sides : ensembles, the baseline first; the same numbers as `run` gives for each of them alone, with bands of those
        quantities that are wanted.
    differences : one for each alternative.
    sample_steps : steps of the rows of `differences[i].levels` and `group_counts`.
    """

    model: Model
    sides: tuple[Ensemble, ...]
    differences: tuple[Differences, ...]
    regret: Regret
    sample_steps: NDArray[np.int64]
    group_names: tuple[str, ...]


def run_pairs(model: Model, simulate: Sequence[Simulate], *, options: Options, wanted: Wanted) -> Pairs:
    """Run the baseline and its alternatives; after an interrupt, tell of the completed prefix.

    Parameters
    ----------
    simulate : of each side, the baseline first; (first_run, n_runs, sampled steps) -> Block with its trail; called
        from several threads.
    """
    steps = sample_steps(model.n_steps)
    total = _Total(model, len(steps), n_sides=len(simulate), options=options, wanted=wanted)

    def make(first: int, n: int) -> Blocks | None:
        blocks = tuple(side(first, n, steps) for side in simulate)
        return blocks if all(block.outcomes.shape[0] == n for block in blocks) else None  # fewer if it was stopped

    fold(total, make, options=options)
    names = tuple(options.groups)
    sides = (label(model, s, requested=options.runs, sample_steps=steps, group_names=names) for s in total.sides)
    return Pairs(model, tuple(sides), total.differences, total.regret, steps, names)


class _Total:
    """All that is folded: a summary of each side, the differences of each alternative, regret."""

    def __init__(self, model: Model, n_samples: int, *, n_sides: int, options: Options, wanted: Wanted) -> None:
        groups = tuple(options.groups.values())
        charts = Charts(wanted.quantities, groups)
        self.sides = tuple(Summary(model, n_samples, groups, wanted.quantities) for _ in range(n_sides))
        self.differences = tuple(Differences(model, n_samples, charts) for _ in range(n_sides - 1))
        self.regret = Regret(wanted.preferences, n_sides)

    @property
    def n_runs(self) -> int:
        return self.sides[0].n_runs

    def add(self, blocks: Blocks) -> None:
        for summary, block in zip(self.sides, blocks, strict=True):
            summary.add(block)
        for differences, block in zip(self.differences, blocks[1:], strict=True):
            differences.add(blocks[0], block)
        self.regret.add(blocks)

    def state(self) -> State:
        out: State = {"n_runs": np.array(self.n_runs)}
        for name, part in self._parts().items():
            out.update({f"{name}/{key}": value for key, value in part.state().items()})
        return out

    def restore(self, state: State) -> bool:
        own = self.state()
        if own.keys() != state.keys() or any(own[name].shape != state[name].shape for name in own):
            return False
        for name, part in self._parts().items():
            part.restore({key.removeprefix(f"{name}/"): state[key] for key in state if key.startswith(f"{name}/")})
        return True

    def _parts(self) -> dict[str, Summary | Differences | Regret]:
        parts: dict[str, Summary | Differences | Regret] = {"regret": self.regret}
        parts.update({f"side{i}": side for i, side in enumerate(self.sides)})
        return parts | {f"differences{i}": part for i, part in enumerate(self.differences)}
