"""Base rates: each script on a small made-up world whose answer is known; what is packaged is what is cited."""

import csv
import datetime as dt
import io

import numpy as np
import pytest

from offramp.scenario.load import load
from tools.base_rates import after, choice, icbe, mie, rates
from tools.base_rates.cited import CITED, check
from tools.base_rates.page import PAGE, SCENARIO, renewed

ATTACK, SHOW, CLASH = 16, 7, 17


def _row(day: str, action: int, *, by: int = 1, on: int = 2, fatal: int = 0) -> dict[str, int]:
    year, month, number = (int(part) for part in day.split("-"))
    return {
        "ccode1": by, "ccode2": on, "styear": year, "stmon": month, "stday": number, "action": action,
        "sidea1": by == 1, "fatalmax1": fatal, "fatalmax2": 0,
    }  # fmt: skip


def _day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def test_the_highest_class_of_a_side_s_day_counts_and_fighting_belongs_to_the_pair() -> None:
    found = mie.acts([
        _row("1960-01-01", SHOW), _row("1960-01-01", ATTACK), _row("1960-01-03", CLASH, by=2, on=1),
        _row("1940-01-01", ATTACK),
    ])[1, 2]  # fmt: skip
    assert found.by[1] == {_day("1960-01-01"): mie.ATTACK}
    assert found.fought == {_day("1960-01-03")}
    assert 2 not in found.by


def test_a_gap_of_more_than_half_a_year_ends_a_confrontation() -> None:
    found = mie.acts([_row(day, SHOW) for day in ("1960-01-01", "1960-06-29", "1960-12-27")])[1, 2]
    assert found.confrontations() == [(_day("1960-01-01"), _day("1960-06-29")), (_day("1960-12-27"),) * 2]


def test_a_row_without_a_day_gets_one_of_its_month_by_lot_and_is_not_dated() -> None:
    row = {**_row("1960-02-01", ATTACK), "stday": -9}
    days = {day for seed in range(20) for day in mie.acts([row], seed)[1, 2].by[1]}
    assert len(days) > 5
    assert all(_day("1960-02-01") <= day <= _day("1960-02-29") for day in days)
    assert mie.acts([row])[1, 2].dated == set()


def test_what_follows_an_attack_is_counted_from_the_next_day_on() -> None:
    pairs = mie.acts([
        _row("1960-01-01", ATTACK), _row("1960-01-01", ATTACK, by=2, on=1), _row("1960-01-08", ATTACK, by=2, on=1),
        _row("1960-03-01", ATTACK),
    ])  # fmt: skip
    assert after.followed(pairs, mie.ATTACK, by_opponent=True, days=7) == after.Share(0.25, 4)
    assert after.followed(pairs, mie.ATTACK, by_opponent=True, days=6).value == 0
    assert after.followed(pairs, mie.ATTACK, by_opponent=False, days=7) == after.Share(0.25, 4)
    assert after.same_day(pairs) == after.Share(0.5, 4)


def test_a_memory_counts_yesterday_less_than_one_and_today_not_at_all() -> None:
    assert rates.memory(np.array([0.0, 1, 0, 0, 1, 0]), 2).round(4).tolist() == [0, 0, 0.7071, 0.5, 0.3536, 0.9571]


def _reply_world(effect: float, pairs: int = 40, days: int = 1500) -> dict[mie.Pair, mie.Acts]:
    """Pairs whose attacks follow a known rate: -4 and `effect` per log(1 + opponent's recent force)."""
    lot = np.random.default_rng(5)
    first = _day("1960-01-01")
    found = {}
    for number in range(pairs):
        acts = mie.Acts()
        memories = np.zeros(2)
        acts.by[0][first], acts.opened[first] = mie.ATTACK, 0
        for day in range(first + 1, first + days):
            memories[:] = (memories + np.array([day - 1 in acts.by[side] for side in (0, 1)])) * 2 ** (-1 / 4)
            for side in (0, 1):
                if lot.random() < -np.expm1(-np.exp(-4 + effect * np.log1p(memories[1 - side]))):
                    acts.by[side][day], acts.opened[day] = mie.ATTACK, 0
        renamed = mie.Acts(opened=dict.fromkeys(acts.opened, 2 * number))
        renamed.by[2 * number], renamed.by[2 * number + 1] = acts.by[0], acts.by[1]
        found[2 * number, 2 * number + 1] = renamed
    return found


def test_a_known_reply_is_found_again() -> None:
    fit = rates.estimate(_reply_world(1.5), "force")
    reply, error, spread = fit.of("opponent_force")
    assert abs(reply - 1.5) < 3 * error < 0.5
    assert abs(fit.of("own_force")[0]) < reply / 3  # not taken for habit, though history and age can share it
    assert spread < 0.5
    assert rates.left_over(fit.acted, fit.expected) < 0.2


def test_a_known_spread_between_units_is_found_again() -> None:
    lot = np.random.default_rng(1)
    expected = np.full(600, 5.0)
    assert rates.left_over(lot.poisson(expected * np.exp(0.8 * lot.standard_normal(600))), expected) == pytest.approx(
        0.8, abs=0.1
    )


def test_habit_of_a_class_is_found_in_the_choice_of_class() -> None:
    lot = np.random.default_rng(2)
    found = {}
    for number in range(60):
        acts, last = mie.Acts(), mie.SHOW
        for step in range(80):
            day = _day("1960-01-01") + 5 * step
            last = last if lot.random() < 0.8 else int(lot.integers(5))
            acts.by[2 * number][day], acts.opened[day] = last, 2 * number
        found[2 * number, 2 * number + 1] = acts
    chosen = choice.estimate(found)
    assert chosen["own_14"] > 1
    assert abs(chosen["opponent_14"]) < 0.01  # the other side never acts


def _told(sentence: int, actor: str, **cells: str) -> icbe.Act:
    blank = dict.fromkeys(("do_kind", "do_interact_kind", "sayintkind", "interact_increasecoop", "do_actor_a",
                           "do_actor_b", "say_actor_a", "say_actor_b"))  # fmt: skip
    return icbe.act({**blank, "do_actor_a": actor, **cells}, sentence=sentence)


def test_the_next_act_is_in_a_later_sentence_and_by_the_one_addressed() -> None:
    crisis = [
        _told(1, "", say_actor_a="us", say_actor_b="them", sayintkind="threaten;ultimatum"),
        _told(1, "them", do_kind="cooperative"),
        _told(2, "us", do_kind="escalatory"),
        _told(3, "them;others", do_interact_kind="cooperative;deescalatory"),
    ]
    assert crisis[0].kinds == ("any", "ultimatum")
    assert icbe.next_act({1: crisis}, "ultimatum", by_sender=False) == icbe.Next({"de-escalate": 1.0}, 1)
    assert icbe.next_act({1: crisis}, "ultimatum", by_sender=True) == icbe.Next({"escalate": 1.0}, 1)


def _packaged() -> dict[str, dict[str, str]]:
    content = (load(SCENARIO).folder / "base-rates.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(io.StringIO(content))}


def test_each_number_cited_is_packaged_with_what_was_found() -> None:
    rows = _packaged()
    assert list(rows) == [cited.id for cited in CITED]
    checked = check({name: (float(row["value"]), float(row["spread"])) for name, row in rows.items()})
    assert [one.agrees for one in checked] == [row["agrees"] == "yes" for row in rows.values()]


def test_each_number_cited_stands_in_the_words_of_what_cites_it() -> None:
    loaded = load(SCENARIO)
    notes = (loaded.folder / "NOTES.md").read_text(encoding="utf-8")
    for cited in CITED:
        for path in cited.used_by:
            section, _, name = path.partition(".")
            element = None if path == "NOTES.md" else getattr(loaded.document, section)[name]
            assert cited.written in (notes if element is None else repr(element.evidence)), (cited.id, path)


def test_the_page_has_the_present_table_and_speaks_of_each_number_that_is_off() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert renewed(text) == text, "run `python -m tools.base_rates.page`"
    assert text.rstrip().endswith(".")
