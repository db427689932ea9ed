"""Conditioned particles and posteriors as files: one `.npz` each, with the manifest of what they were made from.

What can be told again is not kept: states come back by a replay. A file carries a hash of its content, so a damaged one
is never gone on from; it is written beside its place and moved there in one step.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from offramp.infer.condition import Conditioned
from offramp.infer.health import Health
from offramp.infer.ladder import Ladder
from offramp.infer.particles import Particles, replay
from offramp.infer.streams import fresh_keys
from offramp.infer.temper import Tempered
from offramp.infer.world import World

States = TypeVar("States")
FORMAT = 4  # raise when what is kept changes its meaning
Arrays = Mapping[str, NDArray[Any]]
_HEAD = "head"


@dataclass(frozen=True, eq=False)
class Kept:
    """The content of a file: arrays by name, the sampler's own numbers, and the caller's manifest."""

    arrays: Arrays
    numbers: Mapping[str, Any]
    manifest: Mapping[str, Any]


def keep(found: Conditioned[States], manifest: Mapping[str, Any]) -> Kept:
    """Take from conditioned particles what is needed to go on from them; `manifest` is plain JSON values."""
    lived, kinds = found.particles, found.ladder
    arrays = {
        **keep_particles(lived, found.n_steps), **keep_ladder(kinds),
        "log_weights": found.log_weights, "log_evidence": found.log_evidence, "ess": found.ess,
        "memory": found.memory,
    }  # fmt: skip
    names = (
        "seed",
        "asked",
        "generation",
        "spent",
        "lost",
        "is_complete",
        "is_impossible",
        "is_settled",
        "fitted_log_evidence",
    )
    numbers = {name: getattr(found, name) for name in names}
    return Kept(arrays, {**numbers, "noted": [health.name for health in found.noted]}, manifest)


def restore(world: World[States], kept: Kept) -> Conditioned[States]:
    """Bring conditioned particles back, their states by a replay; the world is the one that they were kept from."""
    arrays = kept.arrays
    particles = restore_particles(arrays, world.n_steps)
    states, _ = replay(world, particles.coordinates, keys=arrays["keys"])
    noted = tuple(Health[name] for name in kept.numbers["noted"])
    return Conditioned(
        particles=particles, states=states, ladder=restore_ladder(arrays), log_weights=arrays["log_weights"],
        log_evidence=arrays["log_evidence"], ess=arrays["ess"], memory=arrays["memory"],
        **{**kept.numbers, "noted": noted},
    )  # fmt: skip


def keep_fit(found: Tempered, manifest: Mapping[str, Any]) -> Kept:
    """Take from a fit what is needed to go on from it, or to report on it."""
    arrays = {
        **keep_particles(found.particles, found.n_steps), **keep_ladder(found.ladder),
        "powers": found.powers, "log_evidence": found.log_evidence, "anchor": found.anchor,
    }  # fmt: skip
    names = (
        "seed",
        "n_steps",
        "sounded",
        "carried",
        "renewed",
        "rounds",
        "generation",
        "lost",
        "is_complete",
        "is_impossible",
    )
    return Kept(arrays, {name: getattr(found, name) for name in names}, manifest)


def restore_fit(world: World[States], kept: Kept) -> Tempered:
    """Bring a fit back; the world is the one that it was kept from."""
    arrays = kept.arrays
    particles = restore_particles(arrays, world.n_steps)
    return Tempered(
        particles=particles, ladder=restore_ladder(arrays), powers=arrays["powers"],
        log_evidence=arrays["log_evidence"], anchor=arrays["anchor"], **kept.numbers,
    )  # fmt: skip


def keep_particles(particles: Particles, n_steps: int) -> dict[str, NDArray[Any]]:
    """Give particles that have lived some steps as named arrays."""
    return {
        "coordinates": particles.coordinates, "keys": particles.keys[:n_steps], "vectors": particles.vectors,
        "origins": particles.origins, "log_likelihood": particles.log_likelihood,
    }  # fmt: skip


def restore_particles(arrays: Arrays, n_steps: int) -> Particles:
    """Bring particles back, of a world with so many steps in all."""
    lived = arrays["keys"]
    ahead = np.repeat(fresh_keys(0, lived.shape[1])[None], n_steps - len(lived), axis=0)
    names = ("coordinates", "vectors", "origins", "log_likelihood")
    return Particles(keys=np.concatenate([lived, ahead]), **{name: arrays[name] for name in names})


def keep_ladder(kinds: Ladder) -> dict[str, NDArray[Any]]:
    """Give a ladder as named arrays."""
    return {f"ladder.{name}": getattr(kinds, name) for name in Ladder.__dataclass_fields__}


def restore_ladder(arrays: Arrays) -> Ladder:
    """Bring a ladder back."""
    return Ladder(**{name: arrays[f"ladder.{name}"] for name in Ladder.__dataclass_fields__})


def save(path: Path, kept: Kept) -> None:
    """Write a file whole or not at all; the same content gives the same bytes.

    Raises
    ------
    OSError : the folder cannot be written or the disk is full; what stood there before stays.
    """
    head = {"format": FORMAT, "numbers": dict(kept.numbers), "manifest": dict(kept.manifest)}
    text = json.dumps({**head, "hash": _hash(kept.arrays, head)}, sort_keys=True)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{_HEAD: np.frombuffer(text.encode(), np.uint8)}, **kept.arrays)  # type: ignore[arg-type]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(buffer.getbuffer())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def load(path: Path) -> Kept | None:
    """Read a file; None if there is none, or it is of another format, or not as it was written."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files if name != _HEAD}
            head = json.loads(archive[_HEAD].tobytes().decode())
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError, BadZipFile, zlib.error):
        return None
    written = head.pop("hash", None) if isinstance(head, dict) else None
    if written is None or head.get("format") != FORMAT or written != _hash(arrays, head):
        return None
    return Kept(arrays, head["numbers"], head["manifest"])


def _hash(arrays: Arrays, head: Mapping[str, Any]) -> str:
    digest = hashlib.blake2s(json.dumps(head, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()
