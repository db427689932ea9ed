"""The version is said once and repeated nowhere else."""

import tomllib

import offramp
from tools.pins import ROOT


def test_the_citation_names_this_version_and_licence() -> None:
    lines = (ROOT / "CITATION.cff").read_text().splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"version: {offramp.__version__}" in lines
    assert f"license: {project['license']}" in lines


def test_the_changelog_speaks_of_this_version() -> None:
    assert offramp.__version__ in (ROOT / "CHANGELOG.md").read_text()
