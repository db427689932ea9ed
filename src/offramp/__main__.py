"""Run the command line: ``python -m offramp``."""

from offramp.cli.main import app

app(prog_name="offramp")
