"""The observation model: textbook posteriors, rules about evidence, and thinning by addressed noise."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from offramp.core.errors import Place, RecordError
from offramp.infer.addressed import RunKeys
from offramp.infer.catching import Sighting, log_likelihood, log_missed, published_given
from offramp.infer.observation import GRID, Beta, ObservationModel, Share, observation_model, recorded
from offramp.record.record import Event, Record
from offramp.record.totals import Cell, Published, Total

HERE = Place("t.csv", 2, 1)
DAY = dt.date(2020, 2, 1)
SURE = (1e7, 1e-2)  # a publisher that catches all


def cell(kind: str = "rocket", first: int = 1, last: int = 29, prior: tuple[float, float] = (2.0, 2.0)) -> Cell:
    return Cell(
        kind, (f"a.{kind}",), DAY.replace(day=first), DAY.replace(day=last), prior, "assumed", "", DAY, HERE
    )  # fmt: skip


def total(count: int, kinds: str = "rocket", use: str = "evidence", **other: object) -> Total:
    parts = {"id": f"t{count}{kinds}", "first_day": DAY, "last_day": DAY.replace(day=29), "leaves_out": (),
             "completeness": SURE, "known_from": DAY} | other  # fmt: skip
    return Total(count=count, kinds=tuple(kinds.split(";")), use=use, reason="", place=HERE, **parts)  # type: ignore[arg-type]


def holding(*counts: int, kind: str = "rocket") -> Record:
    """Make a record with one row per count, each on a day of its own."""
    events = [
        Event(f"r{i}", DAY.replace(day=i + 1), "day", f"a.{kind}", n, {}, DAY, HERE) for i, n in enumerate(counts)
    ]
    return Record(events=tuple(events), covers=(DAY, DAY.replace(day=29)))


def posterior(record: Record, *totals: Total, cells: tuple[Cell, ...] = (cell(),)) -> Beta:
    return observation_model(Published(cells, totals), record).shares[0].posterior


# Known answers.


@pytest.mark.parametrize(("recorded_there", "published"), [(7, 10), (18, 19), (3, 12), (5, 5)])
def test_a_total_that_holds_everything_gives_the_textbook_posterior(recorded_there: int, published: int) -> None:
    found = posterior(holding(recorded_there), total(published))
    a, b = 2 + recorded_there + 0.5, 2 + published - recorded_there
    assert (found.a, found.b) == pytest.approx((a, b), rel=0.01)


def test_without_totals_the_prior_stays_to_the_bit() -> None:
    share = observation_model(Published((cell(),)), holding(5)).shares[0]
    assert share.posterior == Beta(2.0, 2.0)
    assert share.totals == ()


def test_what_the_record_holds_says_nothing_by_itself() -> None:
    # A publisher that catches next to nothing, and did catch nothing: only m is left.
    likelihood = log_likelihood(Sighting(0, (6,), (1e-9, 1e3)), GRID[100:])
    assert np.ptp(likelihood) < 1e-6


def test_events_that_the_record_lacks_are_negative_binomial() -> None:
    missed = np.arange(400)
    found = np.exp(log_missed(4, np.array([0.3]), missed))[0]
    assert found == pytest.approx(stats.nbinom.pmf(missed, 4.5, 0.3), abs=1e-12)


def test_a_publisher_catches_beta_binomially() -> None:
    events = np.arange(60)
    expected = stats.betabinom.pmf(7, events, 12, 3)
    assert published_given(7, events, completeness=(12, 3)) == pytest.approx(expected, abs=1e-12)


def test_a_total_of_two_kinds_is_the_sum_over_ways_to_make_it_up() -> None:
    chances = np.array([0.4, 0.9])
    seen = Sighting(9, (3, 2), (6, 2))
    u = np.arange(150)
    missed = [stats.nbinom.pmf(u, m + 0.5, chances[:, None]) for m in seen.recorded]
    both = stats.betabinom.pmf(9, 5 + u[:, None] + u, 6, 2)
    expected = np.log(missed[0] @ both @ missed[1].T)
    assert log_likelihood(seen, chances) == pytest.approx(expected, abs=1e-6)


def test_two_kinds_with_sure_totals_of_their_own_are_not_changed_by_their_sure_sum() -> None:
    cells = (cell("bomb"), cell())
    record = Record(events=holding(6).events + holding(4, kind="bomb").events, covers=(DAY, DAY))
    apart = observation_model(Published(cells, (total(10), total(5, "bomb"))), record)
    tied = observation_model(Published(cells, (total(15, "rocket;bomb"),)), record)
    # The sum alone says less of each than the parts do, and ties them: both means lie between prior and parts.
    for alone, joint in zip(apart.shares, tied.shares, strict=True):
        assert joint.posterior.a + joint.posterior.b < alone.posterior.a + alone.posterior.b
        assert joint.posterior.mean > 0.5


# Rules about evidence.


def test_a_published_absence_is_a_pause_and_says_nothing_of_the_record() -> None:
    assert posterior(holding(3), total(0, use="pause")) == Beta(2.0, 2.0)
    assert posterior(holding(3), total(40, use="unused")) == Beta(2.0, 2.0)


def test_two_totals_of_the_same_days_count_as_one() -> None:
    once = posterior(holding(7), total(10))
    twice = posterior(holding(7), total(10), total(10, id="again"))
    assert (twice.a, twice.b) == pytest.approx((once.a, once.b))


def test_totals_of_different_days_add_up() -> None:
    halves = [total(5, id="one", last_day=DAY.replace(day=2)), total(5, id="two", first_day=DAY.replace(day=3))]
    found = posterior(holding(2, 2, 2, 2), *halves)
    assert (found.a, found.b) == pytest.approx((2 + 2 * 4.5, 2 + 2), rel=0.01)


def test_totals_that_disagree_widen_the_posterior() -> None:
    loose = {"completeness": (60.0, 6.0)}
    agreed = observation_model(
        Published((cell(),), tuple(total(20, id=f"t{i}", **loose) for i in range(3))), holding(18)
    )
    apart = observation_model(
        Published((cell(),), tuple(total(n, id=f"t{n}", **loose) for n in (6, 20, 60))), holding(18)
    )
    assert agreed.shares[0].dispersion == 1.0
    assert apart.shares[0].dispersion > 2.0
    widths = [m.shares[0].posterior.quantile(0.95) - m.shares[0].posterior.quantile(0.05) for m in (agreed, apart)]
    assert widths[1] > 1.5 * widths[0]


def test_rows_outside_the_definition_are_left_out() -> None:
    found = posterior(holding(7, 4), total(10, leaves_out=("r1",)))
    assert found == posterior(holding(7), total(10))


def test_a_total_belongs_to_the_cell_that_holds_most_of_its_days() -> None:
    cells = (cell(first=1, last=9), cell(first=10, last=29))
    shares = observation_model(Published(cells, (total(10),)), holding(7)).shares
    assert [share.totals for share in shares] == [(), ("t10rocket",)]


def test_what_was_not_known_yet_is_left_out() -> None:
    later = total(10, known_from=dt.date(2020, 3, 1))
    published = Published((cell(),), (later,))
    assert observation_model(published, holding(7), as_of=dt.date(2020, 2, 29)).shares[0].posterior == Beta(2.0, 2.0)
    assert observation_model(published, holding(7), as_of=dt.date(2020, 3, 1)).shares[0].totals == ("t10rocket",)


def test_too_many_cells_tied_together_are_refused() -> None:
    kinds = [f"k{i}" for i in range(5)]
    tying = tuple(total(4, f"{one};{other}") for one, other in itertools.pairwise(kinds))
    with pytest.raises(RecordError) as caught:
        observation_model(Published(tuple(cell(kind) for kind in kinds), tying), holding(1))
    assert caught.value.problems[0].code == "E514"


@settings(max_examples=40, deadline=None)
@given(
    m=st.integers(0, 30), published=st.integers(0, 40), more=st.integers(1, 20),
    shapes=st.tuples(st.floats(1, 30), st.floats(1, 10)),
)  # fmt: skip
def test_a_higher_total_never_speaks_for_a_fuller_record(
    m: int, published: int, more: int, shapes: tuple[float, float]
) -> None:
    low = posterior(holding(m), total(published, completeness=shapes))
    high = posterior(holding(m), total(published + more, completeness=shapes))
    assert high.mean <= low.mean + 1e-9
    assert 0 < high.mean < 1
    assert min(high.a, high.b, low.a, low.b) > 0


# Thinning.


def thinner(chance: float = 0.7, size: float = 1e6) -> ObservationModel:
    sharp = Beta(chance * size, (1 - chance) * size)
    return ObservationModel((Share(cell(), sharp, sharp),))


DAYS = np.array([DAY.toordinal() + k for k in (0, 5, 40)], np.int64)


def thin(
    model: ObservationModel, counts: np.ndarray, first_run: int = 0, kind: str = "rocket", path: str = "a.rocket"
) -> np.ndarray:
    keys = RunKeys.of(7, range(first_run, first_run + counts.shape[1]))
    return recorded(model, counts, kind=kind, path=path, days=DAYS, keys=keys)


def test_runs_are_thinned_the_same_in_any_block() -> None:
    counts = np.random.default_rng(1).poisson(4, (3, 50)).astype(np.float32)
    whole = thin(thinner(), counts)
    parts = [thin(thinner(), counts[:, :17]), thin(thinner(), counts[:, 17:], first_run=17)]
    assert whole.tobytes() == np.concatenate(parts, axis=1).tobytes()


def test_a_further_event_changes_nothing_for_the_others() -> None:
    counts = np.full((3, 400), 5, np.float32)
    added = thin(thinner(), counts + 1) - thin(thinner(), counts)
    assert set(np.unique(added)) <= {0.0, 1.0}
    assert 0 < added[0].mean() < 1


def test_two_moves_of_one_kind_share_r_and_draw_apart() -> None:
    counts = np.full((3, 400), 5, np.float32)
    assert (thin(thinner(), counts) != thin(thinner(), counts, path="a.shell")).any()


def test_days_and_kinds_without_a_cell_are_recorded_in_full() -> None:
    counts = np.full((3, 20), 5, np.float32)
    assert (thin(thinner(), counts)[2] == 5).all()
    assert (thin(thinner(), counts, kind="bomb") == 5).all()
    assert (thin(thinner(), counts)[:2] < 5).any()


def test_thinning_is_binomial_with_one_share_a_run() -> None:
    # 20,000 runs; limits of 6 standard errors: a false alarm in 5e8.
    n, prior = 20_000, Beta(6.0, 3.0)
    kept = thin(ObservationModel((Share(cell(), prior, prior),)), np.full((3, n), 4, np.float32))
    expected = stats.betabinom.pmf(np.arange(5), 4, 6, 3)
    for span in kept[:2]:
        shares = (span[:, None] == np.arange(5)).mean(axis=0)
        assert (np.abs(shares - expected) < 6 * np.sqrt(expected * (1 - expected) / n)).all()
    share_variance = 6 * 3 / (9**2 * 10)
    products = (kept[0] / 4 - 2 / 3) * (kept[1] / 4 - 2 / 3)
    assert abs(products.mean() - share_variance) < 6 * products.std() / np.sqrt(n)


def test_the_shipped_model_names_moves_that_it_can_find() -> None:
    model = thinner()
    assert model.kind_of("a.rocket") == "rocket"
    assert model.kind_of("a.bomb") is None
    share = model.share("rocket", DAY)
    assert share is not None
    assert share.cell.kind == "rocket"
    assert model.share("rocket", dt.date(2021, 1, 1)) is None
