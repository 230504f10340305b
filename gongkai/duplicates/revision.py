"""Aligns the articles (条) of two versions of a document, and marks what changed in each.

A text without articles is aligned by its paragraphs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from analyzers.normalize import literal_text
from gongkai.catalog.articles import find_articles
from gongkai.duplicates.differences import Piece, mark_differences

_LEAST = 2
"""Articles of a text that is aligned by them."""
_ALIKE, _SAME_NUMBER, _MOVED = 50.0, 30.0, 75.0
"""Least likeness, in percent, of an article and its later form, of one under the same number, and
of one at another place.
"""
_PAIRS_COMPARED = 60_000
"""Pairs of articles between two unchanged ones that are compared; more are paired by number."""
_LONGEST_MARKED = 20_000
"""Characters of an article whose differences are marked."""
_LABEL = re.compile(r"\A[#*\s]*第[^第条\n]{1,12}条(?:之[一二三四五六七八九十]{1,3})?\s*")
Likeness = npt.NDArray[np.float32]


class RevisionKind(StrEnum):
    """What happened to an article."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ArticleRevision:
    """An article in both versions; a paragraph has no labels, an added article no old one.

    `pieces` join to both texts, without the labels. `is_moved` tells that other articles, too, have
    another order.
    """

    kind: RevisionKind
    old_label: str
    new_label: str
    pieces: tuple[Piece, ...]
    is_moved: bool = False

    @property
    def is_renumbered(self) -> bool:
        """Whether the article has another number now."""
        both = self.old_label and self.new_label
        return bool(both) and self.old_label != self.new_label


@dataclass(frozen=True, slots=True)
class _Unit:
    label: str
    text: str
    key: str


def compare_versions(old: str, new: str) -> list[ArticleRevision]:
    """Returns the articles in the order of the new text; removed ones follow where they were."""
    by_articles = min(len(find_articles(old)), len(find_articles(new))) >= _LEAST
    before, after = (_cut(text, by_articles=by_articles) for text in (old, new))
    pairs = list(_align(before, after))
    moved = _find_moved(pairs, before, after)
    gone = set(moved.values())
    rows = []
    for at, to in pairs:
        if to is not None and at is None and to in moved:
            rows.append(_describe(before[moved[to]], after[to], is_moved=True))
        elif to is not None or at not in gone:
            one = None if at is None else before[at]
            rows.append(_describe(one, None if to is None else after[to]))
    return rows


def _cut(text: str, *, by_articles: bool) -> list[_Unit]:
    if by_articles:
        articles = find_articles(text)
        parts = [(each.label, _LABEL.sub("", text[each.start : each.end])) for each in articles]
    else:
        parts = [("", line.strip()) for line in text.splitlines() if line.strip()]
    return [_Unit(label, part.strip(), literal_text(part)) for label, part in parts]


def _align(
    before: Sequence[_Unit], after: Sequence[_Unit]
) -> Iterator[tuple[int | None, int | None]]:
    """Yields positions in both texts, None where the other text has no counterpart."""
    matcher = SequenceMatcher(
        None, [each.key for each in before], [each.key for each in after], autojunk=False
    )
    for tag, start, stop, first, last in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(range(start, stop), range(first, last), strict=True)
        else:
            found = _pair(before[start:stop], after[first:last])
            yield from _merge(found, (start, stop), (first, last))


def _merge(
    found: Sequence[tuple[int, int]], old: tuple[int, int], new: tuple[int, int]
) -> Iterator[tuple[int | None, int | None]]:
    at, to = old[0], new[0]
    for i, j in [*((old[0] + i, new[0] + j) for i, j in found), (old[1], new[1])]:
        yield from ((each, None) for each in range(at, i))
        yield from ((None, each) for each in range(to, j))
        if i < old[1]:
            yield i, j
        at, to = i + 1, j + 1


def _pair(before: Sequence[_Unit], after: Sequence[_Unit]) -> list[tuple[int, int]]:
    """Returns the pairs that keep the order and have the greatest likeness in all."""
    if not before or not after:
        return []
    if len(before) * len(after) > _PAIRS_COMPARED:
        return _pair_by_number(before, after)
    likeness = _measure(before, after)
    best = np.zeros((len(before) + 1, len(after) + 1), dtype=np.float32)
    for i in range(len(before) - 1, -1, -1):
        for j in range(len(after) - 1, -1, -1):
            paired = best[i + 1, j + 1] + likeness[i, j] if likeness[i, j] else 0.0
            best[i, j] = max(best[i + 1, j], best[i, j + 1], paired)
    return list(_trace(best, likeness))


def _trace(best: Likeness, likeness: Likeness) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(likeness) and j < likeness.shape[1]:
        if likeness[i, j] and best[i, j] == best[i + 1, j + 1] + likeness[i, j]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i, j] == best[i + 1, j]:
            i += 1
        else:
            j += 1


def _measure(before: Sequence[_Unit], after: Sequence[_Unit]) -> Likeness:
    """Returns the likeness of each pair, 0 of those that are no versions of one article."""
    found: Likeness = process.cdist(
        [each.key for each in before],
        [each.key for each in after],
        scorer=fuzz.ratio,
        score_cutoff=_SAME_NUMBER,
        dtype=np.float32,
    )
    numbers = np.array([[one.label == other.label for other in after] for one in before])
    least = np.where(numbers & bool(before[0].label), _SAME_NUMBER, _ALIKE)
    return np.where(found >= least, found, 0).astype(np.float32)


def _pair_by_number(before: Sequence[_Unit], after: Sequence[_Unit]) -> list[tuple[int, int]]:
    places = {each.label: at for at, each in enumerate(after) if each.label}
    found: list[tuple[int, int]] = []
    for at, each in enumerate(before):
        to = places.get(each.label)
        is_later = to is not None and (not found or to > found[-1][1])
        if to is not None and is_later and fuzz.ratio(each.key, after[to].key) >= _SAME_NUMBER:
            found.append((at, to))
    return found


def _find_moved(
    pairs: Sequence[tuple[int | None, int | None]],
    before: Sequence[_Unit],
    after: Sequence[_Unit],
) -> dict[int, int]:
    """Returns the place before of each article that has moved to another place."""
    gone = [at for at, to in pairs if to is None and at is not None]
    come = [to for at, to in pairs if at is None and to is not None]
    if not gone or not come or len(gone) * len(come) > _PAIRS_COMPARED:
        return {}
    likeness = _measure([before[at] for at in gone], [after[to] for to in come])
    moved: dict[int, int] = {}
    for flat in np.argsort(-likeness, axis=None, kind="stable"):
        i, j = divmod(int(flat), len(come))
        if likeness[i, j] < _MOVED:
            break
        if come[j] not in moved and gone[i] not in moved.values():
            moved[come[j]] = gone[i]
    return moved


def _describe(old: _Unit | None, new: _Unit | None, *, is_moved: bool = False) -> ArticleRevision:
    labels = (old.label if old else "", new.label if new else "")
    one, other = (old.text if old else ""), (new.text if new else "")
    if old is None or new is None:
        kind = RevisionKind.REMOVED if new is None else RevisionKind.ADDED
        return ArticleRevision(kind, *labels, (Piece(one, other, is_equal=False),))
    if old.key == new.key:
        return ArticleRevision(
            RevisionKind.SAME, *labels, (Piece(one, other, is_equal=True),), is_moved
        )
    is_long = max(len(one), len(other)) > _LONGEST_MARKED
    pieces = [Piece(one, other, is_equal=False)] if is_long else mark_differences(one, other)
    return ArticleRevision(RevisionKind.CHANGED, *labels, tuple(pieces), is_moved)
