"""Compile one generated module, so that it is in the cache: ``python -m offramp.engine.generate.compile_file PATH``."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from offramp.engine import cache


def main() -> None:
    """Import the module at the path given; to import it is to compile it."""
    gc.disable()  # a tenth of the time: all that the compiler makes lives until the end of this process anyhow
    cache.load_file(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
