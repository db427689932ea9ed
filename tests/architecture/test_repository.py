"""No machine's path, no registry, no forbidden licence, no running of scenario text; and each check can fail."""

from pathlib import Path

import pytest

from tests.architecture import text_rules
from tests.architecture.test_imports import plant
from tools import licences, pins


def test_no_file_names_a_machine_or_a_registry() -> None:
    assert text_rules.text_problems(text_rules.repository_files()) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("open('/" + "work/main/x')", "a path of one machine"),
        ("see /" + "root/.cache", "a path of one machine"),
        ("cp /" + "tmp/a b", "a path of one machine"),
        (".." + "/shared/style.md", "a path of one machine"),
        ("--index-url https://pypi" + ".org/simple", "a registry's host"),
    ],
)
def test_a_planted_line_is_found(line: str, expected: str, tmp_path: Path) -> None:
    plant(tmp_path, {"a.md": f"first\n{line}"})
    assert text_rules.text_problems(tmp_path.rglob("*.md")) == [f"a.md:2: {expected}"]


def test_ordinary_paths_pass(tmp_path: Path) -> None:
    plant(tmp_path, {"a.md": "docs/work/in.md\nhttps://example.org/work/main\n~/tmp\n/"})
    assert text_rules.text_problems(tmp_path.rglob("*.md")) == []


def test_scenario_text_is_never_run() -> None:
    assert text_rules.execution_problems() == []


@pytest.mark.parametrize("call", ["eval(x)", "exec(x)", "compile(x, '', 'eval')", "run = eval"])
def test_a_planted_eval_is_found(call: str, tmp_path: Path) -> None:
    plant(tmp_path, {"expr/a.py": call, "engine/a.py": call, "scenario/b.py": "re.compile('x')"})
    problems = text_rules.execution_problems(tmp_path)
    assert [problem.split(":")[0] for problem in problems] == ["expr/a.py"]


def resolved_tree() -> list[licences.Package]:
    return list(licences.closure(pins.read_requirements(pins.ROOT / "pyproject.toml")))


def test_every_dependency_has_a_lawful_licence() -> None:
    assert [text for text in map(licences.problem, resolved_tree()) if text] == []


def test_each_reasoned_exception_is_still_needed() -> None:
    assert set(licences.ALLOWED) <= {package.name for package in resolved_tree()}


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-or-later",
        "GNU Affero General Public License v3",
        "AGPL-3.0",
        "LGPLv2+",
        "MPL-2.0",
        "BSD OR GPL-2.0",
        "?",
    ],
)
def test_a_forbidden_licence_is_found(licence: str) -> None:
    assert licences.problem(licences.Package("planted", licence))


@pytest.mark.parametrize("licence", ["MIT", "BSD License", "Apache-2.0 WITH LLVM-exception", "PSF-2.0", "ISC"])
def test_a_permissive_licence_passes(licence: str) -> None:
    assert licences.problem(licences.Package("planted", licence)) == ""


def test_everything_that_is_installed_for_offramp_is_pinned() -> None:
    pinned = pins.read_pins(pins.ROOT / "constraints.txt")
    assert {package.name for package in resolved_tree()} <= set(pinned)


@pytest.mark.parametrize("line", ["numpy>=2", "numpy", "-i https://example.org", "numpy==2 # why"])
def test_a_loose_pin_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "constraints.txt"
    path.write_text(f"# pins\n{line}\n")
    with pytest.raises(SystemExit, match="is not an exact pin"):
        pins.read_pins(path)
