"""Write a scenario's scheduled.csv from its announced.csv: `python -m tools.announced_inputs`.

announced.csv lists what was announced beforehand, each row with the day from which it was known (`known_from`) and
what of the model uses it (`used_as`: an input, a calendar entry, a quantity, a move or a pledge; empty: nothing, for
the reason in `why`). Rows used as an input become a series here, so that an actor, or a forecast, may use them from
that day on and not before:

- `nuclear_notice_due`: 1 while a notice falls due, from `BEFORE` days before its date to `AFTER` days after it (or
  after the last day of its period), never before it was known. That is as long as the model's own notices press, which
  are set five days early and fade with a half-life of 15 days (15 / ln 2 = 21.6 days' worth): a convention, no fit.
- `inspection_reports`: reports expected a day. In a year whose calendar of boards is known, `IN_WINDOW` in the weeks
  that it gives and none between them; four a year after the last such year.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from offramp.scenario.load import load

SCENARIO = "us-iran-iraq"
BEFORE, AFTER = 5, 15  # days around the date of a notice
IN_WINDOW = 0.25  # reports a day: one in a window of 18 days is missed once in a hundred times
UNSCHEDULED = 4 / 365.25  # reports a day
COLUMNS = ("date", "quantity", "value", "known_from")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From a first to a last day, both inclusive, known from a day on."""

    first: dt.date
    last: dt.date
    known_from: dt.date


@dataclass(frozen=True, slots=True)
class Level:
    """A value of a series from a day on."""

    date: dt.date
    quantity: str
    value: float
    known_from: dt.date


def derive(announced: Iterable[Mapping[str, str]], *, start: dt.date) -> list[Level]:
    """Derive both series from the rows of announced.csv; `start` is the first day of the scenario's clock.

    What a later announcement changes of a series stands there again, known from the later day: of the rows that were
    known on a day, the latest word on each date is what could be known of the series then.
    """
    rows = list(announced)
    notices = [_around(window, start) for window in _windows(rows, "input.nuclear_notice_due")]
    boards = list(_windows(rows, "input.inspection_reports"))
    levels = [*_vintages("nuclear_notice_due", notices, start=start, inside=1.0)]
    return [*levels, *_vintages("inspection_reports", boards, start=start, inside=IN_WINDOW, beyond=UNSCHEDULED)]


def _windows(rows: Iterable[Mapping[str, str]], used_as: str) -> Iterator[Window]:
    for row in rows:
        if row["used_as"] == used_as:
            first, known_from = dt.date.fromisoformat(row["for_date"]), dt.date.fromisoformat(row["known_from"])
            yield Window(first, dt.date.fromisoformat(row["for_date_end"] or row["for_date"]), known_from)


def _around(window: Window, start: dt.date) -> Window:
    """Widen a date to the days on which its notice presses, none of them before it was known."""
    first = max(window.first - BEFORE * DAY, window.known_from, start)
    return Window(first, window.last + AFTER * DAY, window.known_from)


def _vintages(
    quantity: str, windows: Sequence[Window], *, start: dt.date, inside: float, beyond: float = 0.0
) -> Iterator[Level]:
    """List a series as it was known on each day of an announcement: those of its levels that are new."""
    before: dict[dt.date, float] = {}
    for day in sorted({start, *(window.known_from for window in windows if window.known_from > start)}):
        known = [window for window in windows if window.known_from <= day]
        now = {start: 0.0, **_spans(known, inside)} if known else {start: beyond}
        if known and beyond:
            now[dt.date(max(window.last for window in known).year + 1, 1, 1)] = beyond
        for date in sorted({*before, *now}):
            is_new = date in now and date not in before
            if is_new or _level(now, date) != _level(before, date):
                yield Level(date, quantity, _level(now, date), day)
        before = now


def _spans(windows: Iterable[Window], inside: float) -> dict[dt.date, float]:
    """Turn windows, which may overlap, into levels by the day from which they hold."""
    spans: list[tuple[dt.date, dt.date]] = []
    for window in sorted(windows, key=lambda window: window.first):
        if spans and window.first <= spans[-1][1] + DAY:
            first, last = spans.pop()
            spans.append((first, max(last, window.last)))
        else:
            spans.append((window.first, window.last))
    return {day: level for first, last in spans for day, level in ((first, inside), (last + DAY, 0.0))}


def _level(steps: Mapping[dt.date, float], day: dt.date) -> float:
    return steps[max(date for date in steps if date <= day)]


def text(levels: Iterable[Level]) -> str:
    """Write the series as CSV."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((level.date, level.quantity, f"{level.value:.6g}", level.known_from) for level in levels)
    return written.getvalue()


def main() -> None:
    """Write the file anew."""
    loaded = load(SCENARIO)
    content = (loaded.folder / "announced.csv").read_text(encoding="utf-8")
    levels = derive(csv.DictReader(io.StringIO(content)), start=loaded.document.scenario.clock.start)
    (loaded.folder / "scheduled.csv").write_text(text(levels), encoding="utf-8")


if __name__ == "__main__":
    main()
