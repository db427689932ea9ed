"""Scenario folders for tests: written from text, or from an example of the catalogue."""

from pathlib import Path

from offramp.scenario.codes.entry import BASE, Example


def write(folder: Path, text: str | bytes = BASE, **files: str | bytes) -> Path:
    """Write `scenario.yaml` and further files (`part__yaml` for `part.yaml`) into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {"scenario.yaml": text, **files}.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def write_example(folder: Path, example: Example) -> Path:
    """Write an example of the catalogue."""
    if example.has_scenario:
        (folder / "scenario.yaml").write_bytes(example.written())
    for name, content in example.files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def changed(*edits: tuple[str, str]) -> str:
    """The base scenario with pieces of its text replaced, each of which stands there once."""
    text = BASE
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
