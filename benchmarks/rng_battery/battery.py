"""Run dieharder on the noise of `offramp.core.noise`, nested in two orders, and print a table of p-values.

    python benchmarks/rng_battery/battery.py > benchmarks/rng_battery/result.txt
    python benchmarks/rng_battery/battery.py --tests 17 203 --first-seed 2000   # some tests, other seeds

Needs the Debian package `dieharder`; takes about fifteen minutes on an idle core. Each test reads a stream of its own
seed, made by the engine's own compiled functions. Orders, slowest part of the address first:

- `run-day-slot`: what one run draws, day by day (64 hashed slots, 366 days, ever new runs);
- `day-slot-run`: what 65,536 runs draw for the same thing on the same day (64 slots, ever new days);
- `control`: NumPy's PCG64, a generator beyond suspicion, to see what dieharder itself makes of one.

Were dieharder exact, a generator without fault would give uniform p-values: one in a hundred WEAK (below 0.005 or above
0.995), none FAILED (beyond 1e-6). It is not quite: the control's p-values lean to the high side, too. The last lines
therefore compare those of our orders with the control's. A WEAK test is run again at other seeds; `result.txt` keeps
everything that was run.
"""

import argparse
import datetime
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import numpy as np
from numba import njit
from scipy import stats

import offramp.engine.kernels.shared  # noqa: F401  (lets compiled code call the functions of core)
from offramp.core.noise import day_key, draw_word, run_key, slot

ORDERS = ("run-day-slot", "day-slot-run", "control")
# (test number, dieharder's options): those of 5, 6, 7 and 14 are unreliable, some options shorten the rest.
TESTS = [
    (0, ""), (1, ""), (2, ""), (3, ""), (4, ""), (8, ""), (9, ""), (10, ""), (11, ""), (12, ""), (13, ""), (15, ""),
    (16, ""), (17, "-p 20"), (100, ""), (101, ""), (102, "-p 30"), (200, "-n 4"), (200, "-n 12"), (201, "-n 3 -p 200"),
    (202, "-n 5"), (203, "-n 5"), (203, "-n 31 -p 20"), (204, "-p 200"), (205, ""), (206, ""), (207, ""), (208, ""),
    (209, ""),
]  # fmt: skip
CONTROL = ORDERS[-1]
FIRST_DAY = datetime.date(2019, 5, 1).toordinal()
DAYS, SLOTS, RUNS = 366, 64, 65_536


@njit(error_model="numpy", cache=True)
def _one_run(seed, run, slots, words):
    k0, k1 = run_key(seed, run)
    for day in range(words.shape[0]):
        d0, d1 = day_key(k0, k1, FIRST_DAY + day)
        for i in range(words.shape[1]):
            words[day, i] = draw_word(d0, d1, slots[i])


@njit(error_model="numpy", cache=True)
def _one_day(seed, day, slots, words):
    for run in range(words.shape[1]):
        k0, k1 = run_key(seed, run)
        d0, d1 = day_key(k0, k1, FIRST_DAY + day)
        for i in range(words.shape[0]):
            words[i, run] = draw_word(d0, d1, slots[i])


def stream(order: str, seed: int) -> None:
    """Write words to standard output until the reader has had enough."""
    if order == CONTROL:
        generator = np.random.Generator(np.random.PCG64(seed))
        blocks = (generator.bytes(2**20) for _ in range(2**31))
    else:
        blocks = _addressed_blocks(order, seed)
    try:
        for block in blocks:
            sys.stdout.buffer.write(block)
    except BrokenPipeError:
        sys.stderr.close()


def _addressed_blocks(order: str, seed: int) -> Iterator[memoryview]:
    """Iterate over the words of one run, or of one day."""
    slots = np.array([slot("choice", f"actor.move{i}") for i in range(SLOTS)], np.uint32)
    step, shape = (_one_run, (DAYS, SLOTS)) if order == ORDERS[0] else (_one_day, (SLOTS, RUNS))
    words = np.zeros(shape, np.uint32)
    for outer in range(2**31):
        step(np.uint64(seed), outer, slots, words)
        yield words.data


def p_values(order: str, test: int, options: str, *, seed: int) -> list[tuple[str, float]]:
    """Run one test on one order; name and p-value of each of its results."""
    command = [sys.executable, __file__, "--stream", order, "--seed", str(seed)]
    source = subprocess.Popen(command, stdout=subprocess.PIPE)
    fields = [part for name in ("test_name", "ntuple", "pvalues") for part in ("-D", name)]
    report = subprocess.run(
        ["dieharder", "-g", "200", "-d", str(test), *options.split(), *fields, "-c", "|"],
        stdin=source.stdout, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    source.stdout.close()
    source.wait()
    rows = [[cell.strip() for cell in line.split("|")] for line in report.splitlines() if line.count("|") >= 2]
    return [(f"{row[0]} {row[1]}", float(row[2])) for row in rows if _is_number(row[2])]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def battery(tests: list[int], first_seed: int) -> None:
    """Print every p-value, then the verdict over all."""
    version = subprocess.run(["dieharder", "-h"], capture_output=True, text=True, check=False).stdout
    banner = next((line for line in version.splitlines() if "version" in line), "dieharder").strip("#= ")
    today = datetime.datetime.now(tz=datetime.UTC).date()
    machine = f"Python {platform.python_version()}  NumPy {np.__version__}  {platform.machine()}"
    print(f"{today}  first seed {first_seed}  {banner}  {machine}")
    print(f"{'order':14} {'test and tuple':32} {'p':>10}  verdict", flush=True)
    every: dict[str, list[float]] = {order: [] for order in ORDERS}
    for order in ORDERS:
        for test, options in [row for row in TESTS if row[0] in tests]:
            for name, p in p_values(order, test, options, seed=first_seed + test):
                print(f"{order:14} {name:32} {p:10.8f}  {_verdict(p)}", flush=True)
                every[order].append(p)
    for order, p in every.items():
        verdicts = [_verdict(value) for value in p]
        counts = ", ".join(f"{verdicts.count(word)} {word}" for word in ("passed", "WEAK", "FAILED"))
        against = stats.ks_2samp(p, every[CONTROL]).pvalue
        print(f"{order:14} {len(p)} p-values: {counts}; mean {np.mean(p):.3f}; like the control: p = {against:.2g}")


def _verdict(p: float) -> str:
    """Judge as dieharder does."""
    if min(p, 1.0 - p) < 5e-7:
        return "FAILED"
    return "WEAK" if min(p, 1.0 - p) < 0.005 else "passed"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stream", choices=ORDERS, help="write the raw words of one order instead")
    parser.add_argument("--seed", type=int, default=1, help="seed of --stream")
    parser.add_argument("--tests", type=int, nargs="+", default=[test for test, _ in TESTS], help="of dieharder -l")
    parser.add_argument("--first-seed", type=int, default=1000, help="each test adds its number")
    arguments = parser.parse_args()
    if arguments.stream:
        stream(arguments.stream, arguments.seed)
    else:
        with tempfile.TemporaryDirectory() as fresh:  # a cache that outlives this program could be out of date
            os.environ["NUMBA_CACHE_DIR"] = fresh
            battery(arguments.tests, arguments.first_seed)
