"""Say in words on what machine and how busy it was."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine() -> str:
    """Return processor, cores, memory and operating system in one line."""
    system = f"{platform.system()} {platform.machine()}"
    return f"{_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB, {_vectors()}, {system}"


def load() -> str:
    """Return how many processes wanted the processor over the last minutes, the benchmark included."""
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    return _cpuinfo("model name") or platform.processor() or "unknown processor"


def _vectors() -> str:
    """Name the widest vector instructions, which decide what lockstep can gain."""
    flags = (_cpuinfo("flags") or "").split()
    widest = next((flag for flag in ("avx512f", "avx2", "avx") if flag in flags), None)
    return widest or "vector width unknown"


def _cpuinfo(key: str) -> str | None:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), None)


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
