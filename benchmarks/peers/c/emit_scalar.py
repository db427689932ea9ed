"""Generate the part of the scalar program that is special to this model: who may choose what."""

from __future__ import annotations

from benchmarks.peers.c.structure import (
    Structure,
    literal,
    tables,
    utility,
)

WIDTH = 8


def emit(s: Structure) -> str:
    """Return the text of `specialised.h`."""
    return "\n".join(
        [
            s.sizes(),
            tables(s),
            "",
            "/* Let each actor choose on the frozen morning; return how many moves were chosen. */",
            "static int choose(DayKey key, int day, const float *x, const float *memory,",
            "                  const float *ready, const float *theta, int *chosen)",
            "{",
            "    int n = 0;",
            *(line for actor in range(s.n_actors) for line in _actor(s, actor)),
            "    return n;",
            "}",
            "",
        ]
    )


def _actor(s: Structure, actor: int) -> list[str]:
    """Print one actor: a uniform for the opportunity, then the largest utility plus Gumbel."""
    moves = s.moves(actor)
    slots = [s.channel_slot("hold", actor), *(s.choice_slot(move) for move in moves)]
    slots += [0] * (-len(slots) % WIDTH)  # gcc then draws all Gumbels of an actor in one vector
    shown = ", ".join(f"{value}u" for value in slots)
    opportunity = s.channel_slot("opportunity", actor)
    chance = f"theta[{s.theta('rate', actor)}]"
    lines = [
        f"    if (uniform(draw(key, {opportunity}u)) < {chance}) {{",
        f"        static const uint32_t slots[{len(slots)}] = {{{shown}}};",
        f"        float g[{len(slots)}];",
        f"        for (int i = 0; i < {len(slots)}; i++) g[i] = gumbel(draw(key, slots[i]));",
        "        float best = g[0];",
        "        int pick = -1;",
    ]
    for place, move in enumerate(moves, start=1):
        lines += [
            f"        if ({_available(s, move)}) {{",
            f"            float value = {utility(s, move)} + g[{place}];",
            f"            if (value > best) {{ best = value; pick = {move}; }}",
            "        }",
        ]
    return [*lines, "        if (pick >= 0) chosen[n++] = pick;", "    }"]


def _available(s: Structure, move: int) -> str:
    needed = int(s.numbers["requires"][move])
    free = f"day >= ready[{move}]"
    if needed < 0:
        return free
    return f"{free} && x[{needed}] > {literal(s.numbers['threshold'][move])}"
