"""Loading: folders, files, names, parts; and all that must be refused without harm."""

import json
import os
import pickle
import time

import pytest

from offramp.core.errors import ScenarioError
from offramp.scenario.codes.entry import BASE
from offramp.scenario.document import ArrowAndSize
from offramp.scenario.limits import MAX_FILE_BYTES
from offramp.scenario.load import load, read_scenario, scenario_names
from tests.scenario.folders import changed, write


def codes(path):
    """Codes that loading raises."""
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [problem.code for problem in caught.value.problems]


def test_a_folder_and_its_file_are_the_same_scenario(tmp_path):
    folder = write(tmp_path)
    assert load(folder).document == load(folder / "scenario.yaml").document
    assert load(str(folder)).folder == tmp_path


def test_a_file_of_any_name_is_a_scenario(tmp_path):
    (tmp_path / "small.yaml").write_text(BASE)
    loaded = load(tmp_path / "small.yaml")
    assert loaded.document.scenario.name == "two-rivals"
    assert list(loaded.files) == ["small.yaml"]


def test_packaged_scenarios_load_by_name():
    assert "us-iran-iraq" in scenario_names()
    for name in scenario_names():
        assert load(name).document.scenario.name == name


def test_values_have_their_types(tmp_path):
    document = load(write(tmp_path)).document
    assert document.quantities["tension"].start == 0.2
    assert document.moves["guard.raid"].utility["base"] == "Normal(-2, 1)"
    assert document.moves["blue.strike"].rung == 6
    assert document.quantities["tension"].range == (0, 1)
    assert isinstance(document.moves["guard.raid"].evidence, ArrowAndSize)


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path):
    before = load(write(tmp_path)).files["scenario.yaml"]
    assert load(write(tmp_path, BASE.replace("\n", "\r\n"))).files["scenario.yaml"] != before
    assert load(write(tmp_path)).files["scenario.yaml"] == before


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_system_are_read(tmp_path, ending):
    assert load(write(tmp_path, BASE.replace("\n", ending))).document == load(write(tmp_path)).document


def test_a_byte_order_mark_is_no_fault(tmp_path):
    assert load(write(tmp_path, b"\xef\xbb\xbf" + BASE.encode())).document.offramp == 1


class TestParts:
    def test_parts_are_merged_section_by_section(self, tmp_path):
        head, actors, rest = BASE.partition("actors:\n")[0], *BASE.partition("actors:\n")[1:]
        whole = load(write(tmp_path / "whole")).document
        parts = load(write(tmp_path / "parts", f"{head}include: [rest.yaml]\n", rest__yaml=actors + rest))
        assert parts.document == whole
        assert set(parts.files) == {"scenario.yaml", "rest.yaml"}
        assert parts.places["moves.guard.raid"].file.endswith("rest.yaml")

    def test_entries_of_one_section_may_stand_in_several_files(self, tmp_path):
        part = "outcomes: {calm: any(tension < 0.1)}\nends: [tension > 0.99]\n"
        folder = write(tmp_path, BASE + "ends: [tension < 0.01]\ninclude: [part.yaml]\n", part__yaml=part)
        document = load(folder).document
        assert list(document.outcomes) == ["war", "calm"]
        assert document.ends == ("tension < 0.01", "tension > 0.99")

    def test_parts_may_include_parts(self, tmp_path):
        folder = write(
            tmp_path,
            BASE + "include: [a.yaml]\n",
            a__yaml="include: [b.yaml]\n",
            b__yaml="outcomes: {calm: any(tension < 0.1)}\n",
        )
        assert "calm" in load(folder).document.outcomes

    def test_the_same_id_twice_names_both_places(self, tmp_path):
        part = "quantities:\n  tension: {kind: flag, unit: '1'}\n"
        folder = write(tmp_path, BASE + "include: [part.yaml]\n", part__yaml=part)
        with pytest.raises(ScenarioError) as caught:
            load(folder)
        (problem,) = caught.value.problems
        assert problem.code == "E117"
        assert problem.place.file.endswith("part.yaml")
        assert "scenario.yaml:24:3" in problem.message

    @pytest.mark.parametrize("name", ["/etc/passwd", "../x.yaml", "a/b.yaml", "..", ".", "", "a\\b.yaml", "x\x00y"])
    def test_no_path_leads_out_of_the_folder(self, tmp_path, name):
        folder = write(tmp_path / "inside", f"{BASE}include: [{json.dumps(name)}]\n")
        (tmp_path / "x.yaml").write_text("outcomes: {calm: any(tension < 0.1)}\n")
        assert set(codes(folder)) <= {"E114", "E101", "E104"}

    def test_no_link_leads_out_of_the_folder(self, tmp_path):
        (tmp_path / "secret.yaml").write_text("outcomes: {calm: any(tension < 0.1)}\n")
        folder = write(tmp_path / "inside", BASE + "include: [link.yaml]\n")
        (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
        assert codes(folder) == ["E114"]

    def test_a_circle_of_links_is_refused(self, tmp_path):
        folder = write(tmp_path, BASE + "include: [a.yaml]\n")
        (folder / "a.yaml").symlink_to(folder / "a.yaml")
        assert codes(folder)[0] in {"E101", "E114"}

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of Unix")
    def test_a_pipe_is_not_waited_for(self, tmp_path):
        folder = write(tmp_path, BASE + "include: [pipe.yaml]\n")
        os.mkfifo(folder / "pipe.yaml")
        assert codes(folder) == ["E101"]

    def test_files_have_a_limit_together(self, tmp_path):
        big = "#" * (MAX_FILE_BYTES - 100)
        folder = write(
            tmp_path, BASE + "include: [a.yaml, b.yaml, c.yaml, d.yaml, e.yaml]\n",
            **{f"{name}__yaml": f"outcomes: {{o_{name}: any(tension > 1)}}\n{big}" for name in "abcde"},
        )  # fmt: skip
        assert "E102" in codes(folder)


class TestBombs:
    """Nothing that is written takes long or much, and nothing raises but a ScenarioError."""

    @pytest.mark.parametrize(
        "text",
        [
            "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
            "[" * 500_000,
            "a: " * 200_000,
            "? " * 300_000,
            "- " * 300_000,
            "{" * 100_000,
            "a: 'x" + "y\n" * 100_000,
            "k" * 1_000_000 + ": 1",
            "\x00",
            "\ud800".encode("utf-8", "surrogatepass"),
            b"\xff\xfe\x00",
            "!!python/object/apply:os.system ['true']\n",
            "%YAML 9.9\n---\na: 1\n",
            "%TAG ! tag:example.com,2000:\n---\na: !x 1\n",
            "<<: {a: 1}\n",
            "a: *nothing\n",
            "offramp: " + "9" * 5_000,
            "offramp: 1e999\nscenario: {}\n",
            "offramp: [1]\nscenario: 3\n",
            "offramp: 1\nscenario: {name: x, title: y, clock: {start: 0001-01-01, days: 99999999999}}\n",
            "",
            "null",
            "- 1",
        ],
        ids=range(23),
    )
    def test_it_is_refused_in_time(self, tmp_path, text):
        folder = write(tmp_path, text)
        started = time.perf_counter()
        loaded, problems = read_scenario(folder)
        assert time.perf_counter() - started < 5.0
        assert loaded is None or problems or loaded.document
        if loaded is None:
            assert problems

    @pytest.mark.parametrize("path", ["", "\x00", "x" * 5_000, "/", "/dev/null", "nope", "nope/nope", "~"])
    def test_any_text_is_a_path_or_is_refused(self, path):
        assert codes(path) in (["E100"], ["E112"], ["E101"])

    def test_a_name_nearly_right_is_suggested(self):
        with pytest.raises(ScenarioError) as caught:
            load("us-iran-irak")
        assert "`us-iran-iraq`" in caught.value.problems[0].hint


def test_a_truth_word_is_not_taken_for_a_number(tmp_path):
    text = changed(("    start: 0.2\n", "    start: true\n"))
    assert codes(write(tmp_path, text)) == ["E122"]


def test_a_bare_number_is_not_taken_for_a_date(tmp_path):
    assert codes(write(tmp_path, changed(("date: 2020-03-01", "date: 20200301")))) == ["E125"]


def test_every_fault_of_shape_is_found_in_one_pass(tmp_path):
    text = changed(
        ("    rung: 6\n", "    rung: high\n    colour: red\n"),
        ("kind: tally", "kind: taly"),
        ("    unit: index\n", ""),
        ("date: 2020-03-01", "date: soon"),
        ("war: any(tension > 0.95)", "War: any(tension > 0.95)"),
    )
    assert set(codes(write(tmp_path, text))) == {"E120", "E121", "E122", "E123", "E124", "E125"}


def test_an_error_survives_the_way_between_processes(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, changed(("kind: tally", "kind: taly"))))
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems
