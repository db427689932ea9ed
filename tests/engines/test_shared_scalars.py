"""The scalar functions of ``core`` give the same bits compiled and plain, and lane loops that call them vectorise."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import FunctionType

import numpy as np
import pytest
from numba import njit

from offramp.core import arithmetic, bits, draws, noise, special
from offramp.engine.kernels.shared import is_branchless, shared_functions

F = np.float32
N = 100_000
compiled = njit(error_model="numpy")


def over_lanes(function, n_words, n_floats, *, words_out=0):
    """Compile a loop over lanes that calls a scalar function of some words, then some floats."""
    names = [f"w{i}" for i in range(n_words)] + [f"x{i}" for i in range(n_floats)]
    results = ", ".join(f"r{i}[lane]" for i in range(max(words_out, 1)))
    outputs = ", ".join(f"r{i}" for i in range(max(words_out, 1)))
    text = f"""
def loop({", ".join(names)}, {outputs}):
    for lane in range(r0.size):
        {results} = function({", ".join(f"{name}[lane]" for name in names)})
"""
    namespace = {"function": function}
    exec(text, namespace)
    return compiled(namespace["loop"])


def words(n=N, seed=1):
    return np.random.default_rng(seed).integers(0, 2**32, n, dtype=np.uint32)


def spread_floats(n=N, seed=2, low=-30.0, high=30.0):
    """Floats of all magnitudes and both signs, zeros and ones included."""
    rng = np.random.default_rng(seed)
    x = np.exp(rng.uniform(low, high, n)) * rng.choice([-1.0, 1.0], n)
    x[:4] = [0.0, -0.0, 1.0, -1.0]
    return x.astype(np.float32)


def same_bits(got, expected):
    return np.array_equal(got.view(np.uint32), np.asarray(expected, dtype=got.dtype).view(np.uint32))


UNARY = ["exp32", "log32", "log1p32", "sqrt32", "logistic", "abs32"]
BINARY = ["divide32", "minimum32", "maximum32"]


@pytest.mark.parametrize("name", UNARY)
def test_compiled_arithmetic_of_one_number_has_the_bits_of_plain_python(name):
    function, x, out = getattr(arithmetic, name), spread_floats(), np.zeros(N, np.float32)
    over_lanes(function, 0, 1)(x, out)
    assert same_bits(out, [function(value) for value in x])


@pytest.mark.parametrize("name", BINARY)
def test_compiled_arithmetic_of_two_numbers_has_the_bits_of_plain_python(name):
    function, out = getattr(arithmetic, name), np.zeros(N, np.float32)
    x, y = spread_floats(), spread_floats(seed=3)
    over_lanes(function, 0, 2)(x, y, out)
    assert same_bits(out, [function(*pair) for pair in zip(x, y, strict=True)])


def test_compiled_clips_have_the_bits_of_plain_python():
    x, y, z = spread_floats(), spread_floats(seed=3, low=-3.0, high=1.0), spread_floats(seed=4)
    out = np.zeros(N, np.float32)
    over_lanes(arithmetic.clip32, 0, 3)(x, y, z, out)
    assert same_bits(out, [arithmetic.clip32(*row) for row in zip(x, y, z, strict=True)])


def test_compiled_keys_and_words_have_the_bits_of_plain_python():
    k0, k1, day, slot = (words(seed=seed) for seed in range(4))
    plain = [[int(value) for value in column] for column in (k0, k1, day, slot)]
    d0, d1, word, later = (np.zeros(N, np.uint32) for _ in range(4))
    over_lanes(noise.day_key, 3, 0, words_out=2)(k0, k1, day, d0, d1)
    assert list(zip(d0, d1, strict=True)) == [noise.day_key(*row) for row in zip(*plain[:3], strict=True)]
    over_lanes(noise.draw_word, 3, 0)(k0, k1, slot, word)
    assert list(word) == [noise.draw_word(*row) for row in zip(plain[0], plain[1], plain[3], strict=True)]
    over_lanes(noise.occurrence, 2, 0)(slot, day, later)
    assert list(later) == [noise.occurrence(*row) for row in zip(plain[3], plain[2], strict=True)]


def test_compiled_run_keys_have_the_bits_of_plain_python_for_all_of_64_bits():
    rng = np.random.default_rng(5)
    seeds, runs = (rng.integers(0, 2**64, N, dtype=np.uint64) for _ in range(2))
    k0, k1 = np.zeros(N, np.uint32), np.zeros(N, np.uint32)
    over_lanes(noise.run_key, 2, 0, words_out=2)(seeds, runs, k0, k1)
    expected = [noise.run_key(int(seed), int(run)) for seed, run in zip(seeds, runs, strict=True)]
    assert list(zip(k0, k1, strict=True)) == expected


@pytest.mark.parametrize("name", ["uniform", "gumbel", "normal"])
def test_compiled_variates_have_the_bits_of_plain_python(name):
    function, word, out = getattr(noise, name), words(), np.zeros(N, np.float32)
    over_lanes(function, 1, 0)(word, out)
    assert same_bits(out, [function(int(value)) for value in word])


def on_arrays(function):
    """Rebuild a branchless scalar function of ``core`` over NumPy arrays: a third way to run the same text."""
    arrays = {
        "select": np.where, "sqrt_float": np.sqrt, "floor_float": np.floor,
        "word_to_float": lambda w: w.astype(np.int32).astype(np.float32),
        "float_to_word": lambda x: x.astype(np.int32).astype(np.uint32),
        "float_bits": lambda x: x.view(np.uint32), "bits_float": lambda w: w.astype(np.uint32).view(np.float32),
        "add32": lambda x, y: x + np.uint32(y), "shr32": lambda x, n: x >> np.uint32(n),
        "and32": lambda x, y: x & np.uint32(y),
    }  # fmt: skip
    world = dict(function.__globals__)
    for name in function.__code__.co_names:
        value = world.get(name)
        if name in arrays:
            world[name] = arrays[name]
        elif isinstance(value, FunctionType) and value.__module__.startswith("offramp.core.") and value in SHARED:
            world[name] = on_arrays(value)
    return FunctionType(function.__code__, world, function.__name__)


SHARED = set(shared_functions())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["uniform", "gumbel", "normal"])
def test_every_possible_variate_has_the_bits_of_the_same_text_over_numpy_arrays(name):
    word = np.arange(2**23, dtype=np.uint32) << np.uint32(9)
    out = np.zeros(word.size, np.float32)
    over_lanes(getattr(noise, name), 1, 0)(word, out)
    assert same_bits(out, on_arrays(getattr(noise, name))(word))


NONE = draws.UNBOUNDED
# family, first and second argument (each spread over its range by a factor), bounds
FAMILIES = [
    (draws.CONSTANT, 0.2, 0.0, -NONE, NONE), (draws.UNIFORM, -1.0, 3.0, -NONE, NONE),
    (draws.NORMAL, 1.0, 0.4, -NONE, NONE), (draws.NORMAL, 1.0, 0.4, 0.0, 3.0), (draws.NORMAL, 1.0, 0.4, 2.0, NONE),
    (draws.LOGNORMAL, 5.0, 0.7, -NONE, NONE), (draws.LOGNORMAL, 5.0, 0.7, 1.0, 9.0),
    (draws.EXPONENTIAL, 0.4, 0.0, -NONE, NONE), (draws.EXPONENTIAL, 0.4, 0.0, 1.0, 2.0),
    (draws.BERNOULLI, 0.3, 0.0, -NONE, NONE), (draws.POISSON, 0.4, 0.0, -NONE, NONE),
    (draws.POISSON, 5.0, 0.0, 1.0, 9.0), (draws.NEGBINOMIAL, 3.0, 0.5, -NONE, NONE),
]  # fmt: skip
SEARCHED = [
    (draws.GAMMA, 3.0, 6.0, -NONE, NONE), (draws.GAMMA, 0.3, 6.0, 0.01, 1.0), (draws.BETA, 2.0, 5.0, -NONE, NONE),
    (draws.BETA, 0.4, 0.6, 0.1, 0.9), (draws.POISSON, 90.0, 0.0, -NONE, NONE),
    (draws.NEGBINOMIAL, 90.0, 2.0, 3.0, NONE), (draws.NORMAL, 1.0, 0.4, 0.0, NONE),
]  # fmt: skip


@compiled
def draw_lanes(family, a, b, low, high, u, out):
    for lane in range(out.size):
        out[lane] = draws.draw(family, a[lane], b[lane], low, high, u[lane])


def draws_agree(case, n):
    family, a, b, low, high = case
    factor = np.exp(np.random.default_rng(7).uniform(-0.5, 0.5, (2, n))).astype(np.float32)
    columns = F(a) * factor[0], F(b) * factor[1]
    u = ((words(n) >> np.uint32(9)).astype(np.float64) + 0.5).astype(np.float32) * F(2.0**-23)
    out = np.zeros(n, np.float32)
    draw_lanes(family, *columns, F(low), F(high), u, out)
    return same_bits(out, [draws.draw(family, x, y, F(low), F(high), v) for x, y, v in zip(*columns, u, strict=True)])


@pytest.mark.parametrize("case", [*FAMILIES, *SEARCHED])
def test_compiled_draws_have_the_bits_of_plain_python(case):
    assert draws_agree(case, 500)


@pytest.mark.slow
@pytest.mark.parametrize("case", FAMILIES)
def test_compiled_draws_have_the_bits_of_plain_python_at_many_arguments(case):
    assert draws_agree(case, N)


@pytest.mark.slow
@pytest.mark.parametrize("case", SEARCHED)
def test_compiled_draws_found_by_search_have_the_bits_of_plain_python_at_many_arguments(case):
    assert draws_agree(case, N // 20)  # a plain search takes up to two milliseconds


def test_compiled_counts_and_categories_have_the_bits_of_plain_python():
    cumulative = draws.cumulative_weights([0.2, 0.0, 0.5, 0.3])
    u = ((words(20_000) >> np.uint32(9)) + 0.5).astype(np.float32) * F(2.0**-23)
    rate = np.abs(spread_floats(20_000, low=-4.0, high=1.0))

    @compiled
    def loop(weights, rates, us, index, count):
        for lane in range(us.size):
            index[lane] = draws.categorical(weights, us[lane])
            count[lane] = draws.poisson_count(rates[lane], us[lane], 3)

    index, count = np.zeros(u.size, np.float32), np.zeros(u.size, np.float32)
    loop(cumulative, rate, u, index, count)
    assert same_bits(index, [draws.categorical(cumulative, x) for x in u])
    assert same_bits(count, [draws.poisson_count(r, x, 3) for r, x in zip(rate, u, strict=True)])


def test_what_runs_on_the_host_only_is_not_shared():
    assert {f.__module__ for f in SHARED} == {m.__name__ for m in (arithmetic, noise, special, draws)}
    assert {"slot", "find_collisions", "cumulative_weights"}.isdisjoint(f.__name__ for f in SHARED)


def widest_vector(loop):
    """Number of float lanes in the widest arithmetic instruction of a compiled loop."""
    [text] = loop.inspect_llvm().values()
    return max([1, *(int(n) for n in re.findall(r"f(?:mul|add|sub) <(\d+) x float>", text))])


def test_a_lane_loop_of_gumbels_vectorises():
    loop = over_lanes(keyed_gumbel, 2, 0)
    loop(words(64), words(64), np.zeros(64, np.float32))
    assert widest_vector(loop) >= 4


def test_a_lane_loop_of_normals_vectorises():
    loop = over_lanes(keyed_normal, 2, 0)
    loop(words(64), words(64), np.zeros(64, np.float32))
    assert widest_vector(loop) >= 4


@njit(error_model="numpy", forceinline=True)
def keyed_gumbel(d0, d1):
    return noise.gumbel(noise.draw_word(d0, d1, 0x12345678))


@njit(error_model="numpy", forceinline=True)
def keyed_normal(d0, d1):
    return noise.normal(noise.draw_word(d0, d1, 0x12345678))


@pytest.mark.parametrize("name", UNARY + BINARY)
def test_lane_loops_of_shared_arithmetic_vectorise(name):
    function = getattr(arithmetic, name)
    columns = [spread_floats(64) for _ in range(1 + (name in BINARY))]
    loop = over_lanes(function, 0, len(columns))
    loop(*columns, np.zeros(64, np.float32))
    [text] = loop.inspect_llvm().values()
    assert re.search(r"<(4|8|16) x (float|i32)>", text)


def test_no_compiled_instruction_carries_a_fast_math_flag():
    loop = over_lanes(noise.normal, 1, 0)
    loop(words(64), np.zeros(64, np.float32))
    [text] = loop.inspect_llvm().values()
    assert not re.search(r"= f(mul|add|sub|div) (fast|nnan|ninf|nsz|arcp|contract|reassoc)", text)
    assert "llvm.fma" not in text


def test_branchless_functions_are_recognised():
    assert is_branchless(noise.gumbel)
    assert not is_branchless(draws.draw)


KERNEL = """
    import numpy as np
    from numba import njit
    import offramp.engine.kernels.shared
    from offramp.core.draws import poisson_count
    from offramp.core.noise import draw_word, gumbel, uniform

    @njit(cache=True, error_model="numpy", nogil=True)
    def kernel(d0, d1, out):
        for lane in range(out.size):
            word = draw_word(d0[lane], d1[lane], 99)
            out[lane] = gumbel(word) + poisson_count(np.float32(0.5), uniform(word), 3)

    words = np.arange(64, dtype=np.uint32)
    out = np.zeros(64, np.float32)
    kernel(words, words, out)
    hits = sum(kernel.stats.cache_hits.values())
    print(hits, out.tobytes().hex())
"""


def test_a_cached_kernel_is_loaded_by_the_next_process_with_the_same_bits(tmp_path):
    source = tmp_path / "kernel.py"
    source.write_text(textwrap.dedent(KERNEL))
    path = os.pathsep.join(filter(None, [str(Path(bits.__file__).parents[2]), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": path}
    first, second = (
        subprocess.run([sys.executable, source], env=env, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(2)
    )
    assert (first[0], second[0]) == ("0", "1")
    assert first[1] == second[1]
