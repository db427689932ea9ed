"""The caption of a chart of a quantity: the model at the day of the record's last value, and where that lies."""

from __future__ import annotations

import datetime as dt

from offramp.analyse.beside import PanelResult
from offramp.core.words import number, percent


def panel_words(panel: PanelResult) -> str:
    """Say where the recorded end value lies among the runs, or where the runs end."""
    low, middle, high = (number(q) for q in (panel.model_q05, panel.model_q50, panel.model_q95))
    model = f"model: median {middle}, 90 % of runs {low} to {high}"
    if panel.recorded is None:
        return f"Not in the record. At the end, {model}."
    day = dt.date.fromordinal(panel.compared_on).isoformat()
    side = "inside" if panel.is_inside else "outside"
    seen = "days" if panel.history is not None and panel.history.is_count else "measurements"
    outside = percent(panel.outside_share)
    return (
        f"On {day}, recorded: {number(panel.recorded)}; {model}. The record ends {side} the 90 % band and lies outside "
        f"it on {outside} of {seen}."
    )
