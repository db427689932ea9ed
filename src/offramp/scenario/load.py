"""Files -> LoadedScenario: the only place that reads YAML.

`load` raises one `ScenarioError` with everything that is wrong with files and shape; `read_scenario` returns the
problems instead, together with as much of the scenario as could be understood, so that `check` can go on and report
all in one pass. Names, kinds and evidence are `check`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from offramp.core.errors import Place, Problem, ScenarioError, sort_problems
from offramp.expr.tree import Span
from offramp.record.record import Record
from offramp.scenario.catalogue import problem
from offramp.scenario.document import ScenarioDocument
from offramp.scenario.folder import Folder, find_scenario
from offramp.scenario.include import merge_parts
from offramp.scenario.migrate import migrate
from offramp.scenario.shape import Shape, read_document
from offramp.scenario.written import Mapping, Node, Scalar, TextFile, flatten
from offramp.scenario.yaml_events import Builder, RefusedError


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario whose shape is right, and where each piece of it is written.

    Attributes
    ----------
    places : dotted path of the document (`moves.guard.raid.utility.base`, lists by index) -> place of the value, or
        of the key where the value is a mapping or a list
    keys : dotted path -> place of the key
    folder : where data files lie
    files : name -> SHA-256 of each file read
    problems : faults of files and shape that were found on the way; empty after `load`, warnings apart
    set_aside : dotted paths of entries left out of `document` because their shape is wrong
    misspelt : dotted paths of mappings of which an unknown key was left out
    doubled : dotted paths of mappings of which an entry was left out, as its key stands there already
    data : what `offramp.scenario.observed` has read of the data files, so that each is read once
    """

    document: ScenarioDocument
    places: ReadOnly[str, Place]
    keys: ReadOnly[str, Place]
    folder: Path
    files: ReadOnly[str, str]
    problems: tuple[Problem, ...] = ()
    set_aside: frozenset[str] = frozenset()
    misspelt: frozenset[str] = frozenset()
    doubled: frozenset[str] = frozenset()
    scalars: ReadOnly[str, Scalar] = field(default_factory=dict, repr=False)
    data: dict[str, Record | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def locate(self, path: str, span: Span | None = None) -> Place | None:
        """Find the place of a path, or of columns of its formula; the nearest piece around it if it is not written."""
        if span is not None and path in self.scalars:
            return self.scalars[path].locate(span)
        while path not in self.places and "." in path:
            path = path.rpartition(".")[0]
        return self.places.get(path)


def scenario_names() -> tuple[str, ...]:
    """Names of the packaged scenarios, sorted."""
    packaged = files("offramp") / "scenarios"
    if not packaged.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in packaged.iterdir() if (entry / "scenario.yaml").is_file()))


def load(path_or_name: str | Path) -> LoadedScenario:
    """Read a scenario: a folder, a single file, or the name of a packaged one.

    Raises
    ------
    ScenarioError : with every fault of files and shape.
    """
    loaded, problems = read_scenario(path_or_name)
    errors = [found for found in problems if found.level == "error"]
    if loaded is None or errors:
        raise ScenarioError(errors)
    return loaded


def read_scenario(path_or_name: str | Path) -> tuple[LoadedScenario | None, tuple[Problem, ...]]:
    """Read as much as can be read; None where not even the outline could be."""
    try:
        folder, main = find_scenario(path_or_name, Path(str(files("offramp") / "scenarios")), scenario_names())
        root, problems = _read_parts(folder, main)
    except RefusedError as refused:
        return None, (refused.problem,)
    problems += migrate(root)
    shape = read_document(root)
    problems += shape.problems
    if shape.document is None:
        return None, sort_problems(problems)
    return _loaded(shape.document, shape, root=root, folder=folder, problems=problems), sort_problems(problems)


def _loaded(
    document: ScenarioDocument, shape: Shape, *, root: Mapping, folder: Folder, problems: list[Problem]
) -> LoadedScenario:
    places: dict[str, Place] = {}
    keys: dict[str, Place] = {}
    scalars: dict[str, Scalar] = {}
    doubled = []
    for path, key, node in flatten(root):
        if key is not None:
            keys[path] = key.place
        if isinstance(node, Scalar):
            scalars[path] = node
        elif isinstance(node, Mapping) and node.is_doubled:
            doubled.append(path)
        places[path] = node.place if key is None or isinstance(node, Scalar) else key.place
    return LoadedScenario(
        document=document,
        places=places,
        keys=keys,
        folder=folder.path,
        files=dict(folder.hashes),
        problems=sort_problems(problems),
        set_aside=shape.set_aside,
        misspelt=shape.misspelt,
        doubled=frozenset(doubled),
        scalars=scalars,
    )


def _read_parts(folder: Folder, main: str) -> tuple[Mapping, list[Problem]]:
    """Read the main file and all that it includes into one mapping."""
    problems: list[Problem] = []
    nodes = 0

    def read(name: str, included_at: Place | None) -> Mapping:
        nonlocal nodes
        file = folder.read_text(name, included_at)
        builder = Builder(file, nodes=nodes)
        root = _parse(builder, file)
        nodes = builder.nodes
        problems.extend(builder.problems)
        return root

    root = merge_parts(main, read, problems)
    return root, problems


def _parse(builder: Builder, file: TextFile) -> Mapping:
    try:
        root: Node | None = builder.build(YAML(typ="safe", pure=True).parse(file.text))
    except MarkedYAMLError as error:
        raise RefusedError(_yaml_problem(file, error)) from None
    except ReaderError as error:
        raise RefusedError(_character_problem(file, error)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise RefusedError(problem("E104", Place(file.name), f"The file is not YAML: {_first_line(error)}.")) from None
    if not isinstance(root, Mapping):
        what = "is empty" if root is None or (isinstance(root, Scalar) and root.value is None) else "is not a mapping"
        raise RefusedError(problem("E112", Place(file.name, 1, 1), f"The file {what}."))
    return root


def _yaml_problem(file: TextFile, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = Place(file.name, mark.line + 1, mark.column + 1) if mark else Place(file.name)
    if mark and "\t" in file.text[mark.index - mark.column : mark.index + 1]:
        return problem("E105", place, "A tab stands where YAML wants blanks.")
    return problem("E104", place, f"YAML cannot be read here: {_first_line(error.problem or error)}.")


def _character_problem(file: TextFile, error: ReaderError) -> Problem:
    before = file.text[: error.position]
    place = Place(file.name, before.count("\n") + 1, len(before) - before.rfind("\n"))
    code = ord(file.text[error.position])
    message = f"The character U+{code:04X}, which cannot be seen, may not stand here."
    return problem("E104", place, message, hint="Delete it, and write the line anew.")


def _first_line(error: object) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
