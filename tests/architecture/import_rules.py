"""Who may import whom: ranks, cycles and fences around third-party packages.

A rule takes the root of a package tree and returns one sentence per violation, so that the tests can run it on the
real tree and on planted ones. Every import counts: inside functions and under `TYPE_CHECKING` too.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PACKAGE, ROOT, Module, modules
from tools.pins import read_requirements

RANKS = {
    "core": 0,
    "expr": 1,
    "evidence": 1,
    "record": 1,
    "scenario": 2,
    "model": 3,
    "engine": 4,
    "ensemble": 5,
    "infer": 6,
    "play": 6,
    "analyse": 7,
    "present": 8,
    "results": 9,
    "case": 10,
    "offramp": 11,  # the top `__init__`: the public names, which the doors may use
    "cli": 12,
    "web": 12,
    "__main__": 13,
}
FOR_ALL = {"__version__"}  # the one name of the top package that lower ones may read

# Third-party package -> places below the package where it may be imported. NumPy may be used everywhere.
UPPER = ("ensemble/", "infer/", "play/", "analyse/", "present/", "case.py")
ABOVE_CORE = tuple(f"{name}/" for name in RANKS if name not in {"core", "case", "offramp", "__main__"})
FENCES: dict[str, tuple[str, ...]] = {
    "numpy": ("",),
    "scipy": ABOVE_CORE,
    "ruamel": ("scenario/load.py",),
    "pydantic": ("scenario/", "web/"),
    "pydantic_core": ("scenario/", "web/"),
    "numba": ("engine/",),
    "llvmlite": ("engine/",),
    "dask": ("ensemble/executors.py",),
    "xarray": UPPER,
    "pyarrow": ("record/", "ensemble/store.py"),
    "polars": ("record/", "ensemble/store.py"),
    "duckdb": ("record/", "ensemble/store.py"),
    "SALib": ("analyse/sensitivity.py",),
    "optuna": ("analyse/offramps.py",),
    "arviz": ("infer/",),
    "jinja2": ("present/",),
    "plotly": ("present/",),
    "matplotlib": ("present/",),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "click": ("cli/",),
    "nicegui": ("web/",),
    "fastapi": ("web/",),
}
DISTRIBUTIONS = {"ruamel": "ruamel.yaml"}  # where the import's name is not the distribution's
ON_REQUEST = {"xarray", "pyarrow", "polars", "duckdb", "dask"}  # never when a module loads


def imported(module: Module) -> Iterator[tuple[int, str, str]]:
    """Yield (line, absolute module, name taken or "") of every import, relative ones resolved."""
    here = module.name.split(".")
    if module.path.name != "__init__.py":
        here = here[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            target = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, target, alias.name


def package_of(target: str, name: str, known: set[str]) -> str:
    """The package of ours that an import reaches: `from offramp import record` reaches `record`."""
    parts = target.split(".")
    if len(parts) > 1:
        return parts[1]
    return name if name in known else "offramp"


def rank_problems(root: Path = PACKAGE) -> list[str]:
    """An import may only go to a lower rank, or stay inside its own package."""
    problems = []
    known = {path.stem for path in root.iterdir()} - {"__init__"}
    for module in modules(root):
        parts = module.name.split(".")
        here = parts[1] if len(parts) > 1 else "offramp"
        if here == "scenarios":
            continue
        if here not in RANKS:
            problems.append(f"{module.place}: `{here}` has no rank")
            continue
        for line, target, name in imported(module):
            if target.split(".")[0] != "offramp":
                continue
            there = package_of(target, name, known)
            if there == here or (there == "offramp" and name in FOR_ALL):
                continue
            if RANKS.get(there, 99) >= RANKS[here]:
                problems.append(f"{module.place}:{line}: `{here}` may not import `{there}`")
    return problems


def import_graph(root: Path) -> dict[str, set[str]]:
    """Module name -> modules of ours that it imports, plain modules and packages' `__init__` alike."""
    found = {module.name: module for module in modules(root)}
    graph: dict[str, set[str]] = {}
    for name, module in found.items():
        targets = set()
        for _, target, taken in imported(module):
            if taken in FOR_ALL:
                continue
            wanted = f"{target}.{taken}"
            targets.add(wanted if wanted in found else target)
        graph[name] = (targets & set(found)) - {name}
    return graph


def cycle_problems(root: Path = PACKAGE) -> list[str]:
    """No module reaches itself through its imports."""
    graph = import_graph(root)
    problems = []
    for start in sorted(graph):
        seen: set[str] = set()
        ahead = list(graph[start])
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead.extend(graph[name])
        if start in seen:
            problems.append(f"{start} is part of an import cycle")
    return problems


def fence_problems(root: Path = PACKAGE) -> list[str]:
    """A third-party package may only be imported inside its fence."""
    problems = []
    for module in modules(root):
        for line, target, _ in imported(module):
            top = target.split(".")[0]
            if top == "offramp" or top in sys.stdlib_module_names:
                continue
            allowed = FENCES.get(top)
            if allowed is None:
                problems.append(f"{module.place}:{line}: `{top}` is no agreed dependency")
            elif not module.place.startswith(allowed):
                problems.append(f"{module.place}:{line}: `{top}` may only be imported in {', '.join(allowed)}")
    return problems


def undeclared_problems(root: Path = PACKAGE, *, declared: set[str] | None = None) -> list[str]:
    """What is imported is required by pyproject.toml: not merely brought along by another package."""
    if declared is None:
        declared = {re.split(r"[^\w.-]", need)[0].lower() for need in read_requirements(ROOT / "pyproject.toml")}
    problems = []
    for module in modules(root):
        for line, target, _ in imported(module):
            top = target.split(".")[0]
            ours = top == "offramp" or top in sys.stdlib_module_names
            if not ours and DISTRIBUTIONS.get(top, top).lower() not in declared:
                problems.append(f"{module.place}:{line}: `{top}` is not required by pyproject.toml")
    return problems


def eager_problems(root: Path = PACKAGE) -> list[str]:
    """Packages that are slow to load are imported inside the function that needs them."""
    problems = []
    for module in modules(root):
        for node in module.tree.body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for name in names:
                if name.split(".")[0] in ON_REQUEST:
                    problems.append(f"{module.place}:{node.lineno}: import `{name}` inside the function that needs it")
    return problems


def private_problems(root: Path = PACKAGE) -> list[str]:
    """What begins with an underscore stays inside its package."""
    problems = []
    for module in modules(root):
        here = module.name.split(".")[1:2]
        for line, target, name in imported(module):
            parts = [*target.split("."), name]
            if parts[0] != "offramp" or parts[1:2] == here:
                continue
            hidden = [part for part in parts if part.startswith("_") and not part.endswith("__")]
            if hidden:
                problems.append(f"{module.place}:{line}: `{hidden[0]}` is private to `{parts[1]}`")
    return problems
