"""The report: one page that loads nothing, safe against a scenario's text, every link leading somewhere, read aloud."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import offramp
from tests.present.pages import Page

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
MOST_BYTES = 3_000_000
CANAL = Path(__file__).resolve().parents[2] / "examples" / "canal"


def written(folder: Path) -> Path:
    """Write two-rivals with a hostile text in place of every title and reason."""
    source = Path(offramp.__file__).parent / "scenarios" / "two-rivals" / "scenario.yaml"
    text = source.read_text(encoding="utf-8")
    for said in ("Blue Kingdom", "Border guard", "Cross-border raid", "Air strike"):
        text = text.replace(f"title: {said}", f"title: {json.dumps(EVIL + said)}")
    text = text.replace('why: "a sketch"', f"why: {json.dumps(EVIL)}")
    text = text.replace("policies:", f"panels:\n  - {{title: {json.dumps(EVIL)}, moves: [guard.raid]}}\npolicies:")
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return folder


def page_of(result: offramp.RunResult, folder: Path) -> str:
    return result.report(folder / "page.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def canal(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page_of(offramp.load(CANAL).run(300), tmp_path_factory.mktemp("canal"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("hostile")
    return page_of(offramp.load(written(folder)).run(120), folder)


def test_the_page_is_well_formed_and_every_picture_speaks(canal: str) -> None:
    page = Page(canal)
    assert page.faults == []
    assert page.tags.count("h1") == 1
    assert page.tags.count("main") == 1
    assert len(page.ids) == len(set(page.ids))


def test_every_link_leads_somewhere(canal: str, hostile: str) -> None:
    assert Page(canal).dead_links == set()
    assert Page(hostile).dead_links == set()


def test_the_page_loads_nothing_and_runs_nothing(canal: str) -> None:
    page = Page(canal)
    assert page.loads == []
    assert "script" not in page.tags
    assert not re.search(r"url\(|@import|@font-face", canal)


def test_text_of_a_scenario_cannot_become_markup(hostile: str) -> None:
    page = Page(hostile)
    assert page.faults == []
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert EVIL in page.text


def test_the_page_is_small(canal: str) -> None:
    assert len(canal.encode()) < MOST_BYTES


def test_plain_words_come_first_and_all_parts_follow_in_order(canal: str) -> None:
    headings = re.findall(r'<h2 id="(\w+)"', canal)
    assert headings == [
        "words", "history", "outcomes", "policies", "stories", "map", "numbers", "evidence", "limits", "manifest",
    ]  # fmt: skip


def test_each_outcome_is_one_click_from_its_evidence(canal: str) -> None:
    rows = re.findall(r'<tr id="o-(\w+)">(.*?)</tr>', canal, re.DOTALL)
    assert {name for name, _ in rows} == set(offramp.load(CANAL).document.outcomes)
    assert [name for name, row in rows if 'href="#e-' not in row] == []


def test_each_number_that_matters_and_each_move_lead_to_evidence(canal: str) -> None:
    numbers = canal[canal.index('id="numbers"') : canal.index('id="evidence"')]
    assert "floor of chance" in numbers
    shown = sum(int(n) for n in re.findall(r"</span> (\d+)[,.]", numbers[: numbers.index("<table")]))
    assert f"{shown} numbers pass it" in numbers
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", numbers, re.DOTALL)
    assert [row for row in rows if "Rests on" in row and 'href="#e-' not in row] == []
    assert any("Rests on" in row for row in rows)
    moves = canal[canal.index('id="map"') : canal.index('id="numbers"')]
    for path in offramp.load(CANAL).document.moves:
        assert f'href="#e-moves.{path}"' in moves


def test_tables_have_headings_that_are_read_aloud(canal: str) -> None:
    for table in re.findall(r"<table.*?</table>", canal, re.DOTALL):
        assert table.count("<th scope=") >= 2
        for row in re.findall(r"<tr>.*?</tr>", table.split("<tbody>")[1], re.DOTALL):
            assert '<th scope="row">' in row


def test_light_dark_and_print_have_their_own_colours(canal: str) -> None:
    assert "@media (prefers-color-scheme: dark)" in canal
    assert "@media print" in canal


def test_the_record_is_drawn_and_told(canal: str) -> None:
    page = Page(canal)
    assert 'class="record"' in canal
    assert 'class="measured"' in canal
    assert "The run nearest to the record" in page.text
    assert "A typical run" in page.text
    assert "The record, day by day" in page.text


def test_what_it_is_and_how_to_cite_it_are_said(canal: str) -> None:
    page = Page(canal)
    for piece in ("Priors only", "300 histories", "seed 1", "not scored as a forecast", '"seed": 1', "are assumed"):
        assert piece in page.text


def test_edits_stand_beside_the_policies(tmp_path: Path) -> None:
    result = offramp.load("two-rivals").run(60, do="hold tension = 0.3")
    page = Page(page_of(result, tmp_path))
    assert "The edits of this report" in page.text
    assert "Not the scenario as it is written" in page.text
    assert "The record is of the world without" in page.text
    assert page.dead_links == set()


def test_without_a_single_run_the_page_says_so(tmp_path: Path) -> None:
    how = offramp.How()
    how.stop.set()
    page = Page(page_of(offramp.load("two-rivals").run(50, how=how), tmp_path))
    assert page.faults == []
    assert page.dead_links == set()
    assert "no run was made" in page.text
    assert "Interrupted: 0 of 50" in page.text


def test_few_runs_are_not_screened_and_it_is_said(tmp_path: Path) -> None:
    page = Page(page_of(offramp.load("two-rivals").run(20), tmp_path))
    assert "at least 100 runs" in page.text
    assert page.faults == []


def test_the_same_manifest_gives_the_same_page(tmp_path: Path) -> None:
    case = offramp.load("two-rivals")
    assert page_of(case.run(110), tmp_path) == page_of(case.run(110), tmp_path)


def test_the_notebook_shows_charts_and_outcomes_without_markup_from_outside(tmp_path: Path) -> None:
    fragment = offramp.load(written(tmp_path)).run(30)._repr_html_()
    assert "Priors only" in fragment
    assert "30 runs, seed 1" in fragment
    shown = re.sub(r"/\*\*\n\* plotly.js.*?\n  const figures", "", fragment, flags=re.DOTALL)
    assert "<img" not in shown
    assert shown.count("<script>") == 1


def test_the_command_takes_edits_and_policies(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "offramp", "report", "two-rivals", "-n", "110", "--do", "hold tension = 0.3"]
    done = subprocess.run(
        [*command, "--policy", "restraint", "-o", "page.html"], cwd=tmp_path, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert page.faults == []
    assert "forbid blue.strike" in page.text
    assert "hold tension = 0.3" in page.text


def test_the_command_refuses_an_edit_in_words(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "offramp", "report", "two-rivals", "-n", "5", "--do", "forbid blue.sing"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 1
    assert "blue.strike" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_report_of_the_crisis_keeps_its_promises(tmp_path: Path) -> None:
    text = page_of(offramp.load("us-iran-iraq").run(300), tmp_path)
    page = Page(text)
    assert page.faults == []
    assert page.dead_links == set()
    assert len(text.encode()) < MOST_BYTES
    assert all(f"{name}" in page.text for name in ("A typical run", "nearest to the record", "with most dead"))
