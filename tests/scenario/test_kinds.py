"""Which formulas mean something: kinds, units, places of priors, and what each field accepts."""

import pytest

from offramp.scenario.check import check_source
from tests.scenario.folders import changed, write

EVIDENCE = "evidence: {status: assumed, why: a sketch}"
EXTRAS = f"""
parameters:
  share: {{prior: "Beta(2, 3)", {EVIDENCE}}}
  wait: {{prior: "LogNormal(20 d, 0.3)", {EVIDENCE}}}
switches:
  r1: {{prior: "Categorical(a=0.5, b=0.5)", {EVIDENCE}}}
calendar:
  election: {{date: 2020-03-03}}
inputs:
  oil: {{file: oil.csv, unit: USD, {EVIDENCE}}}
pledges:
  truce: {{kind: truce, by: blue, to: guard, offer: blue.strike, {EVIDENCE}}}
"""
OIL = "date,value\n2020-01-01,60\n"
MORE_QUANTITIES = f"""quantities:
  at_war: {{kind: flag, unit: '1', {EVIDENCE}}}
  breakout: {{kind: stock, unit: days, start: 30, {EVIDENCE}}}
  troops: {{kind: stock, unit: people, range: [0, null], start: 5000, {EVIDENCE}}}
"""
MORE = ("quantities:\n", MORE_QUANTITIES)
FIELDS = {
    "utility": ('utility: {base: "Normal(-3, 1)"}', "utility: {{base: '{}'}}"),
    "requires": ("requires: tension > 0.1", "requires: '{}'"),
    "half_life": ("half_life: 20 d", "half_life: '{}'"),
    "start": ("start: 0.2", "start: '{}'"),
    "rest": ("rest: 0.15", "rest: '{}'"),
    "add": ("{on: tension, add: 0.2}", "{{on: tension, add: '{}'}}"),
    "tally": ('add: "Poisson(0.4)"', "add: '{}'"),
    "believed": (
        '    utility: {base: "Normal(-3, 1)"}',
        "    believes: {{add: [{{on: blue_deaths, add: '{}'}}]}}\n    utility: {{base: \"Normal(-3, 1)\"}}",
    ),
    "flag": ("{on: tension, add: 0.2}", "{{on: at_war, set: '{}'}}"),
    "people": ("{on: tension, add: 0.2}", "{{on: troops, add: '{}'}}"),
    "days": ("{on: tension, add: 0.2}", "{{on: breakout, add: '{}'}}"),
    "probability": ("{on: tension, add: 0.2}", "{{on: tension, add: 0.2, probability: '{}'}}"),
    "delay": ("{on: tension, add: 0.2}", "{{on: tension, add: 0.2, delay: '{}'}}"),
    "condition": ("{on: tension, add: 0.2}", "{{on: tension, add: 0.2, condition: '{}'}}"),
    "opportunities": ("opportunities: 0.3 / day", "opportunities: '{}'"),
    "outcome": ("war: any(tension > 0.95)", "war: '{}'"),
    "rate": (
        "moves:\n",
        "moves:\n  blue.panic: {{title: Panic, rate: '{}', evidence: {{status: assumed, why: a sketch}}}}\n",
    ),
    "weight": ('weight: "Normal(-1, 0.5)"', "weight: '{}'"),
    "update": ("rate: 0.3}", "rate: '{}'}}"),
    "noise": ("noise: 0.01", "noise: '{}'"),
}


def codes(tmp_path, field, formula):
    """Codes of errors that a formula raises in a field."""
    old, new = FIELDS[field]
    text = changed((old, new.format(formula)), MORE) + EXTRAS
    return [p.code for p in check_source(write(tmp_path, text, oil__csv=OIL)) if p.level == "error"]


@pytest.mark.parametrize(
    ("field", "formula"),
    [
        ("utility", "Normal(1, 0.5) * log1p(recent(guard.*, 10 d))"),
        ("utility", "Normal(1, 0.5) * since(guard.raid) / 10 d"),
        ("utility", "Normal(1, 0.5) / 2 * tension"),
        ("utility", "parameter.share * tension if switch.r1 == a else 0"),
        ("utility", "1 * (at_war and not ever(guard.raid))"),
        ("utility", "at_war"),
        ("believed", "-0.3"),
        ("utility", "1 - days_until(calendar.election) / 30 d"),
        ("utility", "log1p(count(guard.raid, 2 weeks)) + tension ** 2"),
        ("utility", "pledge.truce.active - pledge.truce.cost"),
        ("utility", "0.5 * directive.guard"),
        ("utility", "where(after(2020-02-01), 1, -1)"),
        ("utility", "1 if breakout < 10 d else 0"),
        ("utility", "troops / 1000 - blue_deaths"),
        ("utility", "blue_deaths / tension"),
        ("utility", "clip(blue_deaths / 10, 0, 1)"),
        ("utility", "min(tension, 0.5, 0.2 * blue_deaths)"),
        ("utility", "1 if 0.1 < tension < 0.9 else 0"),
        ("utility", "0.1 * input.oil"),
        ("requires", "at_war == 0 and tension > 0.1"),
        ("requires", "at_war"),
        ("requires", "1"),
        ("requires", "since(blue.strike) > 2 weeks or not ever(blue.strike)"),
        ("half_life", "LogNormal(20 d, 0.3)"),
        ("half_life", "parameter.wait"),
        ("half_life", "Uniform(10 d, 3 weeks)"),
        ("half_life", "Exponential(1 / 10 d, low=1 d)"),
        ("start", "Beta(2, 8)"),
        ("start", "Normal(0.2, 0.1, low=0, high=1)"),
        ("start", "parameter.share"),
        ("rest", "0.1 + 0.2 * at_war"),
        ("rest", "0.5 * input.oil / 100"),
        ("add", "Normal(Normal(0.1, 0.02), 0.05)"),
        ("add", "Normal(parameter.share * tension, 0.05)"),
        ("add", "-0.1 * tension"),
        ("tally", "NegBinomial(LogNormal(2, 0.5), 1)"),
        ("tally", "3"),
        ("tally", "Bernoulli(0.2)"),
        ("tally", "Poisson(0.1 + tension)"),
        ("flag", "Bernoulli(0.2)"),
        ("flag", "tension > 0.5"),
        ("people", "-0.1 * troops"),
        ("people", "troops"),
        ("days", "10 d"),
        ("days", "-5"),
        ("probability", "Beta(2, 2)"),
        ("probability", "logistic(tension)"),
        ("probability", "1.5 * tension"),
        ("delay", "10 d"),
        ("delay", "LogNormal(20 d, 0.3, high=90 d)"),
        ("delay", "Gamma(2, rate=1 / 10 d, high=60 d)"),
        ("delay", "Uniform(1 d, 9 d)"),
        ("delay", "0"),
        ("condition", "tension > 0.5"),
        ("opportunities", "Gamma(3, rate=6) / day"),
        ("opportunities", "2 / week"),
        ("opportunities", "1 / 10 d"),
        ("outcome", "count(guard.*, between=(2020-01-05, 2020-02-01))"),
        ("outcome", "final(blue_deaths, by=calendar.election)"),
        ("outcome", "payoff(blue)"),
        ("outcome", "max(tension + 0.5)"),
        ("outcome", "first(tension > 0.5 and blue_deaths > 3)"),
        ("outcome", "mean(0.5 * tension)"),
        ("rate", "0.1 / day"),
        ("rate", "LogNormal(0.1, 1) * tension"),
        ("weight", "Normal(-1, 0.5) * (1 + 2 * at_war)"),
        ("update", "Beta(2, 5)"),
        ("noise", "LogNormal(0.01, 0.3)"),
    ],
)
def test_it_means_something(tmp_path, field, formula):
    assert codes(tmp_path, field, formula) == []


@pytest.mark.parametrize(
    ("field", "formula", "code"),
    [
        ("utility", "tension + troops", "E301"),
        ("utility", "max(tension, blue_deaths)", "E301"),
        ("people", "tension", "E301"),
        ("utility", "since(guard.raid)", "E302"),
        ("utility", "since(guard.raid) + 3", "E302"),
        ("utility", "log1p(since(guard.raid))", "E302"),
        ("utility", "tension > 10 d", "E302"),
        ("utility", "log1p(recent(guard.raid, 10))", "E302"),
        ("half_life", "20", "E302"),
        ("half_life", "Normal(20, 5, low=1)", "E302"),
        ("half_life", "Normal(20 d, 5, low=1 d)", "E302"),
        ("days", "3 + 1 d", "E302"),
        ("opportunities", "0.3", "E303"),
        ("opportunities", "Gamma(3, rate=6)", "E303"),
        ("opportunities", "10 d", "E303"),
        ("utility", "0.3 / day", "E303"),
        ("utility", "1 * (10 d / day)", "E303"),
        ("delay", "Exponential(10 d, high=60 d)", "E303"),
        ("requires", "tension", "E304"),
        ("requires", "tension and at_war", "E304"),
        ("condition", "2", "E304"),
        ("outcome", "any(tension)", "E304"),
        ("utility", "clip(tension)", "E306"),
        ("utility", "recent(guard.raid) * 1", "E306"),
        ("utility", "log1p(x=tension, y=2)", "E307"),
        ("utility", "log1p(tension, x=2)", "E307"),
        ("utility", "guard.raid", "E308"),
        ("utility", "blue.*", "E308"),
        ("utility", "blue", "E308"),
        ("utility", "recent(tension, 10 d) * 1", "E202"),
        ("outcome", "count(3)", "E309"),
        ("outcome", "payoff(blue.strike)", "E203"),
        ("utility", "1 * calendar.election", "E310"),
        ("utility", "1 * 2020-01-05", "E310"),
        ("utility", "1 * after(tension)", "E310"),
        ("start", "tension", "E311"),
        ("start", "0.1 * recent(guard.raid, 10 d)", "E311"),
        ("start", "0.1 * after(2020-02-01)", "E311"),
        ("update", "tension", "E311"),
        ("outcome", "1 + any(tension > 0.5)", "E312"),
        ("outcome", "since(guard.raid)", "E312"),
        ("utility", "final(tension)", "E313"),
        ("utility", "tension * Normal(1, 1)", "E314"),
        ("utility", "-Normal(1, 1)", "E314"),
        ("utility", "log1p(Normal(1, 1))", "E314"),
        ("requires", "tension > Beta(1, 1)", "E314"),
        ("outcome", "any(tension > Beta(1, 1))", "E314"),
        ("utility", "Normal(1, 1) * Normal(1, 1)", "E315"),
        ("add", "tension * Normal(1, 1)", "E316"),
        ("delay", "2 * Uniform(1 d, 2 d)", "E316"),
        ("utility", "Normal(parameter.share, 1)", "E317"),
        ("outcome", "any(tension > 0.5, by=2020-02-01, between=(2020-01-01, 2020-02-01))", "E318"),
        ("utility", "1 if switch.r1 == 1 else 0", "E319"),
        ("utility", "1 if switch.r1 > a else 0", "E319"),
        ("outcome", "max((1, 2))", "E322"),
        ("utility", "Categorical(a=1)", "E323"),
        ("utility", "log1p(recent(guard.raid, 1 d * tension))", "E602"),
        ("delay", "Exponential(1 / 10 d)", "E603"),
        ("delay", "10 d * tension", "E604"),
        ("utility", "log1p(recent(guard.raid, 0 d))", "E605"),
        ("half_life", "0 d", "E605"),
        ("half_life", "Normal(20 d, 9 d)", "E605"),
        ("noise", "Normal(0, 1)", "E606"),
        ("probability", "1.5", "E607"),
        ("probability", "2 + tension", "E607"),
        ("probability", "Gamma(2, 2)", "E607"),
        ("opportunities", "-1 / day", "E608"),
        ("rate", "Normal(0.1, 0.1) / day", "E608"),
        ("start", "1.5", "E609"),
        ("start", "LogNormal(0.2, 0.1)", "E609"),
        ("tally", "0.5", "E611"),
        ("tally", "-1", "E611"),
        ("tally", "0.5 * tension", "E611"),
        ("tally", "Gamma(1, 1)", "E611"),
        ("flag", "0.5", "E612"),
        ("flag", "2", "E610"),
        ("delay", "Normal(5 d, 1 d, high=9 d)", "E613"),
        ("delay", "11 years", "E614"),
        ("outcome", "any(tension > 0.5, between=(2020-02-01, 2020-01-05))", "E615"),
        ("outcome", "any(tension > 0.5, by=2019-02-01)", "E616"),
        ("requires", "tension < 0", "E619"),
        ("requires", "0", "E619"),
        ("requires", "blue_deaths < 0 or tension > 2", "E619"),
        ("rate", "0 * tension", "E619"),
        ("opportunities", "0 / day", "E619"),
        ("utility", "Normal(0, -1)", "E620"),
        ("utility", "1 / 0", "E622"),
        ("utility", "tension / (2 - 2)", "E622"),
        ("add", "Normal(0.1 / 0, 1)", "E622"),
        ("requires", "1 / (0 * tension) > 1", "E622"),
        ("outcome", "max(tension / 0)", "E622"),
        ("opportunities", "1 / 0 d", "E622"),
        ("utility", "Uniform(2, 1)", "E620"),
        ("utility", "Beta(1, 1, low=0.5, high=0.4)", "E620"),
        ("utility", "Normal(0, 1, low=40)", "E620"),
        ("weight", "resolve", "E350"),
        ("utility", "resolve * 1", "E350"),
    ],
)
def test_it_is_refused(tmp_path, field, formula, code):
    assert codes(tmp_path, field, formula) == [code]


def test_flags_that_nothing_sets_are_not_taken_for_constant(tmp_path):
    assert codes(tmp_path, "requires", "at_war == 1") == []
