"""Modules from the cache are whole for every thread that asks for them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from offramp.engine import cache


def test_threads_that_load_at_once_all_get_the_whole_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    text = "import time\ntime.sleep(0.2)\nlast = 'defined at the end'\n"
    together = Barrier(4)

    def load(_: int) -> str:
        together.wait()
        return str(cache.load("day_loop", text).last)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(load, range(4))) == ["defined at the end"] * 4
