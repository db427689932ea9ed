"""The base rates that the crisis' priors cite: what was cited, where, and what the data give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = tuple[float, float]  # an aggregate, and how far it moves with the lot that dates rows without a day


@dataclass(frozen=True, slots=True)
class Cited:
    """One number cited. `used_by` are elements of the scenario, or NOTES.md, whose words hold `written`."""

    id: str
    what: str
    cited: str
    written: str
    used_by: tuple[str, ...]
    data: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A number cited beside what was found; `agrees` if it is that number when rounded alike."""

    cited: Cited
    value: float
    spread: float
    agrees: bool


MIE, ICBE = "MIE 1.0", "ICBe 1.1"
LOW_WORDS = ("moves.us.issue_threat", "moves.iran.issue_threat")
CITED = (
    Cited("after_attack_7", "share of attacks that the victim answers with force within 7 days", "0.14", ".14 in 7",
          ("moves.us.airstrike",), MIE),
    Cited("after_attack_30", "the same within 30 days", "0.29", ".29 in 30",
          ("moves.us.airstrike", "moves.iran.missile_strike"), MIE),
    Cited("after_force_same_day", "share of uses of force that are answered with force on the same day", "0.08",
          "one in twelve", ("NOTES.md",), MIE),
    Cited("force_on_opponent_force", "force upon recent force of the opponent, per log(1 + m), half-life 4 d", "1.7",
          "+1.7", ("moves.iran.seize_ship", "moves.militias.rocket_attack"), MIE),
    Cited("force_on_opponent_force_sd", "width of a prior for the same: standard error and spread between pairs", "0.7",
          "sd .7", ("moves.iran.seize_ship", "moves.militias.rocket_attack"), MIE),
    Cited("low_on_opponent_force", "words and shows upon recent force of the opponent, half-life 2 d", "1.9", "+1.9",
          LOW_WORDS, MIE),
    Cited("low_on_opponent_force_sd", "width of a prior for the same", "0.85", "sd .85", LOW_WORDS, MIE),
    Cited("low_on_opponent_low", "words and shows upon the opponent's, half-life 4 d", "1.4", "+1.4", LOW_WORDS, MIE),
    Cited("low_on_opponent_low_sd", "width of a prior for the same", "0.65", "sd .65", LOW_WORDS, MIE),
    Cited("any_on_own_force", "any act upon one's own recent force, half-life 30 d", "1.24", "+1.24",
          ("moves.militias.rocket_attack",), MIE),
    Cited("force_on_own_force", "force upon one's own recent force, half-life 120 d", "1.6", "+1.6",
          ("moves.militias.rocket_attack",), MIE),
    Cited("choice_of_own_class_14", "choice of a class upon one's own recent acts of it, half-life 14 d", "0.73", ".73",
          ("moves.us.show_of_force", "moves.militias.ied_attack", "moves.us.issue_threat", "moves.us.hand_over_base"),
          MIE),
    Cited("choice_of_own_class_365", "the same with a half-life of 365 d", "1.07", "1.07",
          ("moves.us.hand_over_base",), MIE),
    Cited("spread_with_memories_least", "standard deviation of log tempo between rivalries beyond memories: least",
          "0.33", "0.33", ("quantities.militia_tempo",), MIE),
    Cited("spread_with_memories_most", "the same: most, of four ways to count", "0.48", "0.48",
          ("quantities.militia_tempo",), MIE),
    Cited("spread_without_memories_pairs", "the same of force without memories, between pairs", "1.6", "1.6",
          ("quantities.militia_tempo",), MIE),
    Cited("spread_without_memories_sides", "the same between sides", "1.8", "1.8", ("quantities.militia_tempo",), MIE),
    Cited("ultimatum_sender_escalates", "share of senders of an ultimatum that escalate next", "0.42", ".42",
          ("pledges.red_line",), ICBE),
    Cited("ultimatum_addressee_escalates", "share of addressees of an ultimatum that escalate next", "0.23", ".23",
          ("pledges.red_line",), ICBE),
    Cited("offer_addressee_cooperates", "share of addressees of an offer that cooperate next", "0.35", ".35",
          ("moves.iran.accept_talks",), ICBE),
    Cited("mediation_addressee_escalates", "share of parties that escalate next after mediation", "0.16", ".16",
          ("moves.e3.mediate",), ICBE),
    Cited("any_addressee_escalates", "share of addressees of any act that escalate next", "0.32", ".32",
          ("moves.e3.mediate",), ICBE),
)  # fmt: skip


def check(found: Mapping[str, Value]) -> tuple[Checked, ...]:
    """Hold every number cited against what the data give."""
    return tuple(
        Checked(cited, *found[cited.id], agrees=_rounded(found[cited.id][0], cited.cited) == cited.cited)
        for cited in CITED
    )


def _rounded(value: float, like: str) -> str:
    return f"{value:.{len(like.partition('.')[2])}f}"
