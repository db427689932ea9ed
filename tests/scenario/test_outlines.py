"""The schema for editors, the template of new scenarios, and migrations between versions of the language."""

import json
from pathlib import Path

import pytest

from offramp.core.errors import InputError
from offramp.scenario.check import check_source
from offramp.scenario.document import ScenarioDocument
from offramp.scenario.load import load
from offramp.scenario.migrate import migrate, rename_key
from offramp.scenario.schema import json_schema, keys_at
from offramp.scenario.template import write_new
from offramp.scenario.written import Mapping, TextFile, plain
from offramp.scenario.yaml_events import Builder
from tests.scenario.folders import changed, write
from tools.examples import blocks, write_file


def test_the_schema_is_json_and_has_every_section():
    schema = json.loads(json.dumps(json_schema()))
    assert set(schema["properties"]) == {*ScenarioDocument.model_fields, "include"}
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["offramp", "scenario"]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        (("scenario", "clock"), {"start", "end", "days", "step"}),
        (
            ("moves", "guard.raid", "effects", 0),
            {"on", "add", "set", "scale", "probability", "delay", "condition", "evidence"},
        ),
        (("actors", "blue", "goals", "tension", "shape"), {"threshold", "concave"}),
        (("quantities", "tension", "seen_by", "blue"), {"lag", "error"}),
    ],
)
def test_the_keys_of_a_mapping_are_found_by_its_path(path, keys):
    assert set(keys_at(path)) == keys


@pytest.mark.parametrize("name", ["two-rivals", "null", "on", "a1-b2"])
def test_a_new_scenario_passes_check(tmp_path, name):
    path = write_new(name, tmp_path / name)
    assert check_source(path.parent) == ()
    assert load(path.parent).document.scenario.name == name


def test_a_new_scenario_never_overwrites(tmp_path):
    folder = write(tmp_path, "mine")
    with pytest.raises(InputError, match="there already"):
        write_new("mine", folder)
    assert (folder / "scenario.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["", "Two", "1a", "a b", "../x", "a" * 61, "a\n"])
def test_a_new_scenario_has_a_proper_name(tmp_path, name):
    with pytest.raises(InputError, match="not a name"):
        write_new(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


MIGRATIONS = {
    1: lambda root: rename_key(root, "results", "outcomes"),
    2: lambda root: rename_key(root, "heading", "title"),
}


class TestMigration:
    """A toy language: version 2 says `outcomes` where version 1 said `results`, version 3 `title` for `heading`."""

    def written(self, **values):
        from ruamel.yaml import YAML

        text = "".join(f"{key}: {value}\n" for key, value in values.items())
        root = Builder(TextFile("toy.yaml", text), nodes=0).build(YAML(typ="safe", pure=True).parse(text))
        assert isinstance(root, Mapping)
        return root

    def migrated(self, **values):
        root = self.written(**values)
        problems = migrate(root, current=3, migrations=MIGRATIONS)
        return root, [problem.code for problem in problems]

    def test_an_old_document_passes_through_every_version(self):
        root, problems = self.migrated(offramp=1, results=3, heading="x")
        assert problems == []
        assert plain(root) == {"offramp": 3, "outcomes": 3, "title": "x"}

    def test_a_document_of_the_middle_takes_the_rest(self):
        root, _ = self.migrated(offramp=2, results=3, heading="x")
        assert plain(root) == {"offramp": 3, "results": 3, "title": "x"}

    def test_pieces_keep_their_places(self):
        root, _ = self.migrated(offramp=1, heading="x", results=3)
        key, value = root.entries["outcomes"]
        assert (key.place.line, value.place.line, value.place.column) == (3, 3, 10)

    @pytest.mark.parametrize("version", [0, 4, "'1'", "[1]", "true", "1.0"])
    def test_an_unknown_version_is_refused(self, version):
        _, problems = self.migrated(offramp=version)
        assert problems == ["E118"]


def test_a_scenario_of_an_unknown_version_is_checked_all_the_same(tmp_path):
    text = changed(("offramp: 1", "offramp: 2"), ("any(tension > 0.95)", "any(tensoin > 0.95)"))
    assert [problem.code for problem in check_source(write(tmp_path, text))] == ["E118", "E201"]


def test_the_worked_scenario_of_the_guide_passes_check(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "write-a-scenario.md").read_text(encoding="utf-8")
    (worked,) = (block for language, block in blocks(page) if language == "yaml")
    write_file(worked, tmp_path)
    assert check_source(tmp_path / "strait") == ()
    document = load(tmp_path / "strait").document
    assert document.pledges
    assert document.calendar
    assert [move for move in document.moves.values() if move.rate is not None]
    assert [quantity for quantity in document.quantities.values() if quantity.kind == "belief"]
