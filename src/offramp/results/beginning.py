"""Where runs begin: the priors, what was known on a day, the whole record, or the draws of a fit."""

from __future__ import annotations

import datetime as dt

from offramp.infer.drawn import drawn
from offramp.infer.foresight import Foresight
from offramp.infer.known import Job
from offramp.record.record import Record
from offramp.results.conditioning import check_complete, check_day, check_posterior, conditioned_on
from offramp.results.fit import FitResult
from offramp.results.hindsight import relived
from offramp.results.known import Begun, fitted_of, summed_up
from offramp.results.wish import Conditionable, Wish


def begin(case: Conditionable, wish: Wish) -> Begun | None:
    """Find where runs begin; None where it is the priors.

    Raises
    ------
    InputError : what was asked cannot be. ResourceError : the conditioning was interrupted.
    """
    if wish.posterior is not None:
        return _from_fit(case, wish, wish.posterior)
    if wish.given_record:
        return relived(case, wish)
    if wish.as_of is None:
        return None
    check_day(wish.as_of, window=wish.window, record=case.record, must_go_on=True, engine=wish.engine)
    foresight = check_complete(particles(case, wish, as_of=wish.as_of))
    return Begun(foresight, summed_up(foresight))


def particles(case: Conditionable, wish: Wish, *, as_of: dt.date) -> Foresight:
    """Condition as many particles as there are runs on what was known on a day."""
    window, how = wish.window, wish.how
    identity = case.manifest(wish.runs, wish.seed, window=window).identity()
    return conditioned_on(
        case.loaded, case.model(window.start, window.end, as_of=as_of), case.record or Record(), as_of=as_of,
        n=wish.runs, seed=wish.seed, identity=identity, job=Job(how.workers, how.resume, how.stage, how.stop),
    )  # fmt: skip


def _from_fit(case: Conditionable, wish: Wish, posterior: FitResult) -> Begun:
    """Take parameters from the draws of a fit."""
    window = wish.window
    files = case.manifest(wish.runs, wish.seed, window=window).files
    check_posterior(posterior, files=files, as_of=wish.as_of, engine=wish.engine)
    coordinates = posterior.learnt.fitted.particles.coordinates
    model = case.model(window.start, window.end)
    draws = drawn(model, posterior.model, coordinates=coordinates, seed=wish.seed)
    return Begun(draws, fitted_of(posterior))
