"""Averaged over all that could have been recorded, the edited world is the edited model without a record.

This holds for every valid coupling: it changes who is struck, not how many. All records of a small model are listed;
each is lived again under edits, and weighed with its probability. No end may be more than LIMIT standard errors from
its share of unconditioned runs, which a right coupling exceeds with probability 6e-7 an end: below 1e-3 for this file.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from offramp.engine.hindsight import Coupling
from offramp.expr.ir import Memory, Quantity
from offramp.model import model as m
from offramp.model.intervention import Activity, EditSet, Forbid, Force, Intervention, Replacement, Scale
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT
from tests.engines import builders as b
from tests.engines.hindsights import Setting, Told, deviations, over_records, simulated

pytestmark = pytest.mark.slow  # the day loop of hindsight takes a minute to compile

LIMIT = 5.0
X, DEAD = 0, 1


def plain(*leaves: int) -> list[Told]:
    return [(leaf, ()) for leaf in leaves]


def up_to(n: int, *leaves: int) -> list[list[Told]]:
    """Any of the leaves, at most n in all."""
    return [plain(*chosen) for k in range(n + 1) for chosen in itertools.combinations_with_replacement(leaves, k)]


def always(**parts: object) -> Intervention:
    return replace(Intervention(activities=(Activity("edit", "always", 0, 9),)), **parts)  # type: ignore[arg-type]


SET_X = always(sets=(EditSet(0, X, b.node(1.0), on_entry=True),))
READS_X = b.apply("mul", 1.5, Quantity(X))


def quantities() -> tuple[m.QuantityModel, ...]:
    return b.quantity("x", 0.0, low=-5.0, high=5.0), b.quantity("dead", 0.0, low=0.0, kind="tally")


def moves_x(path: str, by: float) -> m.EffectModel:
    return b.effect(path, X, "add", by, probability=0.5)


def one_channel() -> Setting:
    """Two moves, each moving what both are chosen by."""
    leaves = b.leaf("hit", 0, (moves_x("hit", 0.7),)), b.leaf("talk", 1, (moves_x("talk", -0.7),))
    moves = b.chosen("hit", (0,), READS_X), b.chosen("talk", (1,), b.apply("sub", 0.3, READS_X))
    p = b.apply("min", b.apply("add", 0.5, b.apply("mul", 0.2, Quantity(X))), 0.9)
    model = b.model(
        3, quantities=quantities(), leaves=leaves, moves=moves, channels=(b.channel("c", p, (0, 1)),),
        memories=(m.MemoryModel("hits", "recent", (0,), (), decay=0.5),),
    )  # fmt: skip
    return Setting(model, SET_X, up_to(1, 0, 1), quantities=(X,))


def several_slots() -> Setting:
    """Two opportunities a day, and moves that rest: one for the day, one for two."""
    hit = b.chosen("hit", (0,), b.apply("add", READS_X, Memory(0)), cooldown=2)
    leaves = b.leaf("hit", 0, (moves_x("hit", 0.7),)), b.leaf("talk", 1), b.leaf("shout", 2)
    moves = hit, b.chosen("talk", (1,), b.apply("sub", 0.3, READS_X)), b.chosen("shout", (2,), 0.0, cooldown=1)
    model = b.model(
        2, quantities=quantities(), leaves=leaves, moves=moves, channels=(b.channel("c", 0.7, (0, 1, 2), n_slots=2),),
        memories=(m.MemoryModel("talks", "recent", (1,), (), decay=0.5),),
    )  # fmt: skip
    return Setting(model, SET_X, up_to(2, 0, 1, 2))


def variants() -> Setting:
    """Three venues, of which one closes, chosen by what is edited."""
    leaves = (
        b.leaf("hit[a]", 0, (moves_x("a", 0.5),), utility=READS_X),
        b.leaf("hit[b]", 0, available=b.apply("lt", Quantity(X), 1.2)),
        b.leaf("hit[c]", 0, utility=0.5),
        b.leaf("talk", 1),
    )
    moves = b.chosen("hit", (0, 1, 2), 0.5), b.chosen("talk", (3,), READS_X)
    model = b.model(2, quantities=quantities(), leaves=leaves, moves=moves, channels=(b.channel("c", 0.8, (0, 1)),))
    return Setting(model, SET_X, up_to(1, 0, 1, 2, 3), quantities=(X,))


def unrecorded() -> Setting:
    """Some of it is recorded now and then, some never."""
    whole = variants()
    caught = (0, ALWAYS_CAUGHT, 1, NEVER_CAUGHT)
    return replace(whole, told=up_to(1, 0, 1, 2), caught=caught, shares=(0.4, 0.8))


def by_itself() -> Setting:
    """A count, and for each of it where it was."""
    rate = b.apply("max", b.apply("sub", 1.2, Quantity(X)), 0.1)
    leaves = (
        b.leaf("slip[a]", 0, (moves_x("a", 0.4),), utility=READS_X),
        b.leaf("slip[b]", 0, (b.effect("b", DEAD, "add", 1.0),)),
        b.leaf("slip[c]", 0, utility=0.5, available=b.apply("lt", Quantity(X), 0.9)),
    )
    slip = b.spontaneous("slip", (0, 1, 2), rate, max_count=2)
    model = b.model(2, quantities=quantities(), leaves=leaves, moves=(slip,))
    return Setting(model, SET_X, up_to(2, 0, 1, 2), quantities=(X, DEAD))


def by_itself_unrecorded() -> Setting:
    whole = by_itself()
    return replace(whole, caught=(0, ALWAYS_CAUGHT, NEVER_CAUGHT), told=up_to(2, 0, 1), shares=(0.5,))


def rarer() -> Setting:
    """Fewer events, each with a mark that the record lists in order: what is left may be any of them."""
    whole = marked_by_itself()
    scaled = always(scales=(Scale("move", 0, b.node(0.4)),))
    return replace(whole, intervention=scaled)


def marked_by_itself() -> Setting:
    kills = b.effect("kills", DEAD, "add", b.size("Bernoulli", 0.4))
    slip = b.spontaneous("slip", (0,), 1.0, max_count=2)
    leaves = (b.leaf("slip", 0, (kills, b.effect("wounds", X, "add", 1.0, delay=1.0))),)
    model = b.model(2, quantities=quantities(), leaves=leaves, moves=(slip,))
    told = [[(0, ((DEAD, value),)) for value in marks] for marks in ([], [0.0], [1.0], [0, 0], [0, 1], [1, 1])]
    return Setting(model, SET_X, told, quantities=(X, DEAD))


def marks() -> Setting:
    """How many a move kills depends on what is edited."""
    p = b.apply("min", b.apply("add", 0.3, b.apply("mul", 0.4, Quantity(X))), 0.9)
    kills = (
        b.effect("kills", DEAD, "add", b.size("Bernoulli", p)),
        b.effect("more", DEAD, "add", b.size("Bernoulli", 0.5), condition=b.apply("gt", Quantity(X), 0.5)),
        b.effect("at worst", DEAD, "add", 1.0, probability=b.apply("mul", 0.5, p)),
    )
    moves = b.chosen("hit", (0,), 0.5), b.chosen("talk", (1,), b.apply("mul", 0.3, Quantity(DEAD)))
    model = b.model(
        2, quantities=quantities(), leaves=(b.leaf("hit", 0, kills), b.leaf("talk", 1)), moves=moves,
        channels=(b.channel("c", 0.8, (0, 1)),),
    )  # fmt: skip
    killed: list[list[Told]] = [[(0, ((DEAD, float(n)),))] for n in range(4)]
    return Setting(model, SET_X, [[], plain(1), *killed], quantities=(DEAD,))


def forbidden() -> Setting:
    return replace(variants(), intervention=always(forbids=(Forbid(0, 0), Forbid(0, 3))))


def replaced() -> Setting:
    return replace(several_slots(), intervention=always(replacements=(Replacement(0, 0, 1, 1, 0),)))


def forced() -> Setting:
    on_day = Intervention(activities=(Activity("edit", "always", 1, 1),), forces=(Force(0, 0, None, on_entry=True),))
    return replace(by_itself(), intervention=on_day)


def forced_in_a_slot() -> Setting:
    on_day = Intervention(activities=(Activity("edit", "always", 0, 0),), forces=(Force(0, 0, None, on_entry=True),))
    return replace(several_slots(), intervention=on_day)


def scaled() -> Setting:
    return replace(one_channel(), intervention=always(scales=(Scale("channel", 0, b.node(0.85)),)))


QUICK = [one_channel, several_slots, variants, unrecorded, by_itself, rarer, marked_by_itself, marks]
LONG = [by_itself_unrecorded, forbidden, replaced, forced, forced_in_a_slot, scaled]
SETTINGS = [*QUICK, *(pytest.param(setting, marks=pytest.mark.slow) for setting in LONG)]


@pytest.mark.parametrize("coupling", ["gumbel", "independent"])
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda made: made.__name__)
def test_over_all_records_each_world_is_its_model(setting: Callable[[], Setting], coupling: Coupling) -> None:
    made = setting()
    recorded, edited = over_records(made, coupling)
    assert edited.total == pytest.approx(1.0, abs=0.02), "all records are listed"
    assert np.abs(deviations(recorded, simulated(made, plain=True))).max() < LIMIT
    expected = simulated(made)
    assert np.abs(deviations(edited, expected)).max() < LIMIT
    # A coupling that left everything as recorded would fail.
    assert np.abs(deviations(recorded, expected)).max() > 2 * LIMIT
