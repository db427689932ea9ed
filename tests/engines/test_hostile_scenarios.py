"""Nothing that a scenario says becomes code, and compiling imports nothing from the folder in which one works."""

import ast
import dataclasses
import subprocess
from pathlib import Path

import pytest

from offramp.core.errors import Place
from offramp.engine.generate import source
from offramp.engine.generate.source import stray_code
from offramp.engine.generate.specialise import compile_command
from tests.engines.constructs import CONSTRUCTS

HOSTILE = 'T"""\nraise SystemExit("run by a title")\nx = """\\'


@pytest.mark.parametrize("name", list(CONSTRUCTS)[:6])
def test_titles_names_and_places_stay_words(name: str) -> None:
    model = CONSTRUCTS[name]()
    paths = [q.path for q in model.quantities] + [m.path for m in model.moves]
    hostile = dataclasses.replace(
        model, title=HOSTILE, name=HOSTILE, places={path: Place(f"a\n{HOSTILE}\nb.yaml", 3, 1) for path in paths}
    )
    printed = source(hostile)
    assert stray_code(printed) == []
    assert len(ast.parse(printed).body) == len(ast.parse(source(model)).body)


def test_the_guard_finds_a_statement_of_unknown_origin() -> None:
    assert stray_code('"""Doc."""\nfrom numba import cfunc\nx = 64\n') == []
    assert stray_code('"""Doc."""\nx = 64\nprint(x)\n') == ["print(x)"]
    assert stray_code('"""Doc."""\nx = open("a")\n') == ["x = open('a')"]


def test_compiling_imports_nothing_from_the_working_folder(tmp_path: Path) -> None:
    for name in ("json", "numba", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(77)", encoding="utf-8")
    (tmp_path / "formulas_x.py").write_text("VALUE = 1\n", encoding="utf-8")
    done = subprocess.run(
        compile_command(tmp_path / "formulas_x.py"), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 77
    assert "SystemExit" not in done.stderr
