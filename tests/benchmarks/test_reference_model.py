"""The benchmark measures what it says: its scenario is sound, and peers address the same noise as Offramp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import offramp
from benchmarks.agreement import z_scores
from benchmarks.page import BEGIN, END, write
from benchmarks.peers.c.structure import Structure, slot
from benchmarks.peers.numbers import load
from benchmarks.reference_model import make
from benchmarks.reference_scenario import scenario_text
from benchmarks.rounds import Timing
from offramp.model.model import Model
from offramp.scenario.check import check
from offramp.scenario.load import load as load_scenario


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    model = make()
    model.save(folder / "reference.npz")
    (folder / "reference.yaml").write_text(scenario_text(model), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def lowered(folder: Path) -> Model:
    return offramp.load(folder / "reference.yaml").model()


def test_the_reference_scenario_has_no_errors(folder: Path) -> None:
    problems = check(load_scenario(str(folder / "reference.yaml")))
    assert [p for p in problems if p.level == "error"] == []


def test_every_coefficient_is_a_prior_at_the_address_that_peers_use(folder: Path, lowered: Model) -> None:
    numbers = load(folder / "reference.npz")
    peers = {path: slot("prior", path) for path in numbers["theta_path"].tolist()}
    assert {p.path: p.slot for p in lowered.parameters} == peers


def test_priors_have_the_numbers_that_peers_use(folder: Path, lowered: Model) -> None:
    numbers = load(folder / "reference.npz")
    kinds = np.where(numbers["theta_positive"], "LogNormal", "Normal").tolist()
    peers = zip(kinds, numbers["theta_centre"].tolist(), numbers["theta_sd"].tolist(), strict=True)
    expected = dict(zip(numbers["theta_path"].tolist(), peers, strict=True))
    drawn = {p.path: (p.distribution.family, *p.distribution.args) for p in lowered.parameters}
    assert drawn == expected


def test_choices_and_effects_are_drawn_where_peers_draw_them(folder: Path, lowered: Model) -> None:
    structure = Structure(load(folder / "reference.npz"))
    assert [move.slot for move in lowered.moves] == [structure.choice_slot(k) for k in range(structure.n_moves)]
    effects = [effect.size_slot for leaf in lowered.leaves for effect in leaf.effects]
    assert effects == [slot("effect-size", path) for path in structure.numbers["effect_path"].tolist()]


def test_agreement_is_counted_in_standard_errors() -> None:
    one, other = (Timing(name, {}, 0.0, runs=50, means=[[mean]] * 2, variances=[[variance]] * 2)
                  for name, mean, variance in (("a", 10.0, 4.0), ("b", 11.0, None)))  # fmt: skip
    assert z_scores(other, one) == pytest.approx([1.0 / (2 * 4.0 / 100) ** 0.5])


def test_the_table_is_written_between_the_marks_only(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text(f"before {BEGIN} old {END} after\n", encoding="utf-8")
    write("new", page)
    assert page.read_text(encoding="utf-8") == f"before {BEGIN}\n\nnew\n\n{END} after\n"
