"""Work out `left_out` of measured quantities: by how much runs from the priors differ in 30 days of change.

    python -m tools.left_out SCENARIO [--runs N]

What a model may leave out of a quantity cannot be read from the record that is to judge the model. So it is taken to be
as large as what the model itself does not know before it has seen any record: the standard deviation over runs of the
quantity's change in 30 days, averaged (root mean square) over the window.
"""

from __future__ import annotations

import argparse

import numpy as np

import offramp
from offramp.engine import compiled
from offramp.engine.program import build

DAYS = 30


def left_out(name: str, runs: int, seed: int = 1) -> dict[str, float]:
    """Return the figure of each measured quantity."""
    case = offramp.load(name)
    model = case.model()
    measured = {rule.quantity for rule in case.document.record.series_map} if case.document.record else set()
    stride = max(round(DAYS / model.step_days), 1)
    steps = np.arange(0, model.n_steps, stride)
    block = compiled.simulate(build(model), seed=seed, first_run=0, n_runs=runs, sample_steps=steps, counted=())
    found = {}
    for i, quantity in enumerate(model.quantities):
        if quantity.path in measured:
            changes = np.diff(block.samples[:, i].astype(float), axis=0)
            found[quantity.path] = float(np.sqrt((changes.var(axis=1)).mean()))
    return found


def main() -> None:
    """Print a line for each measured quantity."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario")
    parser.add_argument("--runs", type=int, default=4_000)
    given = parser.parse_args()
    for quantity, value in left_out(given.scenario, given.runs).items():
        print(f"{quantity:32} {value:.2g}")


if __name__ == "__main__":
    main()
