"""E6xx: supports, bounds, delays, clocks; W6xx: what a step cannot hold.

E601 is lowering's: two draws with one address, by a rare coincidence.
"""

from __future__ import annotations

from offramp.scenario.codes.entry import Entry, Example, edit

_BASE = 'utility: {base: "Normal(-3, 1)"}'
_STRIKE = "{on: tension, add: 0.2}"
_CLOCK = "clock: {start: 2020-01-01, days: 180}"
_EVIDENCE = "evidence: {status: assumed, why: a sketch}"


def _effect(text: str) -> Example:
    return edit(_STRIKE, f"{{on: tension, add: 0.2, {text}}}")


ROWS: tuple[Entry, ...] = (
    Entry("E602", "length of a memory that varies", "The half-life or window of a memory is not one length of time.",
          "Write a length of time: `10 d`.", Example(edits=(
              ("sources:\n", f'parameters:\n  fading: {{prior: "LogNormal(10 d, 0.3)", {_EVIDENCE}}}\nsources:\n'),
              (_BASE, 'utility: {base: "log1p(recent(guard.raid, parameter.fading))"}')))),
    Entry("E603", "delay without bound", "A delay drawn for each event can be of any length.",
          "Bound it: `Exponential(1 / 10 d, high=60 d)`.", _effect('delay: "Exponential(1 / 10 d)"')),
    Entry("E604", "delay not known before the run", "A delay, or its bound, depends on the run.",
          "Write a length of time, or a distribution of one.", _effect("delay: 10 d * tension")),
    Entry("E605", "length of time of 0", "A half-life or another length of time can be 0 or less.",
          "It is above 0.", edit("half_life: 20 d", 'half_life: "Normal(20 d, 5 d)"')),
    Entry("E606", "negative standard deviation", "A standard deviation can be below 0.", "It is 0 or more.",
          edit("noise: 0.01", "noise: -0.01")),
    Entry("E607", "not a probability", "A probability can lie outside 0 to 1.",
          "Bound it, or draw it from Beta or Uniform.", _effect('probability: "Normal(0.5, 0.2)"')),
    Entry("E608", "negative rate", "A rate can be below 0.", "Bound it, or draw it from Gamma or LogNormal.",
          edit("opportunities: 0.3 / day", 'opportunities: "Normal(0.3, 0.1) / day"')),
    Entry("E609", "start outside the range", "A start can lie outside the quantity's range.",
          "Bound it within the range; it is never cut silently.",
          edit("    start: 0.2\n", '    start: "Normal(0.2, 0.1)"\n')),
    Entry("E610", "value outside the range", "A quantity is set to a value outside its range.",
          "Write a value within the range.", edit(_STRIKE, "{on: tension, set: 2}")),
    Entry("E611", "not a count", "What is added to a tally need not be a whole number of 0 or more.",
          "Draw it from Poisson, NegBinomial or Bernoulli.", edit('add: "Poisson(0.4)"', 'add: "Normal(0.4, 0.1)"')),
    Entry("E612", "not whole", "A flag or tally is given a value that need not be whole.",
          "A flag is 0 or 1.", edit("    unit: people\n", "    unit: people\n    start: 0.5\n")),
    Entry("E613", "negative delay", "A delay can be below 0.", "Bound it: `low=0 d`.",
          _effect('delay: "Normal(5 d, 2 d, high=20 d)"')),
    Entry("E614", "delay too long", "A delay can be longer than ten years.", "Shorten it, or bound it with `high=`.",
          _effect("delay: 20 years")),
    Entry("E615", "window that ends before it begins", "The end of a clock or window lies before its start.",
          "Exchange the two dates.", edit(_CLOCK, "clock: {start: 2020-01-01, end: 2019-12-31}")),
    Entry("E616", "outside the clock", "A window or an edit lies outside the clock.", "Choose days within it.",
          edit("any(tension > 0.95)", "any(tension > 0.95, by=2022-01-01)")),
    Entry("E617", "clock without end", "A clock has neither or both of `end` and `days`.", "Write one of the two.",
          edit(_CLOCK, "clock: {start: 2020-01-01}")),
    Entry("E618", "clock too long", "A clock has too many steps.", "Shorten it, or take a longer `step`.",
          edit(_CLOCK, "clock: {start: 2020-01-01, days: 50000}")),
    Entry("E619", "never available", "A move, or all its variants, can never happen.",
          "Compare `requires` with the ranges of its quantities.",
          edit("requires: tension > 0.1", "requires: tension > 1.5")),
    Entry("E620", "impossible distribution", "The arguments of a distribution are not ones that it can have.",
          "See the families of the reference.", edit('"Normal(-2, 1)"', '"Normal(-2, 0)"')),
    Entry("E621", "step that is not whole", "A step is not a whole number of days, weeks, months or years.",
          "Write a whole number: `1 d`, `2 weeks`.", edit("days: 180}", "days: 180, step: 1.5 d}")),
    Entry("E622", "division by zero", "A divisor is always 0.", "Correct the divisor.",
          edit(_STRIKE, "{on: tension, add: 1/0}")),
    Entry("E623", "shifted beyond its support", "A parameter is shifted to where its prior cannot be.",
          "Shift it the other way, or write another prior in the scenario.",
          edit("[forbid blue.strike]", "[shift guard.force.opportunities by -1]")),
    Entry("W601", "more than a step can hold",
          "A rate asks for far more events, or opportunities, than `max_per_day` lets happen; the rest is lost.",
          "Raise `max_per_day` (at most 8), lower the rate, or let one event stand for several by its effects.",
          edit("moves:\n", f"moves:\n  blue.panic: {{title: Panic, rate: 5000 / day, {_EVIDENCE}}}\n"), "warning"),
)  # fmt: skip
