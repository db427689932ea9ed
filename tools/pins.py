"""Show that constraints.txt pins every package exactly and resolves on each supported Python.

Pip resolves the whole tree of `offramp[dev]` and its build tools for each version without installing anything; each
package that it would install must be the pinned one.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.13")
BUILD_TOOLS = ("hatchling", "editables")


def normalise(name: str) -> str:
    """Spell a distribution's name the one way that compares."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(path: Path) -> dict[str, str]:
    """Read `name==version` lines; anything else but comments is refused."""
    pins: dict[str, str] = {}
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        found = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)", line.strip())
        if found is None:
            raise SystemExit(f"constraints.txt: `{line}` is not an exact pin")
        pins[normalise(found[1])] = found[2]
    return pins


def read_requirements(path: Path) -> list[str]:
    """Read what the package and its extras require, less the extras that name the package itself."""
    project = tomllib.loads(path.read_text())["project"]
    wanted = [*project["dependencies"], *BUILD_TOOLS]
    for extra in project["optional-dependencies"].values():
        wanted += [requirement for requirement in extra if not requirement.startswith("offramp")]
    return wanted


def resolve(requirements: list[str], python: str) -> dict[str, str]:
    """Ask pip what it would install for a Python version under the constraints."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--only-binary=:all:", "--python-version", python, "--target", folder]
        command += ["--report", f"{folder}/report.json", "-c", str(ROOT / "constraints.txt"), *requirements]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reasons = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
            raise SystemExit(f"Python {python}: pip cannot resolve the pins\n" + "\n".join(reasons))
        report = json.loads(Path(folder, "report.json").read_text())
    return {normalise(item["metadata"]["name"]): item["metadata"]["version"] for item in report["install"]}


def main() -> None:
    """Compare what pip resolves with what is pinned, for each Python version."""
    pins = read_pins(ROOT / "constraints.txt")
    requirements = read_requirements(ROOT / "pyproject.toml")
    for python in PYTHONS:
        resolved = resolve(requirements, python)
        loose = sorted(set(resolved) - set(pins))
        if loose:
            raise SystemExit(f"Python {python}: not pinned in constraints.txt: {', '.join(loose)}")
        print(f"Python {python}: {len(resolved)} packages, all pinned")


if __name__ == "__main__":
    main()
