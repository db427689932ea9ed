"""The program `offramp`: one command a verb.

Exit status: 0 done; 1 the scenario or the input is at fault, with the reasons; 2 the command line is
at fault; 3 interrupted or resources ran out, what is usable is kept. With `--json`, standard output
holds one JSON document and nothing else; progress and remarks go to standard error.
"""

from __future__ import annotations

import atexit
import gc
from typing import Annotated

import typer

import offramp
from offramp.cli import compare, condition, fit, read, simulate
from offramp.cli.streams import Program

OBJECTS_BETWEEN_COLLECTIONS = 100_000

app = Program(
    name="offramp",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"offramp {offramp.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[  # noqa: ARG001  what it asks for is done by its callback
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Executable, evidence-linked models of coercive crises: run them, ask what if, look inside, check evidence."""
    _spare_the_collector()


def _spare_the_collector() -> None:
    """Look for garbage less often, and not at all on the way out.

    A command makes some hundred thousand objects that live until its end. To go through them time and again, and once
    more when the interpreter closes, took a quarter of the processor time of a short run.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 100)
    atexit.register(gc.freeze)


app.command("list")(read.list_)
app.command()(read.show)
app.command()(read.check)
app.command()(read.new)
app.command()(read.schema)
app.command()(read.cite)
app.command()(simulate.run)
app.command()(compare.compare)
app.command()(condition.condition)
app.command()(fit.fit)
app.command()(simulate.report)
app.command()(simulate.demo)
