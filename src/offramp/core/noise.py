"""Addressed noise: every draw is a pure function of (seed, run, day, slot), never of what was drawn before.

    seed, run --splitmix--> run key (64 bits) --day--> day key (64 bits) --slot--> one word --> one uniform

- The *run key* is a bijection of ``run`` for each seed, so no two runs of a seed ever share one.
- The *day key* mixes in the calendar day (its proleptic ordinal), or ``PARAMETER_DAY`` for what is drawn once per run.
- The *slot* is a hash of what the draw is for (purpose, dotted path, index), so adding a move reshuffles nothing.
- ``draw_word`` costs three 32-bit multiplications; like all functions below except ``slot`` and ``find_collisions`` it
  is plain scalar code that the compiled engine runs unchanged (see ``bits``).

Constants: the finaliser of splitmix64 (``steele2014``) for run keys, those of C. Wellons' ``hash-prospector`` searches
(``wellons2018``; lowbias32 for days, triple32 for draws) for 32-bit mixing.
"""

from collections.abc import Mapping
from hashlib import blake2s

import numpy as np

from offramp.core.arithmetic import log32, normal_quantile
from offramp.core.bits import (
    add32,
    add64,
    float_bits,
    high_word,
    low_word,
    mul32,
    mul64,
    shr32,
    shr64,
    word_to_float,
    xor32,
    xor64,
)

PARAMETER_DAY = 0xFFFFFFFF
"""The day of draws made once per run (parameters); no calendar day reaches it."""

_ZERO, _HALF = np.float32(0), np.float32(0.5)
_STEP = np.float32(2.0**-23)


def run_key(seed: int, run: int) -> tuple[int, int]:
    """Derive the 64-bit key of a run, as two words.

    Parameters
    ----------
    seed, run : wide words (0 .. 2**64 - 1)
    """
    key = xor64(_scramble64(seed), add64(mul64(run, 0xD1342543DE82EF95), 1))
    key = _scramble64(key)
    return low_word(key), high_word(key)


def day_key(k0: int, k1: int, day: int) -> tuple[int, int]:
    """Derive the key of one day of one run from its run key.

    Parameters
    ----------
    k0, k1 : words of ``run_key``
    day : word, proleptic Gregorian ordinal of the calendar day, or ``PARAMETER_DAY``
    """
    q = _scramble32(add32(k0, mul32(day, 0x9E3779B9)))
    d1 = _scramble32(xor32(k1, q))
    d0 = _scramble32(add32(q, d1))
    return d0, d1


def draw_word(d0: int, d1: int, slot: int) -> int:
    """Draw the word at a slot: all 32 bits are uniform and, across addresses, independent."""
    x = add32(d0, slot)
    x = mul32(xor32(x, shr32(x, 17)), 0xED5AD4BB)
    x = add32(xor32(x, shr32(x, 11)), d1)
    x = mul32(x, 0xAC4C1B51)
    x = mul32(xor32(x, shr32(x, 15)), 0x31848BAB)
    return xor32(x, shr32(x, 14))


def occurrence(slot: int, j: int) -> int:
    """Address the ``j``-th happening of the same event within a day; occurrence 0 is the slot itself."""
    return add32(slot, mul32(j, 0x3C6EF372))


def uniform(word: int) -> np.float32:
    """Turn a word into one of 2**23 equally spaced floats inside (0, 1); never 0 or 1, mean exactly 1/2."""
    return (word_to_float(shr32(word, 9)) + _HALF) * _STEP


def gumbel(word: int) -> np.float32:
    """Turn a word into a standard Gumbel variate, ``-log(-log u)``; it lies in -2.82 .. 16.64."""
    return -log32(-log32(uniform(word)))


def normal(word: int) -> np.float32:
    """Turn a word into a standard normal variate by the inverse distribution function; it lies within 5.3."""
    return normal_quantile(uniform(word))


def digest(before: int, value: np.float32) -> int:
    """Take a float into a digest of floats; -0 counts as 0. One step is a bijection of digests, so differences last."""
    mixed = mul32(xor32(before, float_bits(value + _ZERO)), 0x9E3779B1)
    return xor32(mixed, shr32(mixed, 15))


def slot(purpose: str, path: str, index: int = 0) -> int:
    """Hash what a draw is for into the word that addresses it.

    Parameters
    ----------
    purpose : what kind of draw, such as ``choice`` or ``effect.size``
    path : dotted path of the scenario's element
    index : number of the draw where one element makes several for the same purpose

    Returns
    -------
    word : the four bytes of ``blake2s("purpose|path|index")`` (UTF-8, digest size 4), read little-endian.

    Examples
    --------
    >>> hex(slot("choice", "guard.raid"))
    '0x12e72951'
    """
    digest = blake2s(f"{purpose}|{path}|{index}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little")


def find_collisions(slots: Mapping[str, int]) -> list[tuple[str, str]]:
    """List the pairs of addresses whose slots are equal, so that a scenario with any can be refused.

    Parameters
    ----------
    slots : slot by a readable address (the caller's choice, such as ``purpose|path|index``)

    Returns
    -------
    pairs : (earlier, later) address in the mapping's order; empty if all slots differ.
    """
    seen: dict[int, str] = {}
    pairs = []
    for address, word in slots.items():
        first = seen.setdefault(word, address)
        if first != address:
            pairs.append((first, address))
    return pairs


def _scramble64(x: int) -> int:
    """Step splitmix64 once and return its output: a bijection of wide words."""
    x = add64(x, 0x9E3779B97F4A7C15)
    x = mul64(xor64(x, shr64(x, 30)), 0xBF58476D1CE4E5B9)
    x = mul64(xor64(x, shr64(x, 27)), 0x94D049BB133111EB)
    return xor64(x, shr64(x, 31))


def _scramble32(x: int) -> int:
    """Mix a word by lowbias32: a bijection of words."""
    x = mul32(xor32(x, shr32(x, 16)), 0x21F0AAAD)
    x = mul32(xor32(x, shr32(x, 15)), 0xD35A2D97)
    return xor32(x, shr32(x, 15))
