"""Generate the part of the lockstep program that is special to this model: choices and drift."""

from __future__ import annotations

from benchmarks.peers.c.structure import (
    Structure,
    literal,
    tables,
    utility,
)


def emit(s: Structure) -> str:
    """Return the text of `specialised.h`."""
    return "\n".join(
        [
            s.sizes(),
            tables(s),
            "",
            *(line for actor in range(s.n_actors) for line in _actor(s, actor)),
            "#define CHOOSE_ALL(EACH) "
            + " ".join(f"EACH({actor}, {s.moves(actor)[0]})" for actor in range(s.n_actors)),
            "",
            "/* Add to each quantity what it keeps of itself and what two others send. */",
            "static inline void couple(F *next, const F *x, const F *theta)",
            "{",
            *(_coupling(s, quantity) for quantity in range(s.n_quantities)),
            "}",
            "",
        ]
    )


def _actor(s: Structure, actor: int) -> list[str]:
    """Print one actor: number of the chosen move within the actor from 1, or 0, in each lane."""
    opportunity, hold = (s.channel_slot(purpose, actor) for purpose in ("opportunity", "hold"))
    chance = f"theta[{s.theta('rate', actor)}]"
    moves = s.moves(actor)
    lines = [
        f"static F choose_{actor}(DayKey key, F day, const F *x, const F *memory, const F *ready,",
        "                  const F *theta)",
        "{",
        f"    Mask open = above({chance}, uniform({_draw(opportunity)}));",
        "    if (!as_bits(open)) return all(0.0f);",
        f"    F best = gumbel({_draw(hold)}), chosen = all(0.0f), value;",
        "    Mask better;",
    ]
    for place, move in enumerate(moves, start=1):
        lines += [
            f"    value = {utility(s, move)} + gumbel({_draw(s.choice_slot(move))});",
            f"    better = {_available(s, move)} & above(value, best);",
            "    best = pick(better, value, best);",
            f"    chosen = pick(better, all({place}.0f), chosen);",
        ]
    return [*lines, "    return pick(open, chosen, all(0.0f));", "}", ""]


def _draw(address: int) -> str:
    return f"draw(key, all_bits({address}u))"


def _available(s: Structure, move: int) -> str:
    needed = int(s.numbers["requires"][move])
    free = f"reached(day, ready[{move}])"
    if needed < 0:
        return free
    return f"{free} & above(x[{needed}], all({literal(s.numbers['threshold'][move])}))"


def _coupling(s: Structure, quantity: int) -> str:
    keep = f"theta[{s.theta('half_life', quantity)}] * x[{quantity}]"
    others = [
        f"theta[{s.theta('coupling', 2 * quantity + j)}] * x[{index}]"
        for j, index in enumerate(s.numbers["coupled_to"][quantity].tolist())
    ]
    return f"    next[{quantity}] += {' + '.join([keep, *others])};"
