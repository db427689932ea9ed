"""What is wrong with a result is said before the result: on the screen, in the JSON, in the report."""

import html
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import offramp
from offramp.cli.main import app
from tests.scenario.folders import changed, write

ASSUMED = "evidence: {status: assumed, why: x}"
WEALTH = f"quantities:\n  wealth: {{kind: stock, unit: usd, start: 1e30, {ASSUMED}}}\n"
DAYS = "clock: {start: 2020-01-01, days: 180}"
SHORT = "clock: {start: 2020-01-01, days: 10}"
OUTCOME = "outcomes:\n"

FLOW = f"mechanisms:\n  flow: {{on: QUANTITY, per_day: FORMULA, {ASSUMED}}}\n"


def driven(quantity: str, formula: str, *outcomes: str) -> tuple[str, str]:
    """A change that lets a mechanism drive a quantity, and takes further outcomes."""
    flow = FLOW.replace("QUANTITY", quantity).replace("FORMULA", formula)
    return OUTCOME, f"{flow}{OUTCOME}{''.join(f'  {outcome}' + chr(10) for outcome in outcomes)}"


# What goes wrong: changes to the small scenario, and what has to be said of it.
WRONG = {
    "overflow": (
        [("quantities:\n", WEALTH), (OUTCOME, f"{OUTCOME}  top: max(wealth * 1e30)\n")],
        ["`top` grew beyond any number in 40 values"],
    ),
    "growth without bound": (
        [("quantities:\n", WEALTH), driven("wealth", "wealth * 1e30", "top: max(wealth)")],
        ["`wealth` reached the largest number there is"],
    ),
    "no number": (
        [("quantities:\n", WEALTH), driven("wealth", "wealth * 1e30 - wealth * 1e30", "end: final(wealth)")],
        ["`end` grew beyond any number in 40 values", "`wealth` grew beyond any number"],
    ),
    "clipping": ([driven("tension", "5")], ["`tension` is cut at its range on"]),
    "counts that are cut": (
        [("moves:\n", f"moves:\n  blue.panic: {{title: Panic, rate: 3 / day, max_per_day: 2, {ASSUMED}}}\n")],
        ["`blue.panic` would happen more often than its max_per_day"],
    ),
    "runs that end early": (
        [(OUTCOME, f"ends: [tension > 0.01]\n{OUTCOME}")],
        ["100 % of runs ended early, by a condition of `ends`"],
    ),
}


def folder_of(tmp_path: Path, name: str) -> Path:
    changes, _ = WRONG[name]
    return write(tmp_path / "small", changed((DAYS, SHORT), *changes))


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_first_wherever_the_result_is_told(tmp_path: Path, name: str) -> None:
    folder, (_, expected) = folder_of(tmp_path, name), WRONG[name]
    result = offramp.load(folder).run(runs=40, engine="reference")
    for piece in expected:
        assert any(piece in said for said in result.health), result.health
    printed = CliRunner().invoke(
        app, ["run", str(folder), "--runs", "40", "--engine", "reference"], env={"COLUMNS": "200"}
    )
    assert printed.exit_code == 0
    lines = printed.stdout.splitlines()
    outcomes = next(number for number, line in enumerate(lines) if "Share of runs" in line)
    for piece in expected:
        assert any(piece in line for line in lines[:outcomes]), lines
    assert json.loads(json.dumps(result.as_json(), allow_nan=False))["health"] == list(result.health)
    page = result.report(tmp_path / "report.html").read_text(encoding="utf-8")
    first = page.index("<h2 ")
    assert page[first:].startswith('<h2 id="health">')
    section = html.unescape(page[first : page.index("</section>", first)]).replace("\N{NO-BREAK SPACE}", " ")
    assert all(piece in section for piece in expected)


def test_a_result_of_which_nothing_is_wrong_says_nothing(tmp_path: Path) -> None:
    result = offramp.load(write(tmp_path, changed((DAYS, SHORT)))).run(runs=40, engine="reference")
    assert result.health == ()
    assert result.as_json()["health"] == []


def test_values_that_are_no_numbers_are_left_out_of_every_statistic(tmp_path: Path) -> None:
    result = offramp.load(folder_of(tmp_path, "overflow")).run(runs=40, engine="reference")
    top, war = result.outcomes["top"], result.outcomes["war"]
    assert top.mean is None
    assert war.mean is not None
    for band in result.ensemble.quantities.values():
        assert np.isfinite(band.mean).all()


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2020-01-03", "2020-01-20", "it is of 2020-01-10 to 2020-01-20 alone"),
        ("2020-01-15", "2020-01-30", "it is of 2020-01-15 to 2020-01-30 alone"),
        ("2020-01-03", "2020-01-05", "it has no value"),
        ("2020-01-03", "2020-02-20", ""),
    ],
)
def test_an_outcome_of_which_the_run_holds_a_part_says_of_which(
    tmp_path: Path, start: str, end: str, said: str
) -> None:
    window = "between=(2020-01-10, 2020-02-10)"
    folder = write(tmp_path, changed(("any(tension > 0.95)", f"any(tension > 0.95, {window})")))
    result = offramp.load(folder).run(runs=2, start=start, end=end, engine="reference")
    told = [sentence for sentence in result.health if "`war`" in sentence]
    assert len(told) == bool(said)
    assert all(sentence.endswith(f"{said}.") for sentence in told)
