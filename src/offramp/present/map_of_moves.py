"""The map of a scenario: who can do what to which quantities, and what moves by itself; as lists, for any screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from offramp.expr.parse import parse
from offramp.expr.tree import Call, Duration, Number, Operation, Tree
from offramp.scenario.document import Actor, Effect, Move, ScenarioDocument

ALWAYS_POSITIVE = ("LogNormal", "Gamma", "Beta", "Poisson", "NegBinomial")
GRID_COLUMNS = 9  # quantities in the table of actors against quantities


@dataclass(frozen=True, slots=True)
class Touch:
    """An effect on a quantity: `raises`, `lowers`, `sets`, `scales` or `changes` where its sign depends."""

    verb: str
    quantity: str
    title: str


@dataclass(frozen=True)
class MapMove:
    """A move, and what it does; path : in the document, for its evidence."""

    path: str
    title: str
    touches: tuple[Touch, ...]
    note: str = ""


@dataclass(frozen=True)
class MapActor:
    """An actor: what it wants in its own words and its rivals', and its moves."""

    name: str
    title: str
    kind: str
    own: str
    rivals: str
    sponsor: str
    moves: tuple[MapMove, ...]


@dataclass(frozen=True)
class MapQuantity:
    """A quantity: its unit and range in words, who moves it, and what it does by itself."""

    path: str
    title: str
    unit: str
    moved_by: tuple[str, ...]
    mechanisms: tuple[tuple[str, str], ...]  # path in the document, title


@dataclass(frozen=True)
class MapOfMoves:
    """The whole map. grid : quantities (path, title) that most actors touch, for the table of actors against them."""

    actors: tuple[MapActor, ...]
    quantities: tuple[MapQuantity, ...]
    beliefs: tuple[MapQuantity, ...]
    grid: tuple[tuple[str, str], ...]

    def cell(self, actor: MapActor, quantity: str) -> str:
        """Say in signs what an actor's moves do to a quantity: how many raise it, how many lower it, how many else."""
        verbs = [touch.verb for move in actor.moves for touch in move.touches if touch.quantity == quantity]
        up, down = verbs.count("raises"), verbs.count("lowers")
        other = len(verbs) - up - down
        signs = ((up, "↑"), (down, "↓"), (other, "↔"))
        return " ".join(f"{sign}{n if n > 1 else ''}" for n, sign in signs if n)


def map_of_moves(document: ScenarioDocument) -> MapOfMoves:
    """Draw the map of a scenario."""
    actors = tuple(_actor(document, name, actor) for name, actor in document.actors.items())
    moved: dict[str, dict[str, None]] = {}
    for actor in actors:
        for move in actor.moves:
            for touch in move.touches:
                moved.setdefault(touch.quantity, {})[actor.title] = None
    own = [
        MapQuantity(
            path, quantity.title or path.replace("_", " "), quantity.unit, tuple(moved.get(path, ())),
            tuple(
                (f"mechanisms.{name}", m.title or name.replace("_", " "))
                for name, m in document.mechanisms.items()
                if m.on == path
            ),
        )
        for path, quantity in document.quantities.items()
    ]  # fmt: skip
    beliefs = {path for path, quantity in document.quantities.items() if quantity.kind == "belief"}
    plain = tuple(q for q in own if q.path not in beliefs)
    by_reach = sorted(plain, key=lambda q: -len(q.moved_by))[:GRID_COLUMNS]
    grid = tuple((q.path, q.title) for q in plain if q in by_reach and q.moved_by)
    return MapOfMoves(actors, plain, tuple(q for q in own if q.path in beliefs), grid)


def _actor(document: ScenarioDocument, name: str, actor: Actor) -> MapActor:
    moves = [(path, move) for path, move in document.moves.items() if path.partition(".")[0] == name]
    sponsor = document.actors[actor.sponsor].title if actor.sponsor in document.actors else ""
    return MapActor(
        name, actor.title, actor.kind.replace("_", " "), actor.aims.own if actor.aims else "",
        actor.aims.rivals if actor.aims else "", sponsor or "",
        tuple(_move(document, path, move) for path, move in moves),
    )  # fmt: skip


def _move(document: ScenarioDocument, path: str, move: Move) -> MapMove:
    effects = [*move.effects, *(effect for variant in move.variants.values() for effect in variant.effects)]
    touches = dict.fromkeys(touch for effect in effects for touch in _touches(document, effect))
    notes = [v.title or name.replace("_", " ") for name, v in move.variants.items()]
    note = ", ".join(notes)
    if move.rate is not None:
        note = f"{note}; happens by itself".strip("; ")
    return MapMove(f"moves.{path}", move.title, tuple(touches), note)


def _touches(document: ScenarioDocument, effect: Effect) -> Iterator[Touch]:
    quantity = document.quantities.get(effect.on)
    if quantity is not None:
        yield Touch(_verb(effect), effect.on, quantity.title or effect.on.replace("_", " "))


def _verb(effect: Effect) -> str:
    """Tell the direction of an effect from how its size is written."""
    if effect.set is not None:
        return "sets"
    if effect.scale is not None:
        return "scales"
    sign = _sign(parse(str(effect.add)))
    return {1: "raises", -1: "lowers"}.get(sign, "changes")


def _sign(size: Tree) -> int:
    """Find the sign of a size: of a number, of the middle of a draw; 0 where it depends."""
    match size:
        case Number(value) | Duration(value):
            return 1 if value > 0 else -1 if value < 0 else 0
        case Operation("neg", (inner,)):
            return -_sign(inner)
        case Call(function) if function in ALWAYS_POSITIVE:
            return 1
        case Call("Normal" | "Uniform", (first, *_), _):
            return _sign(first)
        case _:
            return 0
