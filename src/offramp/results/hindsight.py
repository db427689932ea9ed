"""Comparisons given the whole record: the histories that fit it, edited, and what another coupling says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from offramp.analyse.alternatives import Alternative
from offramp.analyse.compare import Compared, compare
from offramp.analyse.hindsight import Coupled, coupled
from offramp.ensemble.ensemble import Ensemble
from offramp.ensemble.pairs import Wanted, run_pairs
from offramp.ensemble.run import Options, run
from offramp.infer.hindsight import Hindsight, first_step_of
from offramp.infer.known import Job, know
from offramp.infer.observation import observation_model
from offramp.infer.observed import observe_record, recordable
from offramp.model.intervention import EMPTY, Intervention
from offramp.record.record import Record
from offramp.results.conditioning import check_complete, check_day
from offramp.results.known import Begun, recorded_of
from offramp.results.wish import Conditionable, Wish
from offramp.scenario.observed import published

Answers = tuple[Mapping[str, Coupled], ...]  # of each alternative, by outcome


def relived(case: Conditionable, wish: Wish) -> Begun:
    """Condition as many histories as there are runs on the whole record of the window.

    Raises
    ------
    InputError : there is no record, or it cannot be explained. ResourceError : the conditioning was interrupted.
    """
    window, how = wish.window, wish.how
    check_day(window.end, window=window, record=case.record, must_go_on=False, engine=wish.engine)
    record, model = case.record or Record(), case.model(window.start, window.end)
    observation = observation_model(published(case.loaded), record)
    named = recordable(case.loaded.document.record)
    observed = observe_record(model, record, observation=observation, named=named)
    identity = {**case.manifest(wish.runs, wish.seed, window=window).identity(), "given_record": True}
    job = Job(how.workers, how.resume, how.stage, how.stop)
    found = check_complete(
        know(model, observed, as_of=window.end, n=wish.runs, seed=wish.seed, identity=identity, job=job)
    )
    return Begun(Hindsight(model, observed, wish.seed, found.conditioned), recorded_of(found))


def other_couplings(
    begun: Begun | None,
    compared: Compared,
    *,
    interventions: Sequence[Intervention],
    alternatives: Sequence[Alternative],
    options: Options,
) -> Answers:
    """Set beside each difference what it is under another coupling, and bounds of what happens or not.

    Returns
    -------
    of each alternative; nothing if it was interrupted, or does not begin from a whole record.
    """
    if begun is None or not isinstance(hindsight := begun.source, Hindsight) or options.stop.is_set():
        return ()
    model = hindsight.model
    options = replace(options, identity=None, resume=False, on_progress=None, groups={})
    sides = [hindsight.recorded(counted=(), with_trail=True)] + [
        hindsight.edited(edits, counted=(), with_trail=True, coupling="independent") for edits in interventions
    ]
    pairs = run_pairs(model, sides, options=options, wanted=Wanted())
    if not pairs.sides[0].is_complete:
        return ()
    independent = compare(pairs, alternatives=alternatives).comparisons

    @cache
    def afresh(edits: Intervention, from_step: int) -> Ensemble:
        return run(model, hindsight.afresh(edits, from_step=from_step, counted=()), options=options)

    answers = []
    for edits, gumbel, other in zip(interventions, compared.comparisons, independent, strict=True):
        step = first_step_of(edits, model)
        fresh = afresh(EMPTY, step), afresh(edits, step)
        answers.append(coupled(model, gumbel, independent=other, afresh=fresh))
    return () if options.stop.is_set() else tuple(answers)
