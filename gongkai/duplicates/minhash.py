"""Computes LSH bands from a MinHash signature of shingles.

One permutation hashing (Li, Owen, Zhang 2012): hashes fall into 80 bins by value, and the least
hash of each bin is one minimum, so that a text is processed once and not 80 times. Empty bins of
short texts borrow from other bins in a fixed random order (optimal densification, Shrivastava
2017). The agreement of two texts then equals their Jaccard similarity on average.
"""

import base64
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gongkai.duplicates.shingles import SHINGLE, Shingles, cut_shingles, hash_streams, mix

BANDS, ROWS = 20, 4
"""Two texts share a band, and are compared, with a probability that depends on Jaccard.

It is 0.9995 at 0.75 (a scan with wrong characters), 0.15 at 0.3, and 3 in a million at 0.02, which
is chance.
"""
_BINS = BANDS * ROWS
_HALF, _ONE, _WIDTH = np.uint64(32), np.uint64(1), np.uint64(_BINS)
_LARGEST = np.uint64(2**64 - 1)
_BYTES = 3
_TEXT = _BYTES * 4 // 3
_NAMES = "ABCDEFGHIJKLMNOPQRST"


def find_bands(shingles: Shingles) -> tuple[str, ...]:
    """Returns BANDS short words; two texts share each with probability Jaccard^ROWS.

    A word is the band's letter and 24 bits. Two words are equal by chance once in 16 million.
    Returns nothing without shingles.
    """
    if not len(shingles):
        return ()
    return _read_bands(shingles, np.zeros(len(shingles), np.intp), 1)[0]


def find_bands_of(streams: Sequence[str]) -> list[tuple[str, ...]]:
    """Returns the bands of each stream's shingles; one array of many texts is faster."""
    found = [find_bands(cut_shingles(each)) if len(each) < SHINGLE else () for each in streams]
    long = [at for at, each in enumerate(streams) if len(each) >= SHINGLE]
    if long:
        hashes, owners = hash_streams([streams[at] for at in long])
        for at, bands in zip(long, _read_bands(hashes, owners, len(long)), strict=True):
            found[at] = bands
    return found


def _read_bands(
    hashes: Shingles, owners: npt.NDArray[np.intp], texts: int
) -> list[tuple[str, ...]]:
    """Returns the bands of each text; `owners` has the place of the text of each hash."""
    rows = _minima(hashes, owners, texts).reshape(-1, ROWS)
    folded = mix((rows * _ROW_FACTORS).sum(axis=1, dtype=np.uint64))
    low = folded.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :_BYTES]
    packed = base64.urlsafe_b64encode(low.tobytes()).decode()
    width = BANDS * _TEXT
    return [unpack_bands(packed[at : at + width]) for at in range(0, len(packed), width)]


def pack_bands(bands: Sequence[str]) -> str:
    """Returns the bands as one string, the form in a stored record."""
    return "".join(band[1:] for band in bands)


def unpack_bands(packed: str) -> tuple[str, ...]:
    """Returns the bands of a packed string."""
    cut = range(0, len(packed), _TEXT)
    return tuple(f"{_NAMES[at // _TEXT]}{packed[at : at + _TEXT]}" for at in cut)


def _minima(hashes: Shingles, owners: npt.NDArray[np.intp], texts: int) -> Shingles:
    """Returns the minimum of each bin of each text, a row a text."""
    bins = (((hashes >> _HALF) * _WIDTH + (_WIDTH - _ONE)) >> _HALF).astype(np.intp)
    places = owners * _BINS + bins
    minima = np.full(texts * _BINS, _LARGEST)
    np.minimum.at(minima, places, hashes)
    is_filled = np.zeros(texts * _BINS, bool)
    is_filled[places] = True
    return _borrow(minima.reshape(-1, _BINS), is_filled.reshape(-1, _BINS))


def _borrow(minima: Shingles, is_filled: npt.NDArray[np.bool_]) -> Shingles:
    """Gives every empty bin the minimum of the first filled bin in its own order."""
    text, empty = (~is_filled).nonzero()
    orders = _ORDERS[empty]
    attempt = is_filled[text[:, None], orders].argmax(axis=1)
    lender = orders[np.arange(len(empty)), attempt]
    minima[text, empty] = mix(minima[text, lender] + (attempt + 1).astype(np.uint64))
    return minima


def _draw_orders() -> npt.NDArray[np.uint8]:
    """Returns an order of all bins for each bin, equal in every installation."""
    counters = np.arange(_BINS * _BINS, dtype=np.uint64) + np.uint64(0x5EED)
    return mix(counters).reshape(_BINS, _BINS).argsort(axis=1).astype(np.uint8)


_ORDERS = _draw_orders()
_ROW_FACTORS = mix(np.arange(1, ROWS + 1, dtype=np.uint64)) | np.uint64(1)
