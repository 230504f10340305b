"""Finds all pairs of duplicates in an index.

One pass collects numbers, text keys and bands, some hundred bytes a record. Records that share a
number, a text or a band are read again, group by group, and compared.
"""

from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.duplicates.classify import classify
from gongkai.duplicates.clusters import Pair
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.comparison import NEAR
from gongkai.duplicates.minhash import BANDS
from gongkai.duplicates.titles import IsPlace, read_core
from gongkai.engines.port import SearchEngine
from gongkai.engines.scan import fetch_hits, read_hits

WHOLE_GROUP = 60
"""Size up to which all pairs of a group with a shared number, text or band are compared.

In a larger group each record is compared with its _NEXT neighbours, so that a form filled in ten
thousand times stays cheap.
"""
_NEXT = 3
_READ_AT_ONCE = 200
_KEPT_SUBJECTS = 4_000
_BAND_BYTES = 4

OnProgress = Callable[[int], None]
Numbers = npt.NDArray[np.int64]


@dataclass
class Gathered:
    """Data kept of each record, by its position in the pass."""

    ids: list[str] = field(default_factory=list)
    bands: list[bytes] = field(default_factory=list)
    groups: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, record: StoredRecord) -> None:
        at = len(self.ids)
        self.ids.append(record.id)
        self.bands.append(record.bands.encode())
        for key in _keys(record):
            self.groups[key].append(at)


async def gather(engine: SearchEngine, on_record: OnProgress = lambda _: None) -> Gathered:
    """Reads every public record once."""
    gathered = Gathered()
    async for hit in read_hits(engine):
        gathered.add(decode_record(hit.stored))
        on_record(1)
    return gathered


def find_pairs(gathered: Gathered) -> list[tuple[int, int]]:
    """Returns positions of records to compare, each pair once, lower position first, in order."""
    pairs = set[tuple[int, int]]()
    for group in gathered.groups.values():
        if len(group) > 1:
            pairs.update(_pair_up(group))
    pairs.update(_pair_by_bands(gathered.bands))
    return sorted(pairs)


async def scan(
    engine: SearchEngine,
    is_place: IsPlace,
    threshold: float = NEAR,
    *,
    on_total: OnProgress = lambda _: None,
    on_pair: OnProgress = lambda _: None,
) -> list[Pair]:
    """Returns all pairs of duplicates with a score of `threshold` or more.

    `on_total` receives the number of pairs to compare; `on_pair` is called for each pair.
    """
    gathered = await gather(engine)
    places = find_pairs(gathered)
    on_total(len(places))
    found = []
    async for one, other in _read_pairs(engine, gathered.ids, places):
        on_pair(1)
        finding = classify(one, other, is_place, threshold) if one and other else None
        if one and other and finding and finding.kind.is_duplicate and finding.score >= threshold:
            first, second = sorted((one.id, other.id))
            found.append(Pair(first, second, finding))
    return found


async def _read_pairs(
    engine: SearchEngine, ids: Sequence[str], places: Sequence[tuple[int, int]]
) -> AsyncIterator[tuple[Subject | None, Subject | None]]:
    """Yields the records of pairs; caches recent records, since neighbouring pairs share them."""
    kept: OrderedDict[str, Subject] = OrderedDict()
    for start in range(0, len(places), _READ_AT_ONCE):
        pairs = [(ids[a], ids[b]) for a, b in places[start : start + _READ_AT_ONCE]]
        names = dict.fromkeys(name for pair in pairs for name in pair)
        missing = [name for name in names if name not in kept]
        for name, hit in (await fetch_hits(engine, missing)).items():
            kept[name] = Subject.of(decode_record(hit.stored))
        for name in names:
            if name in kept:
                kept.move_to_end(name)
        for one, other in pairs:
            yield kept.get(one), kept.get(other)
        while len(kept) > _KEPT_SUBJECTS:
            kept.popitem(last=False)


def _keys(record: StoredRecord) -> Iterator[str]:
    for name in ("index_number", "document_number", "text_key"):
        if value := getattr(record, name):
            yield f"{name} {value}"
    if not record.text_key:
        # A record without a text is identified by its entry; see Kind.SAME_ENTRY.
        day = record.issued_on or record.published_on
        yield f"entry {record.publisher} {day} {read_core(record.title)}"


def _pair_up(group: Sequence[int]) -> Iterable[tuple[int, int]]:
    if len(group) <= WHOLE_GROUP:
        return combinations(group, 2)
    return ((a, b) for at, a in enumerate(group) for b in group[at + 1 : at + 1 + _NEXT])


def _pair_by_bands(packed: Sequence[bytes]) -> list[tuple[int, int]]:
    """Returns pairs that share a band."""
    with_text = np.array([at for at, bands in enumerate(packed) if bands], dtype=np.int64)
    if len(with_text) < 2:
        return []
    joined = b"".join(packed[at] for at in with_text)
    words = np.frombuffer(joined, dtype=f"<u{_BAND_BYTES}").reshape(len(with_text), BANDS)
    keys = [_pair_keys(words[:, band], len(with_text)) for band in range(BANDS)]
    shared = np.unique(np.concatenate(keys))
    ones, others = with_text[shared // len(with_text)], with_text[shared % len(with_text)]
    return list(zip(ones.tolist(), others.tolist(), strict=True))


def _pair_keys(words: npt.NDArray[np.uint32], size: int) -> Numbers:
    """Returns pairs of positions with the same word, as lower position times `size` plus higher."""
    order = np.argsort(words, kind="stable").astype(np.int64)
    ordered = words[order]
    edges = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    lengths = np.diff(np.append(edges, size))
    twos = edges[lengths == 2]
    keys = [order[twos] * size + order[twos + 1]]
    for start, length in zip(edges[lengths > 2], lengths[lengths > 2], strict=True):
        group = order[start : start + length].tolist()
        keys.append(np.array([a * size + b for a, b in _pair_up(group)], dtype=np.int64))
    return np.concatenate(keys)
