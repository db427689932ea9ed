"""The cache of compiled code: damaged, read-only, full, shared and grown old, it costs time and never a result."""

import errno
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from offramp.core import storage
from offramp.engine import cache, prune, seal

SMALL = '''"""Two compiled functions, one when imported and one when first called."""

from numba import cfunc, njit, types


@njit(cache=True)
def double(x):
    return 2.0 * x


@cfunc(types.float64(types.float64), cache=True)
def triple(x):
    return 3.0 * x
'''
CALL = (
    "import sys; from offramp.engine import cache; "
    "module = cache.load('fold', sys.stdin.read()); "
    "print(module.double(2.0), module.triple.ctypes(2.0), sum(module.double.stats.cache_hits.values()))"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def call(text: str = SMALL, **environment: str) -> tuple[str, int]:
    """Load a text in another process and call what it compiles: the two results, and how often the cache served."""
    command = [sys.executable, "-W", "error", "-c", CALL]
    everything = {**os.environ, **environment}
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, env=everything)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    double, triple, hits = done.stdout.split()
    return f"{double} {triple}", int(hits)


def call_with(trouble: str) -> list[str]:
    """Load and call the small module in a process in which something fails."""
    program = f"import errno\n{trouble}{CALL}"
    done = subprocess.run([sys.executable, "-c", program], input=SMALL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[:2]


def compiled(folder: Path, suffix: str) -> list[Path]:
    return sorted((folder / "__pycache__").glob(f"*{suffix}"))


@pytest.fixture(scope="module")
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the small module has been compiled."""
    made = tmp_path_factory.mktemp("compiled") / "cache"
    assert call(OFFRAMP_CACHE=str(made)) == ("4.0 6.0", 0)
    return made


@pytest.fixture
def filled(folder: Path, compiled_once: Path) -> Path:
    shutil.copytree(compiled_once, folder)
    return folder


@pytest.mark.slow
def test_what_is_compiled_is_sealed_and_served_again(filled: Path) -> None:
    assert len(compiled(filled, ".seal")) == 1
    assert len(compiled(filled, ".nbc")) == 2
    assert call() == ("4.0 6.0", 1)


def spoil(file: Path, how: str) -> None:
    content = bytearray(file.read_bytes())
    match how:
        case "empty":
            content.clear()
        case "cut":
            del content[len(content) // 2 :]
        case "changed":
            content[len(content) // 2] ^= 0xFF
        case "other":
            content[:] = b"not a pickle at all"
    file.write_bytes(bytes(content))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        *((f"*.{of}", "changed") for of in ("nbi", "nbc", "seal", "py")),
        ("*.nbc", "cut"),
        ("*.*", "empty"),
        ("*.*", "other"),
    ],
)
def test_a_damaged_file_is_made_anew(filled: Path, pattern: str, how: str) -> None:
    for file in filled.rglob(pattern):
        if file.is_file():
            spoil(file, how)
    assert call()[0] == "4.0 6.0"
    assert call() == ("4.0 6.0", 1)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["empty", "cut", "other"])
def test_a_damaged_file_that_was_never_sealed_is_made_anew(filled: Path, how: str) -> None:
    compiled(filled, ".seal")[0].unlink()
    for file in (*compiled(filled, ".nbi"), *compiled(filled, ".nbc")):
        spoil(file, how)
    assert call()[0] == "4.0 6.0"
    assert call() == ("4.0 6.0", 1)


@pytest.mark.slow
def test_a_missing_file_is_made_anew(filled: Path) -> None:
    compiled(filled, ".nbc")[0].unlink()
    assert call()[0] == "4.0 6.0"
    assert call() == ("4.0 6.0", 1)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["/dev/null/cache", "/proc/offramp", "file"])
def test_a_cache_that_cannot_be_a_folder_is_done_without(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    assert call(OFFRAMP_CACHE=str(tmp_path / place))[0] == "4.0 6.0"
    assert (tmp_path / "file").read_text() == ""


@pytest.mark.slow
def test_with_no_room_anywhere_the_module_is_loaded_from_memory(folder: Path) -> None:
    assert call_with(
        "from offramp.engine import seal\n"
        "def full(*_): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "seal.write_at_once = full\n"
    ) == ["4.0", "6.0"]
    assert not list(folder.rglob("*.py"))


@pytest.mark.slow
def test_a_disk_that_is_full_when_compiled_code_is_kept_loses_nothing(folder: Path) -> None:
    """The source fits, what Numba makes of it does not."""
    assert call_with(
        "from numba.core import caching\n"
        "def full(*_): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "caching.IndexDataCacheFile._save_data = full\n"
    ) == ["4.0", "6.0"]
    assert not compiled(folder, ".seal")
    assert call()[0] == "4.0 6.0"


@pytest.mark.slow
def test_processes_that_compile_the_same_at_once_all_get_it(folder: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert {result for result, _ in pool.map(lambda _: call(), range(3))} == {"4.0 6.0"}
    assert call()[0] == "4.0 6.0"
    assert call() == ("4.0 6.0", 1)


def test_without_a_home_the_cache_is_a_folder_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("OFFRAMP_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(storage.Path, "home", no_home)
    assert storage.cache_folder() == storage.private_folder()
    assert storage.private_folder().stat().st_mode & 0o077 == 0


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(seal.Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        seal.write_at_once(tmp_path / "a.py", b"x")
    assert list(tmp_path.iterdir()) == []


def entry(folder: Path, number: int, *, days: float, size: int = 10) -> str:
    """Put a module and its compiled files into a cache, last used so many days ago."""
    name = f"formulas_{number:020x}"
    (folder / "__pycache__").mkdir(parents=True, exist_ok=True)
    pieces = [f"__pycache__/{name}.{ending}" for ending in ("run-1.py311.nbi", "run-1.py311.1.nbc", "seal")]
    when = time.time() - days * 86_400
    for file in (folder / f"{name}.py", *(folder / piece for piece in pieces)):
        file.write_bytes(b"x" * size)
        os.utime(file, (when, when))
    return name


def names(folder: Path) -> set[str]:
    return {file.name.partition(".")[0] for file in folder.rglob("formulas_*") if file.is_file()}


def test_the_longest_unused_modules_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "KEEP_MODULES", 3)
    kept = {entry(tmp_path, number, days=10 + number) for number in range(3)}
    entry(tmp_path, 3, days=20)
    assert len(prune.prune(tmp_path)) == 4
    assert names(tmp_path) == kept


def test_none_goes_that_was_used_of_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "KEEP_MODULES", 1)
    monkeypatch.setattr(prune, "KEEP_BYTES", 1)
    used = {entry(tmp_path, number, days=0.5 * number) for number in range(4)}
    assert prune.prune(tmp_path) == []
    assert names(tmp_path) == used


def test_to_load_a_module_is_to_use_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "KEEP_MODULES", 0)
    name = entry(tmp_path, 1, days=30)
    prune.mark_used(tmp_path / f"{name}.py")
    assert prune.prune(tmp_path) == []


def test_the_bound_on_size_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "KEEP_BYTES", 250)
    kept = {entry(tmp_path, number, days=10 + number, size=20) for number in range(3)}
    entry(tmp_path, 3, days=30, size=20)
    prune.prune(tmp_path)
    assert names(tmp_path) == kept


def test_what_is_not_offramps_is_never_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "KEEP_MODULES", 0)
    strange = [tmp_path / name for name in ("letter.txt", "formulas.py", "formulas_12.py", "x_0000000000000000000z.py")]
    link = tmp_path / f"formulas_{7:020x}.py"
    for file in strange:
        file.write_text("mine")
        os.utime(file, (1, 1))
    link.symlink_to(strange[0])
    prune.prune(tmp_path)
    assert all(file.is_file() for file in (*strange, link))


def test_adding_a_module_prunes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "KEEP_MODULES", 1)
    entry(folder, 1, days=30)
    cache.store("formulas", "ANSWER = 42\n")
    assert len(names(folder)) == 1
    assert len(list(folder.rglob("*.nbi"))) == 0
