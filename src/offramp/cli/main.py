"""The program `offramp`: one command a verb.

Exit status: 0 done; 1 the scenario or the input is at fault, with the reasons; 2 the command line is
at fault; 3 interrupted or resources ran out, what is usable is kept. With `--json`, standard output
holds one JSON document and nothing else; progress and remarks go to standard error.
"""

from __future__ import annotations

import typer

from offramp.cli import read, simulate

app = typer.Typer(
    name="offramp",
    help="Executable, evidence-linked models of coercive crises: run them, look inside, check every number's evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("list")(read.list_)
app.command()(read.show)
app.command()(read.check)
app.command()(read.new)
app.command()(read.schema)
app.command()(read.cite)
app.command()(simulate.run)
app.command()(simulate.report)
app.command()(simulate.demo)
