"""The runner of documentation examples runs what it should and finds what is wrong."""

import pytest

from tools import examples

FENCE = "```"


def page(language: str, body: str) -> str:
    return f"Text.\n\n{FENCE}{language}\n{body}\n{FENCE}\n"


def problems(*parts: str) -> list[str]:
    return list(examples.run_page("\n".join(parts)))


@pytest.mark.parametrize(
    "text",
    [
        page("console", "$ make everything"),
        page("console", "$ cat /dev/null"),
        page("console", "$ cat nowhere  # exits 1"),
        page("console", "$ cat nowhere  # exits 1\n...No such file..."),
        page("yaml", "# file: a/b.yaml\nx: 1") + page("console", "$ cat a/b.yaml\nx: ..."),
        page("csv", "# file: a.csv\nx,y")
        + page("text", "# add to: a.csv\n1,2")
        + page("console", "$ cat a.csv\nx,y 1,2"),
        page("python", "x = 1") + page("python", "assert x == 1"),
        page("python", ">>> 1 + 1\n2"),
        page("text", "$ cat nowhere"),
    ],
)
def test_what_holds_passes(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (page("console", "$ cat nowhere"), "exit status 1, not 0"),
        (page("console", "$ cat /dev/null  # exits 1"), "exit status 0, not 1"),
        (page("yaml", "# file: a\nx: 1") + page("console", "$ cat a\nx: 2"), "x: 2"),
        (page("python", "assert False"), "AssertionError"),
        (page("python", ">>> 1 + 1\n3"), "Expected"),
    ],
)
def test_what_does_not_hold_is_found(text: str, expected: str) -> None:
    found = problems(text)
    assert len(found) == 1
    assert expected in found[0]


def test_a_command_may_continue_on_the_next_line() -> None:
    assert list(examples.commands("$ offramp run \\\n  --seed 1\nout\n")) == [("offramp run    --seed 1", "out\n")]
