"""What fuzzing found, each by its smallest input: once a traceback, a hang or a lie, now a sentence."""

import contextlib
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from offramp.core.errors import RecordError
from offramp.engine import reference
from offramp.ensemble import store
from offramp.expr import parse
from offramp.expr.parse import ExpressionError
from offramp.model.lower import lower
from offramp.scenario.check import check_source
from offramp.scenario.codes.entry import BASE
from offramp.scenario.edits import EditError, parse_edit
from offramp.scenario.load import load
from offramp.scenario.observed import observe
from tests.scenario.folders import changed, write

SECONDS = 2.0  # of processor time
ASSUMED = "evidence: {status: assumed, why: x}"


def errors(folder: Path) -> list[str]:
    return [problem.code for problem in check_source(folder) if problem.level == "error"]


LONG = ("forbid blue.act{0}x", " "), ("forbid blue.act{0}", " announced"), ("if {0}once", "then "), ("set {0}", "= ")


@pytest.mark.parametrize("line", [pattern.format(piece * 20_000) for pattern, piece in LONG])
def test_a_long_edit_is_refused_at_once(line: str) -> None:
    started = time.process_time()
    with pytest.raises(EditError) as caught:
        parse_edit(line)
    assert caught.value.code == "E151"
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize("line", [pattern.format(piece * (1_950 // len(piece))) for pattern, piece in LONG])
def test_the_longest_edits_are_read_soon(line: str) -> None:
    started = time.process_time()
    with contextlib.suppress(EditError):  # most are no edits; what matters is the time
        parse_edit(line)
    assert time.process_time() - started < SECONDS


def test_powers_of_powers_are_counted_as_what_they_are_worked_out_to() -> None:
    """The plain interpreter evaluates each factor anew: ten such levels would have taken years."""
    with pytest.raises(ExpressionError) as caught:
        parse("((((tension ** 8) ** 8) ** 8) ** 8)")
    assert caught.value.code == "E153"
    parse("((tension ** 2 + 1) ** 2 + wealth) ** 3")


@pytest.mark.parametrize("text", ["1e400 d", "9e307 weeks", "1e38 years"])
def test_a_length_of_time_that_no_number_holds_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(f"recent(blue.act, {text})")
    assert caught.value.code == "E158"


@pytest.mark.parametrize("written", ["\\ud800", "\\0", "\\x1b[31m", "\\x7f", "\\uffff", "\\u009b"])
def test_characters_that_only_an_escape_can_write_are_refused(tmp_path: Path, written: str) -> None:
    folder = write(tmp_path, changed(("title: Blue Kingdom", f'title: "Blue {written}"')))
    assert errors(folder) == ["E104"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("range: [0, 1]", "range: [nan, 1]"),
        ("range: [0, 1]", "range: [0, inf]"),
        ("range: [0, 1]", "range: [-1e39, 1]"),
        ('{weight: "Normal(-1, 0.5)",', "{weight: 1, shape: {threshold: 1e39},"),
        ('{weight: "Normal(-1, 0.5)",', "{weight: 1, shape: {threshold: nan},"),
        ('{weight: "Normal(-1, 0.5)",', "{weight: 1, shape: {concave: 1e-300},"),
    ],
)
def test_numbers_that_no_engine_holds_are_refused(tmp_path: Path, old: str, new: str) -> None:
    assert "E126" in errors(write(tmp_path, changed((old, new))))


def test_a_measurement_whose_scale_makes_it_endless_is_refused(tmp_path: Path) -> None:
    series = "date,quantity,value,known_from\n2019-12-01,tension,31,2019-12-02\n"
    record = (
        "record: {series: series.csv, series_map: [{where: {quantity: tension}, quantity: tension, scale: 3e38}]}\n"
    )
    folder = write(tmp_path, BASE + record, series__csv=series)
    assert errors(folder) == ["E505"]
    with pytest.raises(RecordError, match="times the scale"):
        observe(load(folder))


def test_a_large_scenario_lowers_in_good_time(tmp_path: Path) -> None:
    """Each part of a sum used to be searched to its first term, once for each term behind it."""
    outcomes = "".join(f"  o{i}: max({' + '.join(['tension'] * 90)})\n" for i in range(200))
    loaded = load(write(tmp_path, BASE.replace("outcomes:\n", f"outcomes:\n{outcomes}")))
    started = time.process_time()
    lower(loaded)
    assert time.process_time() - started < SECONDS


def test_a_scenario_of_the_largest_size_is_checked_in_good_time(tmp_path: Path) -> None:
    move = "  blue.m{0}: {{title: M, utility: {{base: tension + {0}}}, evidence: {{status: assumed, why: x}}}}\n"
    folder = write(tmp_path, BASE.replace("moves:\n", "moves:\n" + "".join(map(move.format, range(900)))))
    started = time.process_time()
    assert errors(folder) == []
    assert time.process_time() - started < SECONDS


def test_numbers_beyond_float32_make_no_noise(tmp_path: Path) -> None:
    """The plain interpreter and the lowering of dated formulas used to warn on standard error."""
    wealth = f"quantities:\n  wealth: {{kind: stock, unit: usd, start: 1e30, {ASSUMED}}}\n"
    flow = (
        f"mechanisms:\n  boom: {{on: wealth, per_day: wealth * 1e30 + 3e38 * 1e5 * after(calendar.vote), {ASSUMED}}}\n"
    )
    vote = f"calendar:\n  vote: {{date: 2020-01-03, {ASSUMED}}}\noutcomes:\n  top: max(wealth * 1e30)\n"
    days = ("clock: {start: 2020-01-01, days: 180}", "clock: {start: 2020-01-01, days: 5}")
    folder = write(tmp_path, changed(days, ("quantities:\n", wealth), ("outcomes:\n", flow + vote)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = lower(load(folder))
        block = reference.simulate(model, seed=1, first_run=0, n_runs=1, sample_steps=[4])
    assert not np.isfinite(block.outcomes).all()


@pytest.mark.parametrize("seed", range(40))
def test_a_checkpoint_with_any_byte_changed_is_not_read(tmp_path: Path, seed: int) -> None:
    path, chance = tmp_path / "a.npz", np.random.default_rng(seed)
    store.save(path, {"n_runs": np.array(256), "x": np.arange(100.0)})
    content = bytearray(path.read_bytes())
    content[chance.integers(len(content))] ^= int(chance.integers(1, 256))
    path.write_bytes(bytes(content[: len(content) - int(chance.integers(0, 2)) * int(chance.integers(0, 200))]))
    assert store.load(path) is None


@pytest.mark.parametrize(
    "text",
    [
        "Poisson(10, low=1e30)",
        "NegBinomial(10000, 0.01, low=1)",
        "LogNormal(1, 1000, low=1)",
        "Poisson(10000, high=1e38)",
    ],
)
def test_a_truncated_distribution_is_checked_soon_and_in_silence(tmp_path: Path, text: str) -> None:
    folder = write(tmp_path, changed(('base: "Normal(-3, 1)"', f'base: "{text}"')))
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = errors(folder)
    assert set(found) <= {"E620"}
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("field", ["until", "within", "cost_half_life"])
def test_a_pledge_of_endless_length_is_refused(tmp_path: Path, field: str) -> None:
    deal = f"pledges:\n  deal: {{kind: truce, by: blue, to: guard, offer: blue.strike, {field}: 1e39 d, {ASSUMED}}}\n"
    assert errors(write(tmp_path, BASE + deal)) == ["E324"]
