"""Words wrap, conversions are exact, and bit patterns are those of IEEE 754."""

import numpy as np
import pytest

from offramp.core import bits


def test_words_wrap_modulo_two_to_the_32():
    assert bits.add32(0xFFFFFFFF, 2) == 1
    assert bits.sub32(1, 2) == 0xFFFFFFFF
    assert bits.mul32(0x80000001, 2) == 2
    assert bits.shl32(0x80000001, 1) == 2
    assert bits.shr32(0x80000001, 31) == 1


def test_wide_words_wrap_modulo_two_to_the_64():
    assert bits.add64(2**64 - 1, 2) == 1
    assert bits.mul64(2**63 + 1, 2) == 2
    assert bits.shr64(2**63, 63) == 1
    assert (bits.low_word(0x123456789ABCDEF0), bits.high_word(0x123456789ABCDEF0)) == (0x9ABCDEF0, 0x12345678)


@pytest.mark.parametrize(("number", "pattern"), [(1.0, 0x3F800000), (-2.0, 0xC0000000), (0.0, 0), (0.5, 0x3F000000)])
def test_bit_patterns_are_those_of_ieee_754(number, pattern):
    assert bits.float_bits(np.float32(number)) == pattern
    assert bits.bits_float(pattern) == np.float32(number)


def test_every_word_below_two_to_the_24_converts_exactly():
    for word in (0, 1, 8388607, 16777215):
        assert bits.float_to_word(bits.word_to_float(word)) == word


def test_float_to_word_truncates():
    assert bits.float_to_word(np.float32(2.99)) == 2


def test_select_returns_the_chosen_side():
    assert bits.select(np.float32(1.0) > np.float32(0.0), 1, 2) == 1
    assert bits.select(False, 1, 2) == 2
