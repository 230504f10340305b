"""Classifies a pair of records as duplicates or related documents, with the evidence.

Layers from the strongest evidence on: index number, document number, same text, near text, same
entry. Pairs that only resemble duplicates have kinds of their own, so that staff see the reason.
"""

from dataclasses import dataclass

from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.comparison import NEAR, Overlap, compare_texts
from gongkai.duplicates.evidence import Difference, Evidence, Kind, WrongCharacters
from gongkai.duplicates.titles import ComparedTitles, IsPlace, TitleRelation, compare_titles

REVISED, REVISED_CONTAINED = 0.15, 0.5
"""Least overlap of two texts with the same title for one to be a revision of the other."""
_LEAST_CONTAINMENT = 0.9
_DISTINCTIVE_LENGTH = 200
"""Characters of a text that two documents do not share by chance or as a form."""
_LIKE_TITLES = 0.5
_RELATED = {
    TitleRelation.OTHER_EDITION: Kind.OTHER_EDITION,
    TitleRelation.OTHER_REGION: Kind.OTHER_REGION,
    TitleRelation.PASSED_ON: Kind.PASSED_ON,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The relation of a pair; `score`, 0 to 1, is of the texts, or of the titles if one has none.

    `evidence` lists every layer that supports the kind, strongest first, then the contrary
    evidence.
    """

    kind: Kind
    score: float
    jaccard: float | None
    containment: float | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two records with texts, and everything measured about them."""

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
    """Returns the relation of two records, or None; the order of the two does not matter.

    `threshold` is the least score of near texts, from 0 to 1.
    """
    titles = compare_titles(one.title, other.title, is_place)
    numbers = _shared_numbers(one, other)
    if not one.text.stream or not other.text.stream:
        return _classify_entries(one, other, titles, numbers)
    overlap = compare_texts(one.text, other.text)
    compared = _Compared(one, other, titles, numbers, overlap, threshold)
    kind = _classify_texts(compared)
    if kind is None:
        return None
    evidence = (*numbers, *_list_overlap(compared), *_list_entries(one, other, titles))
    return Finding(kind, overlap.score, overlap.jaccard, overlap.containment, evidence)


def _classify_texts(pair: _Compared) -> Kind | None:
    relation = pair.titles.relation
    if relation in _RELATED and not _outweighs_titles(pair):
        is_akin = pair.is_near or pair.numbers or _is_akin(pair)
        return _RELATED[relation] if is_akin else None
    if pair.is_near and _is_same_form(pair):
        return Kind.SAME_FORM
    if pair.is_near:
        return (*pair.numbers, Kind.SAME_TEXT if pair.is_same else Kind.NEAR_TEXT)[0]
    if relation is TitleRelation.SAME:
        return Kind.REVISION if _is_revised(pair.overlap) else Kind.SAME_TITLE
    if pair.overlap.containment >= _LEAST_CONTAINMENT:
        return Kind.CONTAINED
    return Kind.NUMBER_CONFLICT if pair.numbers else None


def _outweighs_titles(pair: _Compared) -> bool:
    """Whether equal texts outweigh different titles: a long identical text is one document."""
    if pair.titles.relation is TitleRelation.PASSED_ON:
        return pair.is_same and bool(pair.numbers)
    return pair.is_same and (bool(pair.numbers) or pair.shorter >= _DISTINCTIVE_LENGTH)


def _is_akin(pair: _Compared) -> bool:
    return pair.titles.relation is TitleRelation.PASSED_ON or pair.overlap.jaccard >= REVISED


def _is_revised(overlap: Overlap) -> bool:
    return overlap.jaccard >= REVISED or overlap.containment >= REVISED_CONTAINED


def _is_same_form(pair: _Compared) -> bool:
    """Whether both are one form: in approvals and penalties mostly title and number differ."""
    if pair.titles.relation is TitleRelation.SAME:
        return False
    numbers = (pair.one.document_number, pair.other.document_number)
    if all(numbers) and numbers[0] != numbers[1] and not pair.is_same:
        return True
    return pair.shorter < _DISTINCTIVE_LENGTH and pair.titles.likeness < _LIKE_TITLES


def _classify_entries(
    one: Subject, other: Subject, titles: ComparedTitles, numbers: tuple[Kind, ...]
) -> Finding | None:
    """Classifies by the catalog entry alone, where a record has no text."""
    against = _list_entries(one, other, titles)
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


def _list_overlap(pair: _Compared) -> list[Evidence]:
    overlap = pair.overlap
    if pair.is_same:
        return [Kind.SAME_TEXT]
    found: list[Evidence] = [Kind.NEAR_TEXT] if pair.is_near else []
    if overlap.wrong_characters:
        found.append(WrongCharacters(overlap.wrong_characters))
    if overlap.is_moved:
        found.append(Difference.SENTENCES_MOVED)
    if overlap.is_framed:
        found.append(Difference.FRAME_ADDED)
    return found


def _list_entries(one: Subject, other: Subject, titles: ComparedTitles) -> list[Evidence]:
    pairs = {
        Difference.DOCUMENT_NUMBER: (one.document_number, other.document_number),
        Difference.INDEX_NUMBER: (one.index_number, other.index_number),
        Difference.DATE_OF_ISSUE: (one.issued_on, other.issued_on),
    }
    return [titles.relation, *(name for name, (a, b) in pairs.items() if a and b and a != b)]
