"""History beside the model: recorded paths by hand, and the verdict on the end value."""

import datetime as dt

import numpy as np

from offramp.analyse.beside import HistoryPath, PanelRequest, PanelResult, outside_share, recorded_path
from offramp.core.errors import Place
from offramp.ensemble.ensemble import Band
from offramp.record.record import Event, Measurement, Record

COVERS = (dt.date(2019, 1, 1), dt.date(2019, 12, 31))
HERE = Place("record.csv", 2, 1)
WINDOW = (dt.date(2019, 5, 1), dt.date(2019, 5, 31))


def event(day: int, move: str = "a.act", count: int = 1, month: int = 5, **marks: float) -> Event:
    date = dt.date(2019, month, day)
    return Event(f"r{day}", date, "day", move, count, marks, date, HERE)


def measurement(month: int, day: int, value: float) -> Measurement:
    date = dt.date(2019, month, day)
    return Measurement("troops", date, value, 0.0, date, HERE)


def test_a_panel_of_moves_counts_the_events_of_the_window_alone() -> None:
    record = Record(
        events=(event(30, month=4), event(2), event(2), event(9, count=3), event(9, "a.other"), event(1, month=6)),
        covers=COVERS,
    )
    path = recorded_path(record, PanelRequest("Acts", None, ("a.act",)), window=WINDOW)
    assert path is not None
    days = [dt.date.fromordinal(int(day)).day for day in path.days]
    assert (days, path.values.tolist()) == ([1, 2, 9, 31], [0.0, 2.0, 5.0, 5.0])


def test_a_tally_is_the_sum_of_marks_and_blanks_are_not_zeros_of_other_rows() -> None:
    record = Record(events=(event(2, deaths=1.0), event(3), event(9, "a.other", deaths=4.0)), covers=COVERS)
    path = recorded_path(record, PanelRequest("Deaths", "deaths", (), is_tally=True), window=WINDOW)
    assert path is not None
    assert path.values.tolist() == [0.0, 1.0, 5.0, 5.0]


def test_a_measured_quantity_starts_from_its_last_value_before_the_window() -> None:
    record = Record(
        measurements=(measurement(1, 5, 1.0), measurement(4, 5, 2.0), measurement(5, 20, 3.0), measurement(7, 1, 9.0))
    )
    path = recorded_path(record, PanelRequest("Troops", "troops", ()), window=WINDOW)
    assert path is not None
    assert path.values.tolist() == [2.0, 3.0]
    assert dt.date.fromordinal(int(path.days[0])) == WINDOW[0]


def test_a_record_that_lists_none_of_some_moves_says_zero() -> None:
    record = Record(events=(event(30, "a.other", month=4), event(2, "a.other", month=6)), covers=COVERS)
    path = recorded_path(record, PanelRequest("Acts", None, ("a.act",)), window=WINDOW)
    assert path is not None
    assert path.values.tolist() == [0.0, 0.0]


def test_counts_stop_where_the_record_stops() -> None:
    record = Record(events=(event(2), event(9)), covers=(dt.date(2019, 1, 1), dt.date(2019, 5, 20)))
    path = recorded_path(record, PanelRequest("Acts", None, ("a.act",)), window=WINDOW)
    assert path is not None
    assert dt.date.fromordinal(int(path.days[-1])) == dt.date(2019, 5, 20)
    late = Record(events=(event(9),), covers=(dt.date(2019, 5, 9), dt.date(2019, 5, 20)))
    assert recorded_path(late, PanelRequest("Acts", None, ("a.act",)), window=WINDOW) is None


def test_a_record_says_nothing_of_days_beyond_its_rows_nor_of_tallies_that_no_row_carries() -> None:
    record = Record(events=(event(30, month=4), event(2, month=6)), covers=COVERS)
    assert (
        recorded_path(record, PanelRequest("Acts", None, ("a.act",)), window=(dt.date(2020, 1, 1), dt.date(2020, 2, 1)))
        is None
    )
    assert recorded_path(record, PanelRequest("Deaths", "deaths", (), is_tally=True), window=WINDOW) is None


def test_the_share_outside_looks_at_the_whole_path_not_at_its_end() -> None:
    days = np.arange(100, 104)
    band = Band("x", "events", days, *(np.full(4, v) for v in (1.0, 0.0, 1.0, 2.0)))
    staircase = HistoryPath(np.array([100, 101, 103]), np.array([0.0, 5.0, 2.0]), is_count=True)
    assert outside_share(band, staircase) == 0.5
    measured = HistoryPath(np.array([99, 102, 110]), np.array([3.0, 1.0, -1.0]), is_count=False)
    assert outside_share(band, measured) == 2 / 3
    assert outside_share(band, None) is None


def test_what_was_never_recorded_has_no_path() -> None:
    assert recorded_path(Record(), PanelRequest("Acts", None, ("a.act",)), window=WINDOW) is None
    assert recorded_path(Record(), PanelRequest("Troops", "troops", ()), window=WINDOW) is None


def verdict(recorded: float | None) -> bool | None:
    empty = np.zeros(0)
    band = Band("x", "events", np.zeros(0, np.int64), empty, empty, empty, empty)
    return PanelResult("x", "events", band, None, 0, recorded, 2.0, 1.0, 2.0, 3.0, None).is_inside


def test_the_end_value_is_inside_its_band_ends_included() -> None:
    assert [verdict(value) for value in (0.9, 1.0, 3.0, 3.1, None)] == [False, True, True, False, None]
