"""What is said of a posterior, against made-up draws and an exact answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from offramp.infer.posterior import Posterior, posterior
from offramp.infer.temper import fit
from tests.infer import worlds

N = 20_000


def made_up() -> Posterior:
    """Four parameters: well told, in part, not at all, and one that trades off with the first."""
    rng = np.random.default_rng(1)
    z = rng.normal(size=(N, 4)) * [0.2, 0.8, 1.0, 1.0]
    z[:, 0] += 2.5
    z[:, 3] = 0.6 * (z[:, 0] - 2.5) / 0.2 + 0.8 * z[:, 3]
    return Posterior(("a", "b", "c", "d"), ndtr(z), np.arange(N), log_evidence=0.0)


def test_contraction_and_shift_with_their_errors() -> None:
    # 6 standard errors: false alarms 2e-9 each.
    found = made_up()
    expected = np.array([0.8, 0.2, 0.0, 0.0])
    assert found.contraction_error == pytest.approx((1 - expected) / np.sqrt(2 * N), rel=0.05)
    assert (np.abs(found.contraction - expected) < 6 * found.contraction_error).all()
    assert (np.abs(found.shift - [2.5, 0, 0, 0]) < 6 * found.shift_error).all()


def test_pairs_that_trade_off_are_found_and_no_others() -> None:
    (pair,) = made_up().trade_offs
    assert (pair.first, pair.second) == ("a", "d")
    assert pair.correlation == pytest.approx(0.6, abs=6 * 0.64 / np.sqrt(N))


def test_it_says_what_the_record_tells_and_what_not() -> None:
    assert made_up().words() == (
        "Of 4 parameters the record tells 1 well (spread halved or better): a.",
        "It tells 1 in part (spread narrowed by a tenth or more): b.",
        "It cannot tell 2 (what is believed of them is what was believed beforehand): c, d.",
        "It pulls 1 far (over 2 prior standard deviations): a.",
        f"It tells these only together: a with d ({made_up().trade_offs[0].correlation:+.2f}).",
    )


def test_long_lists_of_names_are_cut() -> None:
    names = tuple(f"p{k}" for k in range(12))
    u = np.random.default_rng(1).uniform(size=(500, 12))
    (said,) = Posterior(names, u, np.arange(500), 0.0).words()
    assert said.endswith("p6, p7 and 4 more.")


def test_a_parameter_less_sure_than_before_is_told_apart() -> None:
    z = np.random.default_rng(1).choice([-1.6, 1.6], size=(500, 1))
    (said,) = Posterior(("a",), ndtr(z), np.arange(500), 0.0).words()
    assert said.startswith("It makes 1 less sure")


def test_few_origins_leave_errors_untold() -> None:
    found = Posterior(("a",), np.random.default_rng(1).uniform(size=(500, 1)), np.arange(500) % 7, 0.0)
    assert not found.has_errors
    assert found.words()[-1].startswith("Too few first draws")


def test_a_subset_of_a_fit_is_reported_with_the_exact_contraction() -> None:
    # Quadrature gives the posterior sd of the slope; a tenth of a posterior sd is allowed besides 6 standard errors.
    world = worlds.logit()
    _, mean, cover = world.by_quadrature()
    done = fit(world, 2000, seed=1)
    found = posterior(done.particles, ["slope"], subset=[1], log_evidence=done.total_log_evidence)
    assert found.weights.sum() == pytest.approx(1.0)
    expected = 1 - np.sqrt(cover[1, 1]) / world.sd
    assert abs(found.contraction[0] - expected) < 6 * found.contraction_error[0]
    assert abs(found.shift[0] - mean[1] / world.sd) < 6 * found.shift_error[0]
    assert found.contraction_error[0] < 0.05
    assert found.z[:, 0] == pytest.approx(ndtri(done.particles.coordinates[:, 1]))
