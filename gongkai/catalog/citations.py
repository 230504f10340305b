"""Finds the documents that the text of a record cites (依据, 引用), by title and number."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.cited_titles import find_outermost, is_beside, with_agency
from gongkai.catalog.document_number import FoundNumber, find_document_numbers
from gongkai.catalog.genre import DEFAULT_GENRES
from gongkai.catalog.title_base import read_title_base


@dataclass(frozen=True, slots=True)
class Citation:
    """One cited document, with a title, a number or both.

    `is_basis` tells that the record states it as its basis (根据《…》，制定本办法).
    """

    title: str | None
    document_number: str | None
    is_basis: bool = False


MOST = 200
"""Documents of one record."""
_LEAST, _LONGEST = 2, 150
"""Characters of a title; the shortest are those of laws (水法)."""
_GENRES = frozenset(DEFAULT_GENRES)
"""Titles that identify no document (《办法》)."""
_BEFORE = 60
"""Characters before a title that may name its agency."""
_SENTENCE = lazy_re(r"[^。；;\n]+")
_BASIS = lazy_re(r"(?:根据|依据|依照|按照|遵照)")
_MADE = lazy_re(r"制定|拟定|订立|修订本|现将|现就|通知如下|公告如下|决定如下|规定如下|意见如下")
_SHORTENED = lazy_re(r"(?:简称|下称|统称)为?[:：“]?\Z")
_OWN_FORM = "bracketed"
"""The form of numbers that identify a document; orders of all agencies are 令第5号."""


def find_citations(body: str, own: Iterable[str]) -> tuple[Citation, ...]:
    """Returns the distinct citations in a text in order, at most MOST.

    `own` are titles and numbers that are no citations, such as those of the record itself. Short
    forms (以下简称《办法》) are none, either.
    """
    if not _may_cite(body):
        return ()
    skipped = {name for each in own for name in (each, read_title_base(each))}
    found: dict[tuple[str | None, str | None], Citation] = {}
    for each in _read(body):
        key = (each.title and read_title_base(each.title), each.document_number)
        if key[0] in skipped or key[1] in skipped:
            continue
        known = found.get(key, each)
        found[key] = replace(known, is_basis=known.is_basis or each.is_basis)
        if len(found) == MOST:
            break
    return tuple(found.values())


def _may_cite(text: str) -> bool:
    return "《" in text or "号" in text


def _read(body: str) -> Iterator[Citation]:
    shortened: set[str] = set()
    for sentence in _SENTENCE.finditer(body):
        if _may_cite(sentence[0]):
            yield from _read_sentence(sentence[0], shortened)


def _read_sentence(sentence: str, shortened: set[str]) -> Iterator[Citation]:
    """Yields citations; adds the short forms that the sentence introduces."""
    numbers = [n for n in find_document_numbers(sentence) if n.number.form == _OWN_FORM]
    starts = [each.start for each in numbers]
    spans = list(find_outermost(sentence))
    basis = _find_basis(sentence)
    taken: set[int] = set()
    for start, end in spans:
        before = sentence[max(start - _BEFORE, 0) : start]
        title = with_agency(before, sentence[start + 1 : end - 1])
        if _SHORTENED.search(before):
            shortened.add(title)
        at = bisect_right(starts, end - 1)
        close = numbers[at] if at < len(numbers) else None
        if close and is_beside(sentence, end, close.start, close.end):
            taken.add(close.start)
        else:
            close = None
        is_title = _LEAST <= len(title) <= _LONGEST and title not in _GENRES
        if is_title and title not in shortened:
            yield Citation(title, close.number.canonical if close else None, start in basis)
    for number in _find_outside(numbers, spans):
        if number.start not in taken:
            yield Citation(None, number.number.canonical, number.start in basis)


def _find_basis(sentence: str) -> range:
    """Returns the place of the documents that a sentence states as its basis."""
    basis = _BASIS.search(sentence)
    made = _MADE.search(sentence, basis.end()) if basis else None
    return range(basis.end(), made.start()) if basis and made else range(0)


def _find_outside(
    numbers: Sequence[FoundNumber], spans: Collection[tuple[int, int]]
) -> Iterator[FoundNumber]:
    """Yields the numbers that are not part of a title."""
    begins = [start for start, _ in spans]
    ends = [end for _, end in spans]
    for each in numbers:
        at = bisect_right(begins, each.start) - 1
        if at < 0 or each.start >= ends[at]:
            yield each
