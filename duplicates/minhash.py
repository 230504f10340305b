"""Shingles in, the LSH bands of a MinHash signature out. `indexer.documents` stores them.

One permutation hashing (Li, Owen, Zhang 2012): hashes fall into BINS bins by their first bits, and
the least of each bin is one minimum, so that a text is gone over once and not 128 times. Empty
bins of short texts borrow from others by a fixed random order (optimal densification,
Shrivastava 2017), which keeps two texts' agreement equal to their Jaccard similarity on average.
"""

import base64
from collections.abc import Sequence

import numpy as np

from duplicates.shingles import Shingles, mix

BINS, ROWS = 128, 4
BANDS = BINS // ROWS
"""32 bands of 4 rows: of texts with Jaccard 0.75, SHARED bands agree in 9,996 of 10,000."""
SHARED = 2
"""Bands that two records have to share before they are compared."""
_BITS = np.uint64(64 - 7)
_ATTEMPTS = 64
_BYTES = 3
_TEXT = _BYTES * 4 // 3
_NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"


def find_bands(shingles: Shingles) -> tuple[str, ...]:
    """BANDS short words, the same for two texts in each band with probability Jaccard^ROWS.

    A word is the band's letter and 24 bits; chance makes two of them equal once in 16 million.
    None of no shingles.
    """
    if not len(shingles):
        return ()
    rows = _minima(shingles).reshape(BANDS, ROWS)
    folded = np.zeros(BANDS, np.uint64)
    for row in range(ROWS):
        folded = mix(folded + rows[:, row] + np.uint64(row + 1))
    low = folded.astype("<u8").view(np.uint8).reshape(BANDS, 8)[:, :_BYTES]
    text = base64.urlsafe_b64encode(low.tobytes()).decode()
    return unpack_bands(text)


def pack_bands(bands: Sequence[str]) -> str:
    """The bands as one string, as a stored record carries them."""
    return "".join(band[1:] for band in bands)


def unpack_bands(packed: str) -> tuple[str, ...]:
    """The bands of a packed string."""
    cut = range(0, len(packed), _TEXT)
    return tuple(f"{_NAMES[at // _TEXT]}{packed[at : at + _TEXT]}" for at in cut)


def _minima(shingles: Shingles) -> Shingles:
    bins = (shingles >> _BITS).astype(np.intp)
    starts = np.searchsorted(bins, np.arange(BINS))
    ends = np.append(starts[1:], len(bins))
    is_filled = ends > starts
    minima = shingles[np.minimum(starts, len(shingles) - 1)]
    if not is_filled.all():
        minima = _borrow(minima, is_filled)
    return minima


def _borrow(minima: Shingles, is_filled: np.ndarray) -> Shingles:
    """Give every empty bin the minimum of the first filled one in the bin's own order."""
    empty = np.flatnonzero(~is_filled)
    filled_at = is_filled[_ORDERS[empty]]
    attempt = filled_at.argmax(axis=1)
    # One filled bin in 128 may be missed by every attempt; the first filled one serves then.
    lender = np.where(
        filled_at[np.arange(len(empty)), attempt],
        _ORDERS[empty, attempt],
        np.flatnonzero(is_filled)[0],
    )
    borrowed = minima.copy()
    borrowed[empty] = mix(minima[lender] + attempt.astype(np.uint64) + np.uint64(1))
    return borrowed


def _draw_orders() -> np.ndarray:
    """_ATTEMPTS bins for each bin, by a fixed seed: every installation must draw the same."""
    counters = np.arange(BINS * _ATTEMPTS, dtype=np.uint64) + np.uint64(0x5EED)
    return (mix(counters) % np.uint64(BINS)).astype(np.intp).reshape(BINS, _ATTEMPTS)


_ORDERS = _draw_orders()
