"""Addressed noise looks like independent uniforms, along and across every part of its address.

Each test looks at up to some thousands of statistics and fails if the most extreme one would be that extreme with
probability below ``FALSE_ALARM`` (Bonferroni), were the words truly random.  About thirty tests at 3e-8 each keep the
whole file near 1e-6.  Seeds are fixed, so a test that passes once passes always: the rate says what a pass is worth.
Power: with a million pairs a correlation of 0.01 lies 10 standard errors out, and is missed with probability 1e-4
(``test_a_correlation_of_one_hundredth_would_be_seen``).
"""

import numpy as np
import pytest
from numba import njit
from scipy import stats

import offramp.engine.kernels.shared  # noqa: F401  (lets compiled tests call the functions of core)
from offramp.core import noise

pytestmark = pytest.mark.slow

FALSE_ALARM = 3e-8
SEED = 20180508
DAY = 737791  # 2021-01-01
compiled = njit(error_model="numpy")


def limit(n_statistics=1):
    """The z-score that the largest of so many two-sided statistics exceeds with probability FALSE_ALARM."""
    return stats.norm.isf(FALSE_ALARM / 2.0 / n_statistics)


@compiled
def fill(seed, first_run, first_day, slots, words):
    """Fill words[run, day, slot] from consecutive runs and days at given slots."""
    for run in range(words.shape[0]):
        k0, k1 = noise.run_key(seed, first_run + run)
        for day in range(words.shape[1]):
            d0, d1 = noise.day_key(k0, k1, first_day + day)
            for slot in range(words.shape[2]):
                words[run, day, slot] = noise.draw_word(d0, d1, slots[slot])


def block(runs, days, slots, *, seed=SEED, first_run=0, first_day=DAY):
    words = np.zeros((runs, days, len(slots)), np.uint32)
    fill(np.uint64(seed), first_run, first_day, np.asarray(slots, np.uint32), words)
    return words


def hashed_slots(n):
    return [noise.slot("choice", f"actor.move{i}") for i in range(n)]


def uniforms(words):
    return ((words >> np.uint32(9)) + 0.5) / 2**23


def pairs(axis):
    """A million or more pairs of words at neighbouring addresses: (first, second)."""
    slot = hashed_slots(1)
    if axis == "seeds":
        words = np.stack([block(4096, 256, slot, seed=SEED + i) for i in range(2)])
        return words[0], words[1]
    if axis == "runs":
        words = block(4097, 256, slot)
        return words[:-1], words[1:]
    if axis == "days":
        words = block(4096, 257, slot)
        return words[:, :-1], words[:, 1:]
    if axis == "far runs":  # the same low half of the run number
        return block(4096, 256, slot), block(4096, 256, slot, first_run=2**32)
    if axis == "parameters and days":
        return block(2**20, 1, slot, first_day=noise.PARAMETER_DAY), block(2**20, 1, slot)
    if axis == "occurrences":
        words = block(4096, 256, [noise.occurrence(slot[0], j) for j in range(2)])
    elif axis == "hashed slots":
        words = block(1024, 256, hashed_slots(5))
    else:  # slots that differ by one: worse than any hash would give
        words = block(1024, 256, list(range(5)))
    return words[:, :, :-1], words[:, :, 1:]


AXES = [
    "seeds", "runs", "days", "far runs", "parameters and days", "occurrences", "hashed slots", "adjacent slots",
]  # fmt: skip


def correlation_z(first, second):
    """Z-scores of the correlations of u with u, of squares with squares, and crosswise."""
    a, b = (np.sqrt(12.0) * (uniforms(words).ravel() - 0.5) for words in (first, second))
    a2, b2 = ((x * x - 1.0) / np.sqrt(0.8) for x in (a, b))
    return np.array([np.sum(x * y) / np.sqrt(a.size) for x, y in ((a, b), (a2, b2), (a, b2), (a2, b))])


@pytest.mark.parametrize("axis", AXES)
def test_neighbours_are_uncorrelated(axis):
    assert np.max(np.abs(correlation_z(*pairs(axis)))) < limit(4)


@pytest.mark.parametrize("axis", AXES)
def test_no_bit_of_a_word_agrees_with_a_bit_of_its_neighbour(axis):
    first, second = (words.ravel() for words in pairs(axis))
    bits_of = [
        np.array([(words >> np.uint32(k)) & 1 for k in range(32)], np.float32) * 2 - 1 for words in (first, second)
    ]
    z = (bits_of[0] @ bits_of[1].T) / np.sqrt(first.size)
    assert np.max(np.abs(z)) < limit(32 * 32)


@pytest.mark.parametrize("axis", AXES)
def test_neighbours_fill_the_unit_square_evenly(axis):
    first, second = (words.ravel() for words in pairs(axis))
    cells = np.bincount((first >> np.uint32(26)) * 64 + (second >> np.uint32(26)), minlength=4096)
    assert FALSE_ALARM / 2 < stats.chisquare(cells).pvalue < 1.0 - FALSE_ALARM / 2


def test_a_correlation_of_one_hundredth_would_be_seen():
    first, second = pairs("runs")
    rank = stats.norm.ppf
    mixed = 0.01 * rank(uniforms(first)) + np.sqrt(1.0 - 0.01**2) * rank(uniforms(second))
    planted = np.floor(stats.norm.cdf(mixed) * 2**32).astype(np.uint32)
    assert np.max(np.abs(correlation_z(first, planted))) > limit(4)


@pytest.fixture(scope="module")
def many_words():
    return block(2048, 64, hashed_slots(32))


def moments_z(x, expected, spread):
    """Z-scores of the first four moments, given each moment and the standard deviation of each power."""
    return np.array(
        [(np.mean(x**k) - m) / s * np.sqrt(x.size) for k, m, s in zip(range(1, 5), expected, spread, strict=True)]
    )


def test_uniforms_have_the_moments_of_the_uniform(many_words):
    expected = [1 / (k + 1) for k in range(1, 9)]
    spread = [np.sqrt(expected[2 * k - 1] - expected[k - 1] ** 2) for k in range(1, 5)]
    assert np.max(np.abs(moments_z(uniforms(many_words).ravel(), expected[:4], spread))) < limit(4)


def compiled_variates(variate, words):
    @compiled
    def loop(flat, out):
        for i in range(out.size):
            out[i] = variate(flat[i])

    out = np.zeros(words.size, np.float32)
    loop(words.ravel(), out)
    return out.astype(np.float64)


def test_normals_have_the_moments_of_the_normal(many_words):
    x = compiled_variates(noise.normal, many_words)
    assert np.max(np.abs(moments_z(x, [0.0, 1.0, 0.0, 3.0], np.sqrt([1.0, 2.0, 15.0, 96.0])))) < limit(4)


def test_gumbels_have_the_moments_of_the_gumbel(many_words):
    x = compiled_variates(noise.gumbel, many_words)
    x = (x - np.euler_gamma) / np.sqrt(np.pi**2 / 6)
    truth = stats.gumbel_r(-np.euler_gamma / np.sqrt(np.pi**2 / 6), np.sqrt(6) / np.pi)
    raw = [truth.moment(k) for k in range(1, 9)]
    spread = [np.sqrt(raw[2 * k - 1] - raw[k - 1] ** 2) for k in range(1, 5)]
    assert np.max(np.abs(moments_z(x, raw[:4], spread))) < limit(4)


@pytest.mark.parametrize(
    ("variate", "truth"), [(noise.uniform, stats.uniform), (noise.normal, stats.norm), (noise.gumbel, stats.gumbel_r)]
)
def test_variates_pass_kolmogorov_and_smirnov(variate, truth, many_words):
    x = compiled_variates(variate, many_words[:512])
    assert stats.kstest(x, truth.cdf, mode="asymp").pvalue > FALSE_ALARM


def test_no_run_key_repeats_in_a_million_runs_of_each_of_four_neighbouring_seeds():
    @compiled
    def keys(seed, out):
        for run in range(out.size):
            k0, k1 = noise.run_key(seed, run)
            out[run] = np.uint64(k0) | (np.uint64(k1) << np.uint64(32))

    every = np.zeros((4, 1_000_000), np.uint64)
    for i in range(4):
        keys(np.uint64(SEED + i), every[i])
    assert np.unique(every).size == every.size  # by chance: 4e-7 across seeds, never within one


def test_no_day_key_repeats_in_a_million_run_days():
    @compiled
    def keys(out):
        for run in range(out.shape[0]):
            k0, k1 = noise.run_key(np.uint64(7), run)
            for day in range(out.shape[1]):
                d0, d1 = noise.day_key(k0, k1, DAY + day)
                out[run, day] = np.uint64(d0) | (np.uint64(d1) << np.uint64(32))

    every = np.zeros((1000, 1000), np.uint64)
    keys(every)
    assert np.unique(every).size == every.size  # by chance: 3e-8


N_FLIPS = 200_000


@compiled
def count_flips(addresses, part, bit, counts):
    """Flip one bit of one part of (k0, k1, day, slot) and count how often each bit of the drawn word changes."""
    for i in range(addresses.shape[1]):
        k0, k1, day, slot = addresses[0, i], addresses[1, i], addresses[2, i], addresses[3, i]
        d0, d1 = noise.day_key(k0, k1, day)
        before = noise.draw_word(d0, d1, slot)
        flip = np.uint32(1) << np.uint32(bit)
        k0 = k0 ^ (flip if part == 0 else np.uint32(0))
        k1 = k1 ^ (flip if part == 1 else np.uint32(0))
        day = day ^ (flip if part == 2 else np.uint32(0))
        slot = slot ^ (flip if part == 3 else np.uint32(0))
        d0, d1 = noise.day_key(np.uint32(k0), np.uint32(k1), np.uint32(day))
        changed = before ^ noise.draw_word(d0, d1, np.uint32(slot))
        for k in range(32):
            counts[k] += (changed >> np.uint32(k)) & np.uint32(1)


@pytest.mark.parametrize("part", range(4), ids=["k0", "k1", "day", "slot"])
def test_each_bit_of_the_address_flips_each_bit_of_the_word_half_the_time(part):
    addresses = np.random.default_rng(11).integers(0, 2**32, (4, N_FLIPS), dtype=np.uint32)
    counts = np.zeros((32, 32), np.int64)
    for bit in range(32):
        count_flips(addresses, part, bit, counts[bit])
    z = (counts - N_FLIPS / 2) / np.sqrt(N_FLIPS / 4)
    assert np.max(np.abs(z)) < limit(32 * 32)
