"""What no file of the repository may contain: a machine's paths, a registry's host; and no scenario text is run."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PACKAGE, ROOT, modules

# Each is split so that this file does not hold what it forbids.
FORBIDDEN = {
    "a path of one machine": [r"(?<![\w.])/" + r"(?:work|root|tmp|opt|home/\w+)/[\w.]", r"\.\./" + "shared"],
    "a registry's host": [
        "pypi" + r"\.org",
        "pythonhosted" + r"\.org",
        "registry" + r"\.npmjs",
        "deb" + r"\.debian\.org",
    ],
}
PATTERNS = {what: re.compile("|".join(texts)) for what, texts in FORBIDDEN.items()}
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
READS_SCENARIOS = ("expr/", "scenario/", "model/")


def repository_files(root: Path = ROOT) -> Iterator[Path]:
    """Every file that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.split("\0"):
        path = root / name
        if name and path.is_file():
            yield path


def text_problems(paths: Iterator[Path]) -> list[str]:
    """No line of a text file names a machine's path or a registry's host."""
    problems = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found = [what for what, pattern in PATTERNS.items() if pattern.search(line)]
            problems += [f"{path.name}:{number}: {what}" for what in found]
    return problems


def execution_problems(root: Path = PACKAGE) -> list[str]:
    """The layers that read a scenario call nothing that runs text as code."""
    problems = []
    for module in modules(root):
        if not module.place.startswith(READS_SCENARIOS):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name) and node.id in RUNS_TEXT:
                problems.append(f"{module.place}:{node.lineno}: `{node.id}` runs text")
    return problems
