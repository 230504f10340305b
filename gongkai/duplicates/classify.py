"""Two records in, whether one is a duplicate of the other and by what evidence out.

The layers, from the surest on: index number, document number, same text, near text, same entry.
What looks like a duplicate and is none has a kind of its own, so that a clerk is told why.
"""

from dataclasses import dataclass
from enum import StrEnum

from gongkai.duplicates.comparison import NEAR, Overlap, compare_texts
from gongkai.duplicates.texts import Subject
from gongkai.duplicates.titles import ComparedTitles, IsPlace, TitleRelation, compare_titles


class Kind(StrEnum):
    """What two records are to each other; the first five are duplicates."""

    SAME_INDEX_NUMBER = "same index number"
    SAME_DOCUMENT_NUMBER = "same document number"
    SAME_TEXT = "same text"
    NEAR_TEXT = "near text"
    SAME_ENTRY = "same entry"
    """No text to compare: the same title, of the same agency and day."""
    REVISION = "revision"
    """The same title over a text that was amended."""
    OTHER_EDITION = "other edition"
    OTHER_REGION = "other region"
    PASSED_ON = "passed on"
    """转发, 批转, 印发: one document carries the other."""
    CONTAINED = "contained"
    """Another title, and all of one text within the other."""
    SAME_FORM = "same form"
    """One wording filled in for different matters: other title, other number."""
    SAME_TITLE = "same title"
    """The same title over another text, or over none."""
    NUMBER_CONFLICT = "number conflict"
    """One number on two documents whose texts have nothing in common."""

    @property
    def is_duplicate(self) -> bool:
        return self in DUPLICATES


DUPLICATES = frozenset(
    (
        Kind.SAME_INDEX_NUMBER,
        Kind.SAME_DOCUMENT_NUMBER,
        Kind.SAME_TEXT,
        Kind.NEAR_TEXT,
        Kind.SAME_ENTRY,
    )
)
LAYERS = tuple(Kind)
"""The kinds in their order: the surest evidence of a duplicate first."""
_REVISED, _REVISED_CONTAINED = 0.15, 0.5
"""Overlap of two texts under one title from which on one is a revision of the other."""
_WITHIN = 0.9
_TELLING = 200
"""Characters of a text that two documents do not share by chance or by form."""
_LIKE_TITLES = 0.5
_RELATED = {
    TitleRelation.OTHER_EDITION: Kind.OTHER_EDITION,
    TitleRelation.OTHER_REGION: Kind.OTHER_REGION,
    TitleRelation.PASSED_ON: Kind.PASSED_ON,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`score`, 0 to 1, is of the texts; of the titles where there is no text on one side.

    `evidence`: every layer that speaks for it, the surest first, and what speaks against it.
    """

    kind: Kind
    score: float
    jaccard: float | None
    containment: float | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two records with a text each, and all that was measured of them."""

    one: Subject
    other: Subject
    titles: ComparedTitles
    numbers: tuple[Kind, ...]
    overlap: Overlap
    threshold: float

    @property
    def is_same(self) -> bool:
        return self.overlap.is_same

    @property
    def is_near(self) -> bool:
        return self.overlap.score >= self.threshold

    @property
    def shorter(self) -> int:
        return min(len(self.one.text.stream), len(self.other.text.stream))


def classify(
    one: Subject, other: Subject, is_place: IsPlace, threshold: float = NEAR
) -> Finding | None:
    """What the two are to each other, or None for nothing. The order of the two does not matter.

    `threshold`: the least score of near texts, from 0 to 1.
    """
    titles = compare_titles(one.title, other.title, is_place)
    numbers = _shared_numbers(one, other)
    if not one.text.stream or not other.text.stream:
        return _judge_entries(one, other, titles, numbers)
    overlap = compare_texts(one.text, other.text)
    compared = _Compared(one, other, titles, numbers, overlap, threshold)
    kind = _judge_texts(compared)
    if kind is None:
        return None
    evidence = (*numbers, *_describe_overlap(compared), *_describe_entries(one, other, titles))
    return Finding(kind, overlap.score, overlap.jaccard, overlap.containment, evidence)


def _judge_texts(it: _Compared) -> Kind | None:
    relation = it.titles.relation
    if relation in _RELATED and not _outweighs_titles(it):
        is_akin = it.is_near or it.numbers or _is_akin(it)
        return _RELATED[relation] if is_akin else None
    if it.is_near and _is_same_form(it):
        return Kind.SAME_FORM
    if it.is_near:
        return (*it.numbers, Kind.SAME_TEXT if it.is_same else Kind.NEAR_TEXT)[0]
    if relation is TitleRelation.SAME:
        return Kind.REVISION if _is_revised(it.overlap) else Kind.SAME_TITLE
    if it.overlap.containment >= _WITHIN:
        return Kind.CONTAINED
    return Kind.NUMBER_CONFLICT if it.numbers else None


def _outweighs_titles(it: _Compared) -> bool:
    """A long text that is the same to the letter is one document, whatever its two titles say."""
    if it.titles.relation is TitleRelation.PASSED_ON:
        return it.is_same and bool(it.numbers)
    return it.is_same and (bool(it.numbers) or it.shorter >= _TELLING)


def _is_akin(it: _Compared) -> bool:
    return it.titles.relation is TitleRelation.PASSED_ON or it.overlap.jaccard >= _REVISED


def _is_revised(overlap: Overlap) -> bool:
    return overlap.jaccard >= _REVISED or overlap.containment >= _REVISED_CONTAINED


def _is_same_form(it: _Compared) -> bool:
    """Approvals and penalties are written by form: title and number differ, the wording hardly."""
    if it.titles.relation is TitleRelation.SAME:
        return False
    numbers = (it.one.document_number, it.other.document_number)
    if all(numbers) and numbers[0] != numbers[1] and not it.is_same:
        return True
    return it.shorter < _TELLING and it.titles.likeness < _LIKE_TITLES


def _judge_entries(
    one: Subject, other: Subject, titles: ComparedTitles, numbers: tuple[Kind, ...]
) -> Finding | None:
    """By the catalog entry alone, where one of the two has no text."""
    against = _describe_entries(one, other, titles)
    relation = titles.relation
    if relation in _RELATED:
        kind = _RELATED[relation] if numbers else None
    elif numbers:
        kind = numbers[0]
    elif relation is TitleRelation.SAME:
        kind = Kind.SAME_ENTRY if _is_same_entry(one, other) else Kind.SAME_TITLE
    else:
        kind = None
    if kind is None:
        return None
    score = 1.0 if relation is TitleRelation.SAME else titles.likeness
    return Finding(kind, score, None, None, (*numbers, *against))


def _is_same_entry(one: Subject, other: Subject) -> bool:
    if one.document_number and other.document_number:
        return False
    day, other_day = one.issued_on or one.published_on, other.issued_on or other.published_on
    return one.publisher == other.publisher and day is not None and day == other_day


def _shared_numbers(one: Subject, other: Subject) -> tuple[Kind, ...]:
    shared = []
    if one.index_number and one.index_number == other.index_number:
        shared.append(Kind.SAME_INDEX_NUMBER)
    if one.document_number and one.document_number == other.document_number:
        shared.append(Kind.SAME_DOCUMENT_NUMBER)
    return tuple(shared)


def _describe_overlap(it: _Compared) -> list[str]:
    overlap = it.overlap
    if it.is_same:
        return [Kind.SAME_TEXT]
    described = [Kind.NEAR_TEXT.value] if it.is_near else []
    if overlap.wrong_characters:
        described.append(f"wrong characters: {overlap.wrong_characters}")
    if overlap.is_moved:
        described.append("sentences moved")
    if overlap.is_framed:
        described.append("frame added")
    return described


def _describe_entries(one: Subject, other: Subject, titles: ComparedTitles) -> list[str]:
    described = [f"title: {titles.relation.value}"]
    pairs = {
        "document number": (one.document_number, other.document_number),
        "index number": (one.index_number, other.index_number),
        "date of issue": (one.issued_on, other.issued_on),
    }
    described += [f"other {name}" for name, (a, b) in pairs.items() if a and b and a != b]
    return described
