"""The day loop and the evaluator: blocks, groups and threads change nothing; the tape keeps its own rules."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from offramp.engine import compiled, reference
from offramp.engine.block import Block
from offramp.engine.kernels.lanes import N_LANES
from offramp.engine.program import Program, build
from tests.engines.constructs import CONSTRUCTS
from tests.engines.engines import differences, runs_of
from tests.engines.models import random_model

SEED = 7
MODEL = random_model(4, 11)
PROGRAM = build(MODEL)
N_RUNS = 2 * N_LANES + 5  # three groups, the last of them not full
RUNNING = [random_model(1 + number % 4, number) for number in range(12)]


def simulate(first_run: int, n_runs: int, program: Program = PROGRAM) -> Block:
    steps = np.arange(0, program.model.n_steps, 4)
    return compiled.simulate(
        program, seed=SEED, first_run=first_run, n_runs=n_runs, sample_steps=steps, form="evaluator"
    )


def test_groups_of_runs_follow_one_another_as_in_the_reference() -> None:
    steps = range(0, MODEL.n_steps, 4)
    plain = reference.simulate(MODEL, seed=SEED, first_run=3, n_runs=N_LANES + 2, sample_steps=steps)
    assert differences(plain, simulate(3, N_LANES + 2)) == []


@pytest.mark.parametrize(("first", "count"), [(0, 1), (1, N_LANES), (N_LANES - 1, 3), (N_RUNS - 1, 1)])
def test_a_run_has_the_same_bits_in_any_block(first: int, count: int) -> None:
    assert differences(runs_of(simulate(0, N_RUNS), first, count), simulate(first, count)) == []


def test_threads_do_not_disturb_each_other() -> None:
    whole = simulate(0, N_RUNS)
    starts = [k for _ in range(4) for k in range(0, N_RUNS - 20, 20)]
    with ThreadPoolExecutor(4) as pool:
        blocks = list(pool.map(lambda first: simulate(first, 20), starts))
    assert [differences(runs_of(whole, block.first_run, 20), block) for block in blocks] == [[] for _ in starts]


def test_no_runs_are_an_empty_block() -> None:
    assert simulate(0, 0).outcomes.shape == (0, len(MODEL.outcomes))


def test_runs_that_end_early_keep_their_last_values() -> None:
    model = CONSTRUCTS["runs-that-end"]()
    steps = np.arange(model.n_steps)
    block = compiled.simulate(
        build(model), seed=SEED, first_run=0, n_runs=N_LANES + 1, sample_steps=steps, form="evaluator"
    )
    assert block.last_step.min() < model.n_steps - 1
    for run, last in enumerate(block.last_step.astype(int)):
        assert (block.samples[last:, :, run] == block.samples[last, :, run]).all()


def test_a_program_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        PROGRAM.tape[0, 0] = 1
    assert not any(array.flags.writeable for array in PROGRAM.tables)


@pytest.mark.parametrize("number", range(len(RUNNING)))
def test_an_instruction_never_writes_a_row_that_it_reads(number: int) -> None:
    tape = build(RUNNING[number]).tape
    assert not (tape[:, 2:] == tape[:, 1:2]).any()


@pytest.mark.parametrize("number", range(len(RUNNING)))
def test_scratch_rows_are_written_before_they_are_read(number: int) -> None:
    program = build(RUNNING[number])
    scratch = {row for row, name in enumerate(program.stages.layout.names) if name.startswith("scratch")}
    for begin, end in zip(program.bounds, program.bounds[1:], strict=False):
        written: set[int] = set()
        for _, to, *rows in program.tape[begin:end].tolist():
            assert scratch.intersection(rows) <= written
            written.add(to)
