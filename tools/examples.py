"""Run the examples of README and docs, so that they cannot rot.

Each page gets an empty folder of its own. Its fenced blocks run there in order of appearance:

- a block whose first line is `# file: NAME` is written to that file, with `# add to: NAME` to its end;
- ```` ```console ````: lines after `$ ` that start with `offramp` or `cat` run and must exit 0, or n with `# exits n`
  at the end; lines below must match the output (`...` stands for anything). Other commands, such as `make`, are for
  the reader: CI runs them itself;
- ```` ```python ````: run together, in order, after the others; with `>>>` as doctests.
"""

import doctest
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.pins import ROOT

BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (file|add to): (\S+)")
EXITS = re.compile(r"\s+# exits (\d)$")
RUN_HERE = ("offramp", "cat")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def pages(root: Path = ROOT) -> list[Path]:
    """The pages whose examples run."""
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield (language, content) of each fenced block."""
    for found in BLOCK.finditer(text):
        yield found[1], found[2]


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Yield (command, expected output) of a console block; a trailing backslash continues the command."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        joined = part.replace("\\\n", " ")
        command, _, expected = joined.partition("\n")
        yield command, expected


def run_command(command: str, expected: str, folder: Path) -> str:
    """Run one command line; return what went wrong, or nothing."""
    found = EXITS.search(command)
    status = int(found[1]) if found else 0
    command = EXITS.sub("", command)
    if not command.startswith(RUN_HERE):
        return ""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # A fixed width and no colour, so that output reads the same everywhere.
    settings = {"PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout + done.stderr
    if done.returncode != status:
        return f"$ {command}\n  exit status {done.returncode}, not {status}\n{output}"
    # What is shown is standard output alone, as a pipe would have it, or all that a terminal would show.
    shown = (done.stdout, output)
    if expected.strip() and not any(doctest.OutputChecker().check_output(expected, text, FLAGS) for text in shown):
        return f"$ {command}\n  printed\n{output}\n  not\n{expected}"
    return ""


def write_file(block: str, folder: Path) -> bool:
    """Write a block that names its file; say whether it does."""
    head, _, body = block.partition("\n")
    found = FILE.fullmatch(head.strip())
    if found is None:
        return False
    path = folder / found[2]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w" if found[1] == "file" else "a", encoding="utf-8") as stream:
        stream.write(body)
    return True


def run_python(parts: list[str], folder: Path) -> str:
    """Run a page's Python in a fresh interpreter; prompts make it a doctest."""
    (folder / "page.py").write_text("\n".join(part for part in parts if ">>>" not in part))
    (folder / "page.txt").write_text("\n".join(part for part in parts if ">>>" in part))
    tests = f"import doctest, sys; sys.exit(doctest.testfile('page.txt', False, optionflags={FLAGS}).failed)"
    for arguments in (["page.py"], ["-c", tests]):
        done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stdout + done.stderr
    return ""


def run_page(text: str) -> Iterator[str]:
    """Run a page's examples in order; yield what went wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = []
        for language, block in blocks(text):
            if write_file(block, folder):
                continue
            if language == "console":
                yield from filter(None, (run_command(*pair, folder) for pair in commands(block)))
            elif language == "python":
                python.append(block)
        if python:
            yield from filter(None, [run_python(python, folder)])


def main() -> None:
    """Run every page; fail with everything that went wrong."""
    problems, count = [], 0
    for page in pages():
        text = page.read_text(encoding="utf-8")
        count += sum(language in {"console", "python"} for language, _ in blocks(text))
        problems += [f"{page.relative_to(ROOT)}: {problem}" for problem in run_page(text)]
    if problems:
        raise SystemExit("\n".join(problems))
    print(f"{count} blocks of examples ran")


if __name__ == "__main__":
    main()
