"""The Model as a whole: order, addresses, places, windows."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offramp.core.errors import InputError, ScenarioError
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.model.slots import slots_in_use
from offramp.scenario.codes.entry import BASE
from offramp.scenario.load import load
from tests.model.rich import rich


def _lower_text(folder: Path, text: str) -> Model:
    (folder / "scenario.yaml").write_text(text)
    return lower(load(folder))


def _same(left: Model, right: Model) -> bool:
    """Whether two models are equal, places apart."""
    for field in fields(Model):
        a, b = getattr(left, field.name), getattr(right, field.name)
        if field.name != "places" and not (np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b):
            return False
    return True


@st.composite
def shuffled(draw: st.DrawFn) -> dict[str, Any]:
    """The rich scenario with the keys of every mapping in another order."""

    def shuffle(value: Any, path: tuple[str, ...]) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value) if path[:1] == ("switches",) else draw(st.permutations(list(value)))
        return {key: shuffle(value[key], (*path, key)) for key in keys}

    return shuffle(rich(), ())


@settings(max_examples=25)
@given(document=shuffled())
def test_the_order_in_which_things_are_written_never_matters(tmp_path_factory, document):
    folder = tmp_path_factory.mktemp("scenario")
    written = _lower_text(folder, json.dumps(rich()))
    assert _same(written, _lower_text(folder, json.dumps(document)))


def test_the_order_of_files_never_matters(tmp_path):
    sections = rich()
    whole = _lower_text(tmp_path, json.dumps(sections))
    for order in (sorted(sections), sorted(sections, reverse=True)):
        parts = [name for name in order if name not in {"offramp", "scenario"}]
        for name in parts:
            (tmp_path / f"{name}.yaml").write_text(json.dumps({name: sections[name]}))
        main = {"offramp": 1, "scenario": sections["scenario"], "include": [f"{name}.yaml" for name in parts]}
        assert _same(whole, _lower_text(tmp_path, json.dumps(main)))


@pytest.mark.parametrize(
    ("section", "name", "element"),
    [
        ("quantities", "aaa", {"kind": "level", "unit": "1", "range": [0, 1], "noise": 0.1}),
        ("moves", "blue.aaa", {"title": "A", "channel": "force", "utility": {"base": "Normal(0, 1)"}}),
        ("actors", "aaa", {"title": "A", "kind": "other", "channels": {"f": {"opportunities": 1}}}),
        ("pledges", "aaa", {"kind": "offer", "by": "blue", "to": "red", "offer": "blue.talk", "cost": "Normal(0, 1)"}),
        ("parameters", "aaa", {"prior": "Normal(0, 1)"}),
    ],
)
def test_adding_an_element_leaves_the_addresses_of_all_others_alone(tmp_path, section, name, element):
    before = slots_in_use(_lower_text(tmp_path, json.dumps(rich())))
    more = rich()
    more[section][name] = element
    after = slots_in_use(_lower_text(tmp_path, json.dumps(more)))
    assert {address: after[address] for address in before} == before
    assert len(before) >= 30


def test_everything_is_sorted_by_path(tmp_path):
    model = _lower_text(tmp_path, json.dumps(rich()))
    for name in ("parameters", "quantities", "views", "sightings", "memories", "channels", "moves", "leaves"):
        paths = [item.path for item in getattr(model, name)]
        assert paths == sorted(paths), name
        assert paths, name
    assert list(model.daily_names) == sorted(model.daily_names)
    # Neither asks for anything, so neither is ever activated.
    assert [rule.path for rule in model.rules] == ["pledge.a.expiry", "pledge.truce.default", "pledge.truce.expiry"]


def test_every_piece_has_its_place(tmp_path):
    model = _lower_text(tmp_path, BASE)
    lines = BASE.splitlines()

    def text_at(path: str) -> str:
        place = model.places[path]
        return lines[place.line - 1][place.column - 1 :]

    assert text_at("guard.raid.utility.revenge").startswith('"Normal(1, 0.5) * log1p')
    assert text_at("guard.raid.effects.blue_deaths").startswith("{on: blue_deaths")
    assert text_at("blue.goals.tension").startswith('"Normal(-1, 0.5)"')
    assert text_at("guard.force.opportunities").startswith('"Gamma(3')
    assert text_at("directive.guard").startswith("directive:")
    assert text_at("tension").startswith("tension:")
    assert all(parameter.path in model.places for parameter in model.parameters)


@pytest.mark.parametrize(("start", "end"), [("2019-12-31", None), (None, "2021-01-01"), ("2020-02-01", "2020-01-31")])
def test_a_window_outside_the_clock_is_refused(lowered, start, end):
    dates = {"start": start and dt.date.fromisoformat(start), "end": end and dt.date.fromisoformat(end)}
    with pytest.raises(InputError, match="E703"):
        lowered(**dates)


def test_the_default_window_is_the_scenarios_own(lowered):
    header = {"name": "s", "title": "S", "clock": {"start": "2020-01-01", "days": 60}}
    assert lowered(scenario=header).n_steps == 60
    model = lowered(scenario=header | {"default_run": {"start": "2020-01-11", "end": "2020-01-20"}})
    assert (model.n_steps, model.first_day) == (10, dt.date(2020, 1, 11).toordinal())


def test_two_draws_with_one_address_are_refused(lowered):
    # Found by trying all short ids: the first two whose parameters have equal slots.
    with pytest.raises(ScenarioError, match="E601"):
        lowered(parameters={"xod": {"prior": "Normal(0, 1)"}, "caac": {"prior": "Normal(0, 1)"}})


@pytest.mark.parametrize(("per_day", "is_refused"), [(1, False), (2, True)])
def test_the_second_choice_of_a_day_may_not_share_an_address_either(lowered, per_day, is_refused):
    # Found by trying all short ids: `mdf` is chosen by the word by which `aul` is chosen the second time.
    force = {"opportunities": "1 / day", "max_per_day": per_day}
    sections = {
        "actors": {"blue": {"title": "Blue", "kind": "state", "channels": {"force": force}}},
        "moves": {"blue.aul": {"title": "A"}, "blue.mdf": {"title": "M"}},
    }
    with pytest.raises(ScenarioError, match="E601") if is_refused else nullcontext():
        lowered(**sections)
