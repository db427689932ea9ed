"""Check the licence of every distribution that `offramp` with all its extras brings.

No GPL or AGPL. LGPL, MPL and packages under several licences pass only when listed below with a reason. What counts
is the closure of our own requirements, read from the metadata of what is installed; pip itself is no part of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution

from tools.pins import ROOT, normalise, read_requirements

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Python-2\.0|Zlib|CC0|Unlicense|Public Domain|HPND)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"(?<![A-Z])([AL]?GPL|MPL)|General Public License|Mozilla Public", re.IGNORECASE)

# Distribution -> why its licence is no obstacle. Each is an unmodified library.
ALLOWED = {
    "certifi": "MPL-2.0; a certificate list, reached only by the documentation builder",
    "docutils": "public domain and BSD; the GPL covers an Emacs mode that its wheel does not install",
    "hypothesis": "MPL-2.0; development only, unmodified",
    "pathspec": "MPL-2.0; build and type-check tools only, unmodified",
}


@dataclass(frozen=True)
class Package:
    """A distribution's name and what its metadata says of its licence."""

    name: str
    licence: str


def licence_of(found: Distribution) -> str:
    """Read the licence expression, else the classifiers, else the free text's first line."""
    meta = found.metadata
    if "License-Expression" in meta:
        return meta["License-Expression"]
    prefix = "License :: "
    classifiers = [text.split(" :: ")[-1] for text in meta.get_all("Classifier") or [] if text.startswith(prefix)]
    if named := [text for text in classifiers if text != "OSI Approved"]:
        return "; ".join(named)
    free = meta["License"] if "License" in meta else ""  # noqa: SIM401  the type of `meta` has no `get`
    return (free.strip().splitlines() or ["unknown"])[0]


def closure(names: list[str]) -> Iterator[Package]:
    """Walk requirements to everything that they bring; what a marker leaves out is not installed and so not seen."""
    ahead, seen = list(names), set()
    while ahead:
        name = normalise(re.split(r"[^A-Za-z0-9._-]", ahead.pop(), maxsplit=1)[0])
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except ModuleNotFoundError:
            continue
        yield Package(name, licence_of(found))
        ahead += [need for need in found.requires or [] if "extra ==" not in need]


def problem(package: Package) -> str:
    """Say what is wrong with a package's licence, or nothing."""
    if package.name in ALLOWED:
        return ""
    if COPYLEFT.search(package.licence):
        return f"{package.name}: `{package.licence}` is copyleft and has no listed reason"
    if not PERMISSIVE.search(package.licence):
        return f"{package.name}: `{package.licence}` is not known to be permissive"
    return ""


def main() -> None:
    """Print each package with its licence; fail if any has a problem."""
    packages = sorted(closure(read_requirements(ROOT / "pyproject.toml")), key=lambda package: package.name)
    for package in packages:
        print(f"{package.name:32}{package.licence[:60]:62}{ALLOWED.get(package.name, '')}".rstrip())
    problems = [text for text in map(problem, packages) if text]
    if problems:
        raise SystemExit("\n".join(problems))
    print(f"{len(packages)} packages, no forbidden licence")


if __name__ == "__main__":
    main()
