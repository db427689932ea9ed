"""What an entry of evidence speaks of is shown as it is written."""

import offramp
from offramp.analyse.rests import rests
from offramp.present.written_numbers import written_numbers


def test_numbers_formulas_and_effects_are_shown() -> None:
    document = offramp.load("two-rivals").document
    assert written_numbers(document, "actors.guard.channels.force") == (("opportunities", "Gamma(3, rate=6) / day"),)
    assert written_numbers(document, "quantities.tension") == (
        ("start", "0.2"), ("rest", "0.15"), ("half life", "20 d"), ("noise", "0.01"), ("range", "0 to 1"),
    )  # fmt: skip
    assert written_numbers(document, "moves.blue.strike") == (
        ("attraction, base", "Normal(-3, 1)"), ("effect on tension", "add 0.2"),
    )  # fmt: skip


def test_delays_and_variants_are_shown_and_what_is_not_there_is_nothing() -> None:
    document = offramp.load("us-iran-iraq").document
    told = dict(written_numbers(document, "moves.us.airstrike.variants.iraq"))
    assert told["attraction, site"] == "Normal(0.3, 1)"
    assert written_numbers(document, "moves.us.sing") == ()
    assert written_numbers(document, "nowhere") == ()


def test_hardly_an_entry_of_the_crisis_speaks_of_nothing() -> None:
    document = offramp.load("us-iran-iraq").document
    silent = [path for path in rests(document).entries if not written_numbers(document, path)]
    assert all(path.startswith(("inputs.", "quantities.")) for path in silent), silent
