"""What was known on a day, as particles: conditioned once, kept in the cache folder, and used again.

A filter tells the evidence of each step; a fit of the same days gives the particles, unless the filter was better
(`settle`).

A finished conditioning is taken from its file whenever the same one is asked for; one that was interrupted is gone on
from where it stopped, on request. Either way to the same bytes as in one go.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from offramp.core.options import check_particles
from offramp.core.storage import cache_folder
from offramp.engine.cache import linked_digest
from offramp.engine.conditioned import CompiledWorld, States, compile_world
from offramp.engine.program import build
from offramp.ensemble.stream import interrupts_noted
from offramp.infer.condition import Conditioned, Options, Progress, begin, proceed
from offramp.infer.foresight import Foresight, last_step
from offramp.infer.kept import Kept, keep, load, restore, save
from offramp.infer.observed import ObservedRecord
from offramp.infer.settle import SettleOptions, fit_and_settle
from offramp.model.model import Model

KEPT_JOBS = 40  # files; each holds some megabytes


@dataclass(frozen=True)
class Job:
    """How to work; none of it changes a bit of the result.

    workers : threads; default one per processor core. resume : go on from what an interrupted job has kept.
    only_kept : refuse, rather than begin what takes minutes.
    progress : told what is being done, how many steps of it are, of how many. stop : set it to stop early.
    """

    workers: int | None = None
    resume: bool = False
    progress: Progress | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    only_kept: bool = False

    @property
    def threads(self) -> int:
        """Number of threads."""
        return self.workers or os.cpu_count() or 1


def know(
    model: Model, observed: ObservedRecord, *, as_of: date, n: int, seed: int, identity: Mapping[str, Any], job: Job
) -> Foresight:  # budget(parameters): what a conditioning depends on
    """Condition a model on what was known on a day, or take what was kept of it.

    Parameters
    ----------
    observed : the record lowered for that day; n : particles
    identity : all that the particles depend on beside n and the seed, as plain JSON values

    Returns
    -------
    Foresight; after an interrupt its `conditioned` is not complete, and kept to be gone on from.
    """
    check_particles(n)
    world = compile_world(build(model), observed.observed, seed=seed, workers=job.threads)
    manifest = {**identity, "particles": n, "seed": seed, "as_of": as_of.isoformat(), "code": code()}
    path = kept_path("particles", manifest)
    kept = load(path)
    if kept is not None:
        return Foresight(model, as_of, observed, seed, restore(world, kept))
    with interrupts_noted(job.stop):  # between the filter and the fit as well as within them
        found = _found(world, n, seed, last_step(model, as_of), manifest, job)
    if found.is_complete:
        keep_file(path, keep(found, manifest))
    return Foresight(model, as_of, observed, seed, found)


def _found(
    world: CompiledWorld, n: int, seed: int, last: int, manifest: Mapping[str, Any], job: Job
) -> Conditioned[States]:  # budget(parameters, positional): what a conditioning depends on
    options = SettleOptions(stop=job.stop)
    found = _filtered(world, min(n, options.chains), seed, last, manifest, job)  # kept, should the fit be interrupted
    found = fit_and_settle(world, found, n, options=options, progress=job.progress)
    if found.is_complete and found.particles.n < n:  # the fit has lost its way: as many particles by the filter
        found = _filtered(world, n, seed, last, manifest, job)
    return found


@cache
def code() -> str:
    """Name the code that makes particles: what other code has made is not used, and not gone on from."""
    digest = hashlib.sha256(linked_digest("particles").encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _filtered(
    world: CompiledWorld, n: int, seed: int, last: int, manifest: Mapping[str, Any], job: Job
) -> Conditioned[States]:  # budget(parameters, positional): what a filter depends on
    """Filter, from where an interrupted filter of the same kind stopped if that is wished."""
    path = kept_path("particles", {**manifest, "filtered": n})
    kept = load(path)
    may_use = kept is not None and (kept.numbers["is_complete"] or job.resume)
    begun = restore(world, kept) if kept is not None and may_use else begin(world, n, seed=seed)
    options = Options(budget=SettleOptions().budget, stop=job.stop)
    found = proceed(world, begun, last_step=last, options=options, progress=job.progress)
    if found is not begun and found.n_steps:
        keep_file(path, keep(found, manifest))
    return found


def kept_path(sort: str, manifest: Mapping[str, Any]) -> Path:
    """Return where what was made from a manifest is kept; `sort` names the folder."""
    text = json.dumps(manifest, sort_keys=True, default=str)
    return cache_folder() / sort / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"


def keep_file(path: Path, kept: Kept) -> None:
    """Write a file if it can be written, and remove the oldest beyond `KEPT_JOBS`: a full disk must lose no result."""
    with contextlib.suppress(OSError):
        save(path, kept)
        files = sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[KEPT_JOBS:]:
            file.unlink()
