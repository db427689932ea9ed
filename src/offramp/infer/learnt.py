"""What a record has taught, as draws of the posterior: fitted once, kept in the cache folder, and used again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.core.errors import InputError
from offramp.core.options import check_particles, fault
from offramp.engine.conditioned import CompiledWorld, compile_world
from offramp.engine.program import build
from offramp.infer.kept import keep_fit, load, restore_fit
from offramp.infer.known import Job, code, keep_file, kept_path
from offramp.infer.observed import ObservedRecord
from offramp.infer.streams import prior_coordinates
from offramp.infer.temper import FitOptions, Tempered, begin, proceed
from offramp.model.model import Model

PRIOR_DRAWS = 4_000  # for quantiles of priors


@dataclass(frozen=True, eq=False)
class Learnt:
    """A fit, and the values (draw, parameter) of all parameters in the posterior and in the prior."""

    fitted: Tempered
    posterior: NDArray[np.float32]
    prior: NDArray[np.float32]


def learn(
    model: Model, observed: ObservedRecord, *, n: int, seed: int, identity: Mapping[str, Any], job: Job
) -> Learnt:  # budget(parameters): what a fit depends on
    """Fit a model to a record, or take what was kept of it.

    Parameters
    ----------
    observed : the record that is learnt from; n : draws
    identity : all that the draws depend on beside n and the seed, as plain JSON values

    Raises
    ------
    InputError : E723, nothing complete is kept, and nothing else is wanted.

    Returns
    -------
    Learnt; after an interrupt its `fitted` is not complete, and kept to be gone on from.
    """
    check_particles(n)
    world = compile_world(build(model), observed.observed, seed=seed, workers=job.threads)
    manifest = {**identity, "particles": n, "seed": seed, "code": code()}
    path = kept_path("fits", manifest)
    kept = load(path)
    if job.only_kept and (kept is None or not kept.numbers["is_complete"]):
        hint = "Run `offramp fit` on it first; it takes minutes."
        raise InputError([fault("E723", "No fit of this scenario, as its files are now, is kept.", hint)])
    if kept is not None and (kept.numbers["is_complete"] or job.resume):
        begun = restore_fit(world, kept)
    else:
        begun = begin(world, n, seed=seed, n_steps=observed.last_step + 1)
    fitted = proceed(world, begun, options=FitOptions(stop=job.stop), progress=job.progress)
    if fitted is not begun and fitted.generation:
        keep_file(path, keep_fit(fitted, manifest))
    at_prior = prior_coordinates(seed, PRIOR_DRAWS, width=world.n_coordinates)
    return Learnt(fitted, _values(world, fitted.particles.coordinates), _values(world, at_prior))


def _values(world: CompiledWorld, coordinates: NDArray[np.float64]) -> NDArray[np.float32]:
    return world.parameters(world.begin(coordinates))
