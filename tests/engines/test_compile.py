"""What compiles when: never for another seed, once per scenario, and never twice while the cache is good."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from offramp.engine import cache, compiled
from offramp.engine.generate import specialise
from offramp.engine.program import Program, build
from tests.engines.constructs import CONSTRUCTS

TEXT = '"""A module that is cheap to import."""\n\nANSWER = 42\n'


def runs(program: Program, n_runs: int, seed: int = 1, form: compiled.Form = "evaluator") -> None:
    steps = np.arange(min(seed, program.model.n_steps))
    compiled.simulate(program, seed=seed, first_run=seed, n_runs=n_runs, sample_steps=steps, form=form)


def test_neither_scenario_nor_seed_nor_size_compiles_the_day_loop_again() -> None:
    runs(build(CONSTRUCTS["nothing"]()), 1)
    before = len(compiled._day_loop().run_block.signatures)
    for name in ("variants", "runs-that-end", "memory-count"):
        runs(build(CONSTRUCTS[name]()), 70, seed=3)
    assert len(compiled._day_loop().run_block.signatures) == before == 1


def test_an_unchanged_file_is_never_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    path = cache.store("formulas", TEXT)
    os.utime(path, (1, 1))
    assert cache.store("formulas", TEXT) == path
    assert path.stat().st_mtime == 1


def test_a_spoilt_file_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    path = cache.store("formulas", TEXT)
    path.write_text("not python", encoding="utf-8")
    assert cache.load("formulas", TEXT).ANSWER == 42


def test_without_a_usable_cache_a_folder_of_the_process_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("", encoding="utf-8")
    monkeypatch.setenv("OFFRAMP_CACHE", str(occupied))
    path = cache.store("formulas", TEXT + "# elsewhere\n")
    assert tmp_path not in path.parents
    assert path.is_file()


def test_another_text_is_another_module() -> None:
    assert cache.module_name("formulas", TEXT) != cache.module_name("formulas", TEXT + "\n")
    assert cache.linked_digest("formulas") != cache.linked_digest("day_loop")


def test_few_runs_are_left_to_the_evaluator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    program = build(CONSTRUCTS["several-slots-and-cooldown"]())
    runs(program, 3, form="auto")
    assert compiled.form_of(program) == "evaluator"
    assert not any(tmp_path.glob("formulas*"))


@pytest.mark.slow
def test_the_specialised_form_is_taken_up_when_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    monkeypatch.setattr(specialise, "_PAYS_AFTER_SECONDS", 0.0)
    program = build(CONSTRUCTS["seen-late"]())
    assert compiled.form_of(program) == "evaluator"
    runs(program, 3, form="auto")
    deadline = time.monotonic() + 120
    while compiled.form_of(program) == "evaluator" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert compiled.form_of(program) == "specialised"
