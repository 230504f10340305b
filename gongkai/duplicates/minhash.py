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

from gongkai.duplicates.shingles import Shingles, mix

BANDS, ROWS = 20, 4
"""Two texts share a band, and are compared, with a probability that depends on Jaccard.

It is 0.9995 at 0.75 (a scan with wrong characters), 0.15 at 0.3, and 3 in a million at 0.02, which
is chance.
"""
_BINS = BANDS * ROWS
_HALF = np.uint64(32)
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
    rows = _minima(shingles).reshape(BANDS, ROWS)
    folded = mix((rows * _ROW_FACTORS).sum(axis=1, dtype=np.uint64))
    low = folded.astype("<u8").view(np.uint8).reshape(BANDS, 8)[:, :_BYTES]
    text = base64.urlsafe_b64encode(low.tobytes()).decode()
    return unpack_bands(text)


def pack_bands(bands: Sequence[str]) -> str:
    """Returns the bands as one string, the form in a stored record."""
    return "".join(band[1:] for band in bands)


def unpack_bands(packed: str) -> tuple[str, ...]:
    """Returns the bands of a packed string."""
    cut = range(0, len(packed), _TEXT)
    return tuple(f"{_NAMES[at // _TEXT]}{packed[at : at + _TEXT]}" for at in cut)


def _minima(shingles: Shingles) -> Shingles:
    # Sorted hashes of one bin are adjacent, so the first is the least.
    starts = shingles.searchsorted(_EDGES)
    is_filled = starts[1:] > starts[:-1]
    minima = shingles.take(starts[:-1], mode="clip")
    if not is_filled.all():
        _borrow(minima, is_filled)
    return minima


def _borrow(minima: Shingles, is_filled: npt.NDArray[np.bool_]) -> None:
    """Gives every empty bin the minimum of the first filled bin in its own order."""
    empty = (~is_filled).nonzero()[0]
    orders = _ORDERS[empty]
    attempt = is_filled[orders].argmax(axis=1)
    lender = orders[np.arange(len(empty)), attempt]
    minima[empty] = mix(minima[lender] + (attempt + 1).astype(np.uint64))


def _draw_orders() -> npt.NDArray[np.intp]:
    """Returns an order of all bins for each bin, equal in every installation."""
    counters = np.arange(_BINS * _BINS, dtype=np.uint64) + np.uint64(0x5EED)
    return mix(counters).reshape(_BINS, _BINS).argsort(axis=1)


_ORDERS = _draw_orders()
_EDGES = np.append(
    (np.arange(_BINS, dtype=np.uint64) << _HALF) // np.uint64(_BINS) << _HALF,
    np.uint64(2**64 - 1),
)
_ROW_FACTORS = mix(np.arange(1, ROWS + 1, dtype=np.uint64)) | np.uint64(1)
