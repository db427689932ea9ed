"""Write the scenario that a how-to page builds into `examples/`: `python -m tools.worked_example`.

The page is the one place where the example is written; it runs when the documentation is built. What its blocks leave
behind is kept as files for those who would rather open a finished folder, and a test refuses files that differ.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from tools.examples import blocks, write_file
from tools.pins import ROOT

PAGE = ROOT / "docs" / "how-to" / "build-your-own-scenario.md"
FOLDER = ROOT / "examples"
NAME = "canal"


def states(folder: Path) -> Iterator[None]:
    """Write the page's files below a folder, block by block; pause where the reader is told to check."""
    for _, block in blocks(PAGE.read_text(encoding="utf-8")):
        if not write_file(block, folder) and "$ offramp check" in block:
            yield


def write(folder: Path) -> None:
    """Write what the page's blocks leave behind."""
    for _ in states(folder):
        pass


if __name__ == "__main__":
    shutil.rmtree(FOLDER / NAME, ignore_errors=True)
    write(FOLDER)
