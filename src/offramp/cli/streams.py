"""The three standard streams, when they are closed or full: an exit status and a sentence, no traceback."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

import typer

from offramp.cli.printing import INTERRUPTED


class Program(typer.Typer):
    """Commands that run whatever has become of the standard streams."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:  # closed by whoever started us
                setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  # for good
        try:
            try:
                return super().__call__(*args, **kwargs)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:  # the reader has what it wanted
            _write_nowhere()
            raise SystemExit(1) from None
        except OSError as fault:
            _write_nowhere()
            with contextlib.suppress(OSError):
                print(f"The output cannot be written: {fault.strerror or fault}.", file=sys.stderr)  # noqa: T201
            raise SystemExit(INTERRUPTED) from None


def _write_nowhere() -> None:
    """Let what is left to be written go nowhere, so that ending does not fail at it again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError, ValueError):
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
