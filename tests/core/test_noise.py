"""Addresses: what a draw depends on, and that nothing else enters."""

import hashlib

import numpy as np
import pytest

from offramp.core import noise

MASK64 = 2**64 - 1


def splitmix_output(x):
    """Transcribe the published splitmix64, apart from the module under test."""
    x = (x + 0x9E3779B97F4A7C15) & MASK64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK64
    return x ^ (x >> 31)


def test_splitmix_agrees_with_its_published_first_output():
    # Seed 0 is known to start with 0xE220A8397B1DCDAF.
    assert noise._scramble64(0) == 0xE220A8397B1DCDAF == splitmix_output(0)


@pytest.mark.parametrize(("seed", "run"), [(0, 0), (1, 2), (MASK64, MASK64)])
def test_run_key_is_two_splitmix_steps_around_the_run(seed, run):
    key = splitmix_output(splitmix_output(seed) ^ ((run * 0xD1342543DE82EF95 + 1) & MASK64))
    assert noise.run_key(seed, run) == (key & 0xFFFFFFFF, key >> 32)


def test_known_addresses_give_known_words():
    # Frozen: a change here changes every number that Offramp has ever printed.
    d0, d1 = noise.day_key(*noise.run_key(1, 0), 737791)
    assert noise.draw_word(d0, d1, noise.slot("choice", "guard.raid")) == 2826449512


def test_slot_is_the_documented_hash():
    digest = hashlib.blake2s(b"effect-size|a.b.effects.c|2", digest_size=4).digest()
    assert noise.slot("effect-size", "a.b.effects.c", 2) == int.from_bytes(digest, "little")


def test_slot_depends_on_each_part_of_the_address():
    words = {
        noise.slot("choice", "a"),
        noise.slot("hold", "a"),
        noise.slot("choice", "b"),
        noise.slot("choice", "a", 1),
    }
    assert len(words) == 4


def test_first_occurrence_is_the_slot_itself_and_others_differ():
    words = [noise.occurrence(12345, j) for j in range(1000)]
    assert words[0] == 12345
    assert len(set(words)) == 1000


def test_equal_slots_are_found_and_named():
    assert noise.find_collisions({"a": 1, "b": 2, "c": 1, "d": 1}) == [("a", "c"), ("a", "d")]
    assert noise.find_collisions({"a": 1, "b": 2}) == []


def test_uniforms_are_midpoints_that_never_reach_zero_or_one():
    assert noise.uniform(0) == 2.0**-24
    assert noise.uniform(0xFFFFFFFF) == 1.0 - 2.0**-24
    assert noise.uniform(1 << 31) == 0.5 + 2.0**-24
    assert type(noise.uniform(7)) is np.float32


def test_gumbels_and_normals_stay_within_their_documented_range():
    assert -2.82 < noise.gumbel(0) < noise.gumbel(0xFFFFFFFF) < 16.64
    assert noise.normal(0) == -noise.normal(0xFFFFFFFF)
    assert 5.29 < noise.normal(0xFFFFFFFF) < 5.3


def test_parameter_day_is_no_calendar_day():
    assert np.datetime64("9999-12-31").astype(int) + 719163 < noise.PARAMETER_DAY < 2**32


def scramble_back(x):
    """Invert splitmix64's output step: the multipliers are odd and the shifts can be undone."""
    x ^= (x >> 31) ^ (x >> 62)
    x = (x * pow(0x94D049BB133111EB, -1, 2**64)) & MASK64
    x ^= (x >> 27) ^ (x >> 54)
    x = (x * pow(0xBF58476D1CE4E5B9, -1, 2**64)) & MASK64
    x ^= (x >> 30) ^ (x >> 60)
    return (x - 0x9E3779B97F4A7C15) & MASK64


def test_the_run_can_be_read_back_from_its_key_so_no_two_runs_share_one():
    seed = 20200103
    for run in (0, 1, 2, 10**6, 2**63 + 5, MASK64):
        k0, k1 = noise.run_key(seed, run)
        inner = scramble_back(k0 | k1 << 32) ^ splitmix_output(seed)
        assert ((inner - 1) * pow(0xD1342543DE82EF95, -1, 2**64)) & MASK64 == run
