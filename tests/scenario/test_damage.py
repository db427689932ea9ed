"""Damaged scenarios are told what is wrong with them: never a traceback, never a long wait."""

import shutil
import time
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from offramp.core.errors import Problem
from offramp.scenario.check import check_source
from offramp.scenario.codes.entry import BASE
from offramp.scenario.load import scenario_names
from offramp.scenario.template import TEMPLATE
from tests.scenario.folders import write
from tests.scenario.mutations import mutate

SECONDS = 2.0  # of processor time, beyond what the undamaged scenario takes: a slow or busy machine is no fault
SMALL = {"base": BASE, "template": TEMPLATE.format(name="a", title="A")}
PACKAGED = Path(str(files("offramp"))) / "scenarios"


def seconds_to_check(folder):
    """Check a scenario; return what it says and the processor time that it took."""
    started = time.process_time()
    problems = check_source(folder)
    return problems, time.process_time() - started


@cache
def usual_seconds(name):
    """The longest of three checks of a packaged scenario as it is."""
    return max(seconds_to_check(PACKAGED / name)[1] for _ in range(3))


def survive(folder, usual=0.0):
    """Check a damaged scenario; whatever it says must be problems, soon."""
    problems, seconds = seconds_to_check(folder)
    assert seconds < SECONDS + usual
    assert all(isinstance(problem, Problem) and problem.message for problem in problems)
    return problems


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("block", range(10))
def test_small_scenarios_survive_damage(tmp_path, name, block):
    told = 0
    for seed in range(block * 30, block * 30 + 30):
        told += bool(survive(write(tmp_path, mutate(SMALL[name], seed).encode("utf-8", "replace"))))
    assert told >= 10  # most damage does harm: a check that said nothing would pass all else


def damage_packaged(tmp_path, name, seed):
    """A packaged scenario with one of its files damaged."""
    folder = tmp_path / f"{name}-{seed}"
    shutil.copytree(PACKAGED / name, folder)
    parts = sorted([*folder.glob("*.yaml"), *folder.glob("*.csv")])
    part = parts[seed % len(parts)]
    part.write_bytes(mutate(part.read_text(encoding="utf-8"), seed).encode("utf-8", "replace"))
    return folder


@pytest.mark.parametrize("name", scenario_names())
def test_packaged_scenarios_survive_damage(tmp_path, name):
    for seed in range(6):
        survive(damage_packaged(tmp_path, name, seed), usual_seconds(name))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
@pytest.mark.parametrize("name", scenario_names())
def test_packaged_scenarios_survive_much_damage(tmp_path, name, block):
    for seed in range(100 + block * 10, 110 + block * 10):
        folder = damage_packaged(tmp_path, name, seed)
        survive(folder, usual_seconds(name))
        shutil.rmtree(folder)


def test_what_the_small_ones_say_undamaged_is_nothing(tmp_path):
    for name, text in SMALL.items():
        assert check_source(write(tmp_path / name, text)) == ()
