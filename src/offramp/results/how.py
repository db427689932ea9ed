"""How to work: what changes no bit of a result."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[int, int], None]
Stage = Callable[[str, int, int], None]


@dataclass(frozen=True)
class How:
    """How to run: nothing here changes the result.

    workers : threads; default one per processor core. progress : called with (runs done, runs requested).
    stage : while a record is taken in, called with (what is being done, steps of it done, steps in all).
    resume : go on from the checkpoint of an interrupted job. stop : set it to stop early.
    checkpoints : whether to keep what is done of a job that is interrupted; to write it takes a while where many
        sides are compared.
    """

    workers: int | None = None
    progress: Progress | None = None
    resume: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    checkpoints: bool = True
    stage: Stage | None = None
