"""Every method that a docstring cites has its key in docs/refs.bib."""

from collections.abc import Iterator

import pytest

from tests.architecture.sources import modules
from tools import bibliography
from tools.pins import ROOT

REFERENCES = bibliography.read_references(ROOT / "docs" / "refs.bib")


def uncited(texts: Iterator[tuple[str, str]], known: set[str]) -> list[str]:
    """Sentences about cited keys that the bibliography lacks."""
    return [
        f"{place}: `{key}` is not in docs/refs.bib"
        for place, text in texts
        for key in bibliography.cited_keys(text)
        if key not in known
    ]


def test_every_cited_method_is_in_the_bibliography() -> None:
    texts = ((module.place, module.text) for module in modules())
    assert uncited(texts, set(REFERENCES)) == []


def test_some_method_is_cited() -> None:
    assert {key for module in modules() for key in bibliography.cited_keys(module.text)}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('"""Do it.\n\n    Source : durbin1971, eq. 3 (discrete form)\n    """', ["durbin1971"]),
        ('"""Do it. Source: cephes, expf."""', ["cephes"]),
        ('"""Source : a1999 (part two)"""', ["a1999"]),
        ('"""Do it.\n\nSource : a1999, p. 1; b2000b,\n  eq. 2\nExamples : >>> 1"""', ["a1999", "b2000b"]),
        ('"""Do it.\n\nSource : some book\n"""', ["some book"]),
    ],
)
def test_citations_are_found(text: str, keys: list[str]) -> None:
    assert list(bibliography.cited_keys(text)) == keys


def test_a_missing_key_is_found() -> None:
    assert uncited(iter([("a.py", '"""Source : nobody1900, p. 1"""')]), {"cephes"}) == [
        "a.py: `nobody1900` is not in docs/refs.bib"
    ]


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES.keys())
def test_each_reference_says_who_what_and_when(reference: bibliography.Reference) -> None:
    assert {"author", "title", "year"} <= set(reference.fields)
    assert str(reference).endswith(".")
