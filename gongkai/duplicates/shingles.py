"""Converts a character stream to the set of its shingles, as sorted 64-bit hashes.

A shingle is SHINGLE adjacent characters. Jaccard similarity and containment are exact for practical
purposes: two different shingles share a hash once in 2^64 pairs.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

SHINGLE = 5
"""Characters of a shingle.

Texts on the same subject share few shingles of this length, and one wrong character changes only
five of them.
"""
Shingles: TypeAlias = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_POWERS = np.array([pow(_BASE, SHINGLE - 1 - at, 2**64) for at in range(SHINGLE)], np.uint64)
"""The weights of a shingle's characters in its hash, a polynomial modulo 2^64."""
_MIX_A, _MIX_B = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)


def cut_shingles(stream: str) -> Shingles:
    """Returns distinct sorted hashes; a stream shorter than a shingle gives one hash."""
    codes = np.frombuffer(stream.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    width = min(SHINGLE, len(codes))
    if not width:
        return np.empty(0, np.uint64)
    ordered = np.sort(mix(np.correlate(codes, _POWERS[-width:])))
    is_first = np.empty(len(ordered), bool)
    is_first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def hash_streams(streams: Sequence[str]) -> tuple[Shingles, npt.NDArray[np.intp]]:
    """Returns the hashes of all shingles of several streams, and the place of each one's stream.

    A hash may occur several times. Streams shorter than a shingle give none.
    """
    codes = np.frombuffer("".join(streams).encode("utf-32-le"), "<u4").astype(np.uint64)
    if len(codes) < SHINGLE:
        return np.empty(0, np.uint64), np.empty(0, np.intp)
    owners = np.repeat(np.arange(len(streams)), list(map(len, streams)))
    begins, ends = owners[: 1 - SHINGLE], owners[SHINGLE - 1 :]
    is_whole = begins == ends
    return mix(np.correlate(codes, _POWERS)[is_whole]), begins[is_whole]


def mix(values: Shingles) -> Shingles:
    """Mixes all bits of each value (the finalizer of MurmurHash3, public domain)."""
    mixed = (values ^ (values >> _SHIFT)) * _MIX_A
    mixed = (mixed ^ (mixed >> _SHIFT)) * _MIX_B
    return mixed ^ (mixed >> _SHIFT)


def measure_overlap(one: Shingles, other: Shingles) -> tuple[float, float]:
    """Returns Jaccard similarity and containment (shared part of the smaller set), each 0 to 1."""
    if not len(one) or not len(other):
        return 0.0, 0.0
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    places = np.minimum(np.searchsorted(large, small), len(large) - 1)
    shared = int(np.count_nonzero(large[places] == small))
    return shared / (len(one) + len(other) - shared), shared / len(small)
