"""Which runs are told: known answers for the typical, the nearest and the worst."""

import numpy as np

from offramp.analyse.chosen import Course, course_of_counts, nearest_run, typical_run, worst_run


def test_the_typical_run_is_the_one_in_the_middle() -> None:
    outcomes = np.array([[0.0], [10.0], [5.0], [4.0], [100.0]], np.float32)
    chosen = typical_run(outcomes, [])
    assert chosen is not None
    assert (chosen.run, chosen.why) == (2, "typical")


def test_one_wild_run_does_not_move_the_typical_one_as_it_would_a_mean() -> None:
    outcomes = np.array([[0.0], [1.0], [2.0], [3.0], [4000.0]], np.float32)
    chosen = typical_run(outcomes, [])
    assert chosen is not None
    assert chosen.run == 2


def test_counts_weigh_as_much_as_outcomes_however_many_there_are() -> None:
    rng = np.random.default_rng(3)
    counts = [rng.poisson(4, size=(20, 9)).astype(np.float32) for _ in range(5)]
    flat = np.zeros((9, 3), np.float32)
    by_counts, by_both = typical_run(flat, counts), typical_run(np.eye(9, dtype=np.float32), counts)
    assert by_counts is not None
    assert by_both is not None
    assert by_counts.run == by_both.run  # outcomes in which all runs are equally far apart change nothing


def test_equal_runs_are_settled_by_their_number() -> None:
    same = np.ones((4, 2), np.float32)
    typical, worst = typical_run(same, []), worst_run(same)
    assert typical is not None
    assert worst is not None
    assert (typical.run, worst.run) == (0, 0)


def test_the_nearest_run_lies_nearest_over_all_charts() -> None:
    recorded = np.array([1.0, 4.0, 9.0])
    counts = np.array([[1, 0, 2], [4, 0, 9], [9, 0, 1]], np.float32)  # run 0 is history itself
    level = Course(np.array([[5.0, 0.0, 1.0]]), np.array([0.0]))  # run 1 is, here
    alone = nearest_run([course_of_counts(counts, recorded)])
    assert alone is not None
    assert (alone.run, alone.measure) == (0, 0.0)
    both = nearest_run([course_of_counts(counts, recorded), level])
    assert both is not None
    assert both.run == 2  # not far in either


def test_the_average_run_is_at_distance_one() -> None:
    rng = np.random.default_rng(4)
    course = Course(rng.normal(size=(6, 50)), np.zeros(6))
    squared = (course.values**2).mean(axis=0)
    nearest = nearest_run([course])
    assert nearest is not None
    assert np.isclose(nearest.measure, squared.min() / squared.mean())


def test_months_of_which_the_record_is_silent_count_for_nothing() -> None:
    counts = np.array([[50, 0], [1, 3]], np.float32)
    chosen = nearest_run([course_of_counts(counts, np.array([np.nan, 1.0]))])
    assert chosen is not None
    assert chosen.run == 0


def test_without_a_record_or_deaths_there_is_none() -> None:
    assert nearest_run([]) is None
    assert nearest_run([Course(np.zeros((0, 3)), np.zeros(0))]) is None
    assert worst_run(np.zeros((5, 2), np.float32)) is None
    assert worst_run(np.zeros((5, 0), np.float32)) is None
    assert typical_run(np.zeros((0, 2), np.float32), []) is None


def test_the_worst_run_counts_all_sides_alike() -> None:
    chosen = worst_run(np.array([[9, 0], [5, 5], [0, 8]], np.float32))
    assert chosen is not None
    assert (chosen.run, chosen.measure) == (1, 10.0)
