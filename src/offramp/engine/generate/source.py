"""Print a scenario's formulas as a Numba module: the specialised form of the engine.

The module has one small function per channel, and per eight quantities or other elements; each is one loop over lanes
in which every row is at a constant place, so that LLVM vectorises it. Names and places in the scenario are kept. The
day loop, choices, effects and memories are not printed: they are the same for all scenarios (`kernels`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from offramp.engine.generate.formulas import Printer
from offramp.engine.generate.names import distinct, name_rows, plain
from offramp.engine.kernels.lanes import N_LANES
from offramp.engine.program import Program, build
from offramp.engine.stages import Assign, Stage
from offramp.engine.tape import count_uses
from offramp.model.model import Model

_HEAD = '''"""{title}

The formulas of the scenario `{name}`, printed by Offramp: what they are and when they run is in
docs/reference/semantics.md. Do not edit: the file is named by its content.
"""

from numba import carray, cfunc, types
from numpy import float32 as f32

from offramp.core.arithmetic import clip32, divide32, exp32, logistic, maximum32, minimum32, sqrt32
from offramp.engine.kernels.lanes import kernel
from offramp.engine.kernels.operations import (
    absolute, both, either, fade, logarithm, logarithm_of_one_plus, negation, truth, where,
)
'''  # fmt: skip

_ABOUT = {
    Stage.PRELUDE: "Before the first step: start values, and what depends on parameters alone.",
    Stage.BELIEFS: "Stage 3: beliefs move by yesterday's events.",
    Stage.RULES: "Stage 4: rules.",
    Stage.ERRORS: "Stage 5: how wrong each view may be.",
    Stage.MORNING: "Stage 5: opportunities, utilities, conditions and sizes on the frozen morning.",
    Stage.DRIFT: "Stage 7: relaxation, flows and noise.",
    Stage.REMEMBER: "Stage 8: memories.",
    Stage.OBSERVE: "Stage 8: what outcomes and ends look at.",
}
_PATHS_PER_FUNCTION = 8


@dataclass(frozen=True)
class Function:
    """Assignments that are printed as one function."""

    name: str
    stage: Stage
    title: str
    assigns: list[Assign]


def source(model: Model) -> str:
    """Print the specialised source of a Model."""
    return source_of(build(model))


@lru_cache(maxsize=32)
def source_of(program: Program) -> str:
    """Print the specialised source of a program."""
    functions = _name([function for stage in Stage for function in _split(program, stage)])
    layout, terms = program.stages.layout, program.stages.terms
    assigns = [assign for function in functions for assign in function.assigns]
    used = {row for assign in assigns for row in (assign.row, *terms.reads[assign.term])} - set(layout.constants)
    names = name_rows(layout, used)
    printer = Printer(layout, terms, names)
    lines = _HEAD.format(
        title=plain(program.model.title or program.model.name), name=plain(program.model.name)
    ).splitlines()
    lines += ["", f"# Where each number of {N_LANES} runs is kept: the first of its {N_LANES} places."]
    lines += [f"{name} = {row * N_LANES}  # {plain(layout.names[row])}" for row, name in names.items()]
    for function in functions:
        lines += ["", "", *_print_function(program, printer, function)]
    lines += ["", "", *_print_entry(program, functions), ""]
    return "\n".join(lines)


def stray_code(text: str) -> list[str]:
    """List what a generated module holds besides its docstring, imports, places of rows and functions.

    A guard behind `plain` and `distinct`: what is printed from a scenario is names and numbers, never statements.
    """
    return [ast.unparse(node) for node in ast.parse(text).body[1:] if not _belongs(node)]


def _belongs(node: ast.stmt) -> bool:
    match node:
        case ast.ImportFrom() | ast.FunctionDef():
            return True
        case ast.Assign(targets=[ast.Name()], value=ast.Constant(value=int())):
            return True
        case _:
            return False


def _split(program: Program, stage: Stage) -> Iterator[Function]:
    """Divide a stage into functions: by channel where there is one, else by so many elements."""
    channel_of = _channels(program.model) if stage is Stage.MORNING else {}
    groups: list[tuple[str, list[Assign]]] = []
    paths: set[str] = set()
    for assign in program.stages.assigns[stage]:
        channel = channel_of.get(assign.path, "")
        full = not channel and len(paths | {assign.path}) > _PATHS_PER_FUNCTION
        if not groups or groups[-1][0] != channel or full:
            groups.append((channel, []))
            paths = set()
        paths.add(assign.path)
        groups[-1][1].append(assign)
    for channel, assigns in groups:
        title = f"{_ABOUT[stage]} {channel or _listed(assigns)}"
        yield Function(f"{stage.name.lower()} {channel or assigns[0].path}", stage, title, assigns)


def _channels(model: Model) -> dict[str, str]:
    """Map what is decided in a channel to it: the channel itself, its moves and their variants."""
    found = {channel.path: channel.path for channel in model.channels}
    for channel in model.channels:
        for m in channel.moves:
            found[model.moves[m].path] = channel.path
            found.update((model.leaves[k].path, channel.path) for k in model.moves[m].leaves)
    return found


def _listed(assigns: Sequence[Assign]) -> str:
    paths = list(dict.fromkeys(assign.path for assign in assigns))
    return paths[0] if len(paths) == 1 else f"{paths[0]} to {paths[-1]}"


def _name(functions: list[Function]) -> list[Function]:
    names = distinct([f"do {function.name}" for function in functions])
    return [Function(n, f.stage, f.title, f.assigns) for n, f in zip(names, functions, strict=True)]


def _print_function(program: Program, printer: Printer, function: Function) -> Iterator[str]:
    yield "@kernel"
    yield f"def {function.name}(rows):"
    yield f'    """{plain(function.title)}"""'
    yield f"    for l in range({N_LANES}):"
    path = None
    for assign, lines in _print_assigns(program, printer, function.assigns):
        if assign.path != path:
            path = assign.path
            place = program.model.places.get(path)
            yield f"        # {plain(path)}" + (f"  ({plain(place.file)}:{place.line})" if place else "")
        yield from (f"        {line}" for line in lines)


def _print_assigns(program: Program, printer: Printer, assigns: Sequence[Assign]) -> Iterator[tuple[Assign, list[str]]]:
    """Print assignments; a term that occurs more than once is worked out once, as a part."""
    terms, uses = program.stages.terms, count_uses(program.stages.terms, assigns)
    parts: dict[int, str] = {}
    n_parts = 0
    for assign in assigns:
        lines: list[str] = []
        for term in _shared_terms(program, assign.term, uses):
            if term not in parts:
                n_parts += 1
                lines += printer.lines(f"part{n_parts}", term, parts)
                parts[term] = f"part{n_parts}"
        lines += printer.lines(printer.row(assign.row), assign.term, parts)
        parts = {term: part for term, part in parts.items() if assign.row not in terms.reads[term]}
        yield assign, lines


def _shared_terms(program: Program, term: int, uses: dict[int, int]) -> Iterator[int]:
    """Yield the terms within a term that are used more than once, inner ones first."""
    op, args = program.stages.terms.terms[term].op, program.stages.terms.terms[term].args
    if op != "row":
        for argument in args:
            yield from _shared_terms(program, argument, uses)
        if uses[term] > 1:
            yield term


def _print_entry(program: Program, functions: Sequence[Function]) -> Iterator[str]:
    yield "@cfunc(types.void(types.int64, types.CPointer(types.float32)), cache=True, error_model='numpy')"
    yield "def run_stage(stage, pointer):"
    yield '    """Work out the formulas of one stage for all lanes."""'
    yield f"    rows = carray(pointer, ({program.sizes.n_rows * N_LANES},))"
    for stage in Stage:
        calls = [function.name for function in functions if function.stage is stage]
        if calls:
            yield f"    if stage == {int(stage)}:"
            yield from (f"        {name}(rows)" for name in calls)
