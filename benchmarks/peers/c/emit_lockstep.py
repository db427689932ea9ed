"""Generate the part of the lockstep program that is special to this model: choices and drift."""

from __future__ import annotations

from benchmarks.peers.c.structure import (
    Structure,
    literal,
    table,
    tables,
    utility,
)


def emit(s: Structure) -> str:
    """Return the text of `specialised.h`."""
    actors = range(s.n_actors)
    options = [[s.channel_slot("hold", a), *(s.choice_slot(move) for move in s.moves(a))] for a in actors]
    return "\n".join(
        [
            s.sizes(),
            tables(s),
            table("uint32_t", "opportunity_slot", [s.channel_slot("opportunity", a) for a in actors]),
            table("int", "first_move", s.numbers["first_move"]),
            table("uint32_t", "option_slot", [slot for own in options for slot in own]),
            "",
            *(line for actor in actors for line in _actor(s, actor)),
            "#define EACH_ACTOR(DO) " + " ".join(f"DO({actor})" for actor in actors),
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
    moves = s.moves(actor)
    lines = [
        f"static F choose_{actor}(Mask open, int n, const float *packed, F day, const F *x,",
        "                  const F *memory, const F *ready, const F *theta)",
        "{",
        "    F best = unpack(open, packed), chosen = all(0.0f), value;",
        "    Mask better;",
    ]
    for place, move in enumerate(moves, start=1):
        lines += [
            f"    value = {utility(s, move)} + unpack(open, packed + {place} * n);",
            f"    better = {_available(s, move)} & above(value, best);",
            "    best = pick(better, value, best);",
            f"    chosen = pick(better, all({place}.0f), chosen);",
        ]
    return [*lines, "    return pick(open, chosen, all(0.0f));", "}", ""]


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
