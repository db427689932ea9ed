"""What is to be learnt from the record: parameters that exist, each once, and a last day inside the clock."""

from __future__ import annotations

from offramp.scenario.checks.context import Context
from offramp.scenario.checks.parameters import parameter_paths


def check_fitting(context: Context) -> None:
    """Check the section `fit`."""
    written = context.document.fit
    if written is None:
        return
    if context.document.record is None:
        context.report_key("E517", "fit", "There is no record to learn from.")
    if context.clock is not None and not context.clock[0] <= written.until.toordinal() <= context.clock[1]:
        context.report("E519", "fit.until", f"`{written.until}` lies outside the clock.")
    known, seen = parameter_paths(context), set[str]()
    for index, name in enumerate(written.parameters):
        path = f"fit.parameters.{index}"
        if name not in known:
            context.unknown(path, name, sort="parameter", known=known, section="parameters")
        elif name in seen:
            context.report("E518", path, f"`{name}` is listed twice.")
        seen.add(name)
