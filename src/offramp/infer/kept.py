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
from offramp.infer.ladder import Ladder
from offramp.infer.particles import Particles, replay
from offramp.infer.streams import fresh_keys
from offramp.infer.world import World

States = TypeVar("States")
FORMAT = 1  # raise when what is kept changes its meaning
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
        "coordinates": lived.coordinates, "keys": found.keys, "vectors": lived.vectors,
        "log_likelihood": lived.log_likelihood, "log_weights": found.log_weights,
        "log_evidence": found.log_evidence, "ess": found.ess, **keep_ladder(kinds),
    }  # fmt: skip
    names = ("seed", "asked", "generation", "spent", "lost", "is_complete", "is_impossible")
    return Kept(arrays, {name: getattr(found, name) for name in names}, manifest)


def restore(world: World[States], kept: Kept) -> Conditioned[States]:
    """Bring conditioned particles back, their states by a replay; the world is the one that they were kept from."""
    arrays = kept.arrays
    n = len(arrays["coordinates"])
    ahead = np.repeat(fresh_keys(0, n)[None], world.n_steps - len(arrays["keys"]), axis=0)
    particles = Particles(
        arrays["coordinates"], np.concatenate([arrays["keys"], ahead]), arrays["vectors"], arrays["log_likelihood"]
    )  # fmt: skip
    states, _ = replay(world, particles.coordinates, keys=arrays["keys"])
    return Conditioned(
        particles=particles, states=states, ladder=restore_ladder(arrays), log_weights=arrays["log_weights"],
        log_evidence=arrays["log_evidence"], ess=arrays["ess"], **kept.numbers,
    )  # fmt: skip


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
