"""Joining blocks of consecutive runs into one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offramp.engine.block import Block


def joined(blocks: Sequence[Block]) -> Block:
    """Join blocks of consecutive runs, in order, into one block; at least one block."""
    trails = [b.trail for b in blocks if b.trail is not None]
    return Block(
        first_run=blocks[0].first_run,
        outcomes=np.concatenate([b.outcomes for b in blocks], axis=0),
        counts=np.concatenate([b.counts for b in blocks], axis=0),
        samples=np.concatenate([b.samples for b in blocks], axis=2),
        sample_counts=np.concatenate([b.sample_counts for b in blocks], axis=2),
        clips=np.concatenate([b.clips for b in blocks], axis=0),
        cuts=np.concatenate([b.cuts for b in blocks], axis=0),
        last_step=np.concatenate([b.last_step for b in blocks], axis=0),
        parameters=np.concatenate([b.parameters for b in blocks], axis=0),
        trail=np.concatenate(trails, axis=1) if len(trails) == len(blocks) else None,
    )
