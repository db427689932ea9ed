"""How large and how branched a file or function may be, and what a file may not be called.

An exception is a comment in place with its reason: `# budget(nesting): ...` on or just above a `def` for that function,
at the margin before the first definition for the whole file. Kinds: lines, complexity, nesting, parameters,
positional; `# budget: ...` without a kind lifts all five.

The last one (keyword-only after the second) is for calls that are read from afar: it holds for functions and methods
that another package imports. core/ and engine/ are free of it, since they hold formulas, whose arguments stand in the
order of the semantics page and which compiled code cannot call by keyword. The parameters of a command are its options,
so cli/ may have as many as it needs.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.import_rules import imported
from tests.architecture.sources import PACKAGE, Module, modules

FILE_LINES = 500
FUNCTION_LINES = 60
COMPLEXITY = 10
NESTING = 3
PARAMETERS = 6
POSITIONAL = 2
FORMULAS = ("core/", "engine/")
COMMANDS = "cli/"
GRAB_BAGS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff"}
KINDS = ("lines", "complexity", "nesting", "parameters", "positional")
EXCUSE = re.compile(r"#\s*budget(?:\((\w+)\))?:\s*\S+\s+\S+")  # a reason has at least two words

Function = ast.FunctionDef | ast.AsyncFunctionDef
BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Match)
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def functions(tree: ast.Module) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def first_line(node: Function | ast.ClassDef) -> int:
    """Line of the definition, its decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def excuses(lines: list[str]) -> set[str]:
    """The kinds of budget that comments in these lines lift."""
    found = [match for line in lines if (match := EXCUSE.search(line))]
    kinds = {match[1] for match in found if match[1]}
    return set(KINDS) if any(match[1] is None for match in found) else kinds


def function_excuses(module: Module, node: Function) -> set[str]:
    """What a comment just above the definition or in its head lifts."""
    return excuses(module.lines[max(0, first_line(node) - 2) : node.body[0].lineno - 1])


def file_excuses(module: Module) -> set[str]:
    """What a comment at the margin before the first definition lifts for the whole file."""
    definitions = [node for node in module.tree.body if isinstance(node, Function | ast.ClassDef)]
    # The line just above a definition speaks for that definition alone.
    end = min((first_line(node) - 2 for node in definitions), default=len(module.lines))
    return excuses([line for line in module.lines[:end] if line.startswith("#")])


def file_problems(root: Path = PACKAGE) -> list[str]:
    """A file has at most 500 lines."""
    return [
        f"{module.place}: {len(module.lines)} lines"
        for module in modules(root)
        if len(module.lines) > FILE_LINES and "lines" not in file_excuses(module)
    ]


def body_lines(node: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    head = node.body[0]
    if isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant) and isinstance(head.value.value, str):
        assert head.end_lineno is not None
        lines -= head.end_lineno - head.lineno + 1
    return lines


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a function without entering the functions defined in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.Lambda):
            yield child
            yield from own_nodes(child)


def complexity(node: Function) -> int:
    """Branches + 1. A `match` counts once: it is a table of cases."""
    count = 1
    for child in own_nodes(node):
        count += isinstance(child, BRANCHES)
        if isinstance(child, ast.comprehension):
            count += len(child.ifs)
    return count


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Depth of blocks in blocks; an `elif` is no deeper than its `if`."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef | ast.Lambda):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        inner = depth + (isinstance(child, BLOCKS) and not is_elif)
        deepest = max(deepest, nesting(child, inner))
    return deepest


def decorator_names(node: Function) -> set[str]:
    """The names in a function's decorators: `@app.command()` gives app and command."""
    found = set()
    for decorator in node.decorator_list:
        for child in ast.walk(decorator):
            if isinstance(child, ast.Name):
                found.add(child.id)
            elif isinstance(child, ast.Attribute):
                found.add(child.attr)
    return found


def parameter_counts(node: Function) -> tuple[int, int]:
    """Parameters in all and positional ones; nothing is counted where the signature is not ours to choose."""
    # Kernels take flat positional arrays, special methods what Python gives them.
    is_kernel = any("jit" in name or "kernel" in name for name in decorator_names(node))
    if is_kernel or (node.name.startswith("__") and node.name.endswith("__")):
        return 0, 0
    positional = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    positional = positional[positional[:1] in (["self"], ["cls"]) :]
    return len(positional) + len(node.args.kwonlyargs), len(positional)


def excesses(node: Function) -> Iterator[tuple[str, str]]:
    """Yield (kind of budget, what breaks it) for one function."""
    total, positional = parameter_counts(node)
    measured = [
        ("lines", body_lines(node), FUNCTION_LINES, "lines"),
        ("complexity", complexity(node), COMPLEXITY, "branches + 1"),
        ("nesting", nesting(node), NESTING, "blocks deep"),
        ("parameters", total, PARAMETERS, "parameters"),
        ("positional", positional, POSITIONAL, "positional parameters, keyword-only after the second"),
    ]
    for kind, count, ceiling, unit in measured:
        if count > ceiling:
            yield kind, f"{count} {unit}"


def surface(root: Path) -> set[tuple[str, str]]:
    """(package, name) of all that one package imports from another."""
    found = set()
    for module in modules(root):
        for _, target, name in imported(module):
            parts = target.split(".")
            if parts[0] == "offramp" and len(parts) > 1 and parts[1:2] != module.name.split(".")[1:2]:
                found.add((parts[1], name))
    return found


def seen_from_afar(module: Module, names: set[tuple[str, str]]) -> set[Function]:
    """The functions of a module that other packages call: those imported, and public methods of imported classes."""
    package = module.name.split(".")[1] if "." in module.name else "offramp"
    found: set[Function] = set()
    for node in module.tree.body:
        if isinstance(node, Function | ast.ClassDef) and (package, node.name) in names:
            inside = node.body if isinstance(node, ast.ClassDef) else [node]
            found |= {item for item in inside if isinstance(item, Function) and not item.name.startswith("_")}
    return found


def lifted(module: Module, node: Function, *, afar: set[Function]) -> set[str]:
    """The kinds of budget that do not bind a function: by what it is, or by an excuse in place."""
    kinds = file_excuses(module) | function_excuses(module, node)
    if module.place.startswith(FORMULAS) or node not in afar:
        kinds.add("positional")
    if module.place.startswith(COMMANDS) and not node.name.startswith("_"):
        kinds |= {"parameters", "positional"}
    return kinds


def function_problems(root: Path = PACKAGE) -> list[str]:
    """A function keeps to the budgets of length, branches, depth and parameters."""
    problems = []
    names = surface(root)
    for module in modules(root):
        afar = seen_from_afar(module, names)
        for node in functions(module.tree):
            free = lifted(module, node, afar=afar)
            problems += [
                f"{module.place}:{node.lineno}: {node.name}: {text}"
                for kind, text in excesses(node)
                if kind not in free
            ]
    return problems


def name_problems(root: Path = PACKAGE) -> list[str]:
    """A file or package is called after its idea, never `utils`."""
    return [
        f"{module.place}: name the idea"
        for module in modules(root)
        if GRAB_BAGS & {part.strip("_") for part in Path(module.place).with_suffix("").parts}
    ]
