"""Files and functions keep to their budgets, and each budget can be broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import budget_rules
from tests.architecture.test_imports import plant

RULES = [budget_rules.file_problems, budget_rules.function_problems, budget_rules.name_problems]

LONG = "def f():\n" + "    print()\n" * 60
BRANCHED = "def f(x):\n" + "    if x:\n        x()\n" * 10
DEEP = "def f(x):\n for a in x:\n  if a:\n   with a:\n    while a:\n     a()"

MANY = "def f(a, *, b, c, d, e, g, h): ..."
AFAR = {"case.py": "from offramp.model.a import f, F"}

PLANTED = [
    ("file_problems", {"a.py": "x = 1\n" * 500}, "501 lines"),
    ("function_problems", {"a.py": LONG}, "61 lines"),
    ("function_problems", {"a.py": BRANCHED}, "11 branches"),
    ("function_problems", {"a.py": DEEP}, "4 blocks deep"),
    ("function_problems", AFAR | {"model/a.py": "def f(a, b, c): ..."}, "3 positional parameters"),
    ("function_problems", AFAR | {"model/a.py": "class F:\n    def f(self, a, b, c): ..."}, "3 positional parameters"),
    ("function_problems", {"a.py": MANY}, "7 parameters"),
    ("function_problems", AFAR | {"model/a.py": "# budget: no\ndef f(a, b, c): ..."}, "3 positional parameters"),
    ("function_problems", {"a.py": "# budget: for f alone\n" + MANY + "\n\n\n" + MANY.replace("f(", "g(")}, "g: 7"),
    ("function_problems", {"a.py": "# budget(nesting): a table of the day\n\nx = 1\n" + MANY}, "f: 7"),
    ("file_problems", {"a.py": "# budget(nesting): a table of the day\n\n" + "x = 1\n" * 500}, "503 lines"),
    ("name_problems", {"core/utils.py": ""}, "name the idea"),
    ("name_problems", {"helpers/a.py": ""}, "name the idea"),
    ("name_problems", {"core/_common.py": ""}, "name the idea"),
]

LAWFUL = [
    'def f():\n    """' + "Say it.\n" * 90 + '    """\n    return 1',
    "def f(x):\n    match x:\n" + "".join(f"        case {n}:\n            return {n}\n" for n in range(20)),
    "def f(a):\n    if a:\n        pass\n" + "".join(f"    elif a == {n}:\n        pass\n" for n in range(8)),
    "class A:\n    def f(self, a, b, *, c, d, e, g): ...",
    "class A:\n    def __exit__(self, kind, value, trace): ...",
    "# budget: one stage of the day, read in order\n" + LONG,
    "def f(a, b, c):  # budget: a callback whose signature SciPy fixes\n    return a",
    "# budget(positional): formulas, written as in the kernel\n\nx = 1\ndef f(a, b, c): ...",
    "@njit(cache=True)\ndef f(a, b, c, d, e, g, h): ...",
    '"""Table."""\n\n# budget: a table, one row per function of the language\n\n' + "x = 1\n" * 600 + "def f(): ...",
]


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps_the_budget(rule: Callable[[], list[str]]) -> None:
    assert rule() == []


@pytest.mark.parametrize(("rule", "files", "expected"), PLANTED)
def test_a_planted_excess_is_found(rule: str, files: dict[str, str], expected: str, tmp_path: Path) -> None:
    problems = getattr(budget_rules, rule)(plant(tmp_path, files))
    assert len(problems) == 1
    assert expected in problems[0]


@pytest.mark.parametrize("text", ["def f(a, b, c): ...", "class A:\n    def f(self, a, b, c): ..."])
def test_what_its_own_package_calls_may_take_arguments_in_order(text: str, tmp_path: Path) -> None:
    files = {"model/a.py": text, "model/b.py": "from offramp.model.a import f, A"}
    assert budget_rules.function_problems(plant(tmp_path, files)) == []


def test_formulas_may_take_their_arguments_in_order(tmp_path: Path) -> None:
    files = {"case.py": "from offramp.core.a import f", "core/a.py": "def f(a, b, c, d, e, g): ..."}
    assert budget_rules.function_problems(plant(tmp_path, files)) == []


def test_a_command_may_have_many_options(tmp_path: Path) -> None:
    text = "def f(a, b, c, d, e, g, h, i): ..."
    assert budget_rules.function_problems(plant(tmp_path, {"cli/a.py": text})) == []
    assert budget_rules.function_problems(plant(tmp_path, {"cli/a.py": text.replace("def f", "def _f")}))


@pytest.mark.parametrize("text", LAWFUL)
@pytest.mark.parametrize("rule", RULES)
def test_what_is_allowed_passes(rule: Callable[[Path], list[str]], text: str, tmp_path: Path) -> None:
    assert rule(plant(tmp_path, {"a.py": text})) == []
