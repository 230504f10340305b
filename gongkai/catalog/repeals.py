"""Finds the documents that the text of a record repeals (废止).

Recognizes the standard drafting phrases (…《甲办法》（某政发〔2008〕1号）同时废止): a title in 《》
or a number before the verb or right after it, in one sentence. Conditions, single articles and
documents that are only amended do not count.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.cited_titles import find_outermost, is_beside, with_agency
from gongkai.catalog.document_number import find_document_numbers


@dataclass(frozen=True, slots=True)
class Repeal:
    """One repealed document as cited, with a title, a number or both.

    `title` is the text between the outermost 《》, preceded by the agency if it begins with 关于.
    """

    title: str | None
    document_number: str | None


MOST = 200
"""Documents of one record; a decision that repeals many rules of a city names some dozens."""
_VERB = lazy_re(
    r"(?<![不未已])(?:同时|即行|予以|即予|自行|一并|相应|均|即|也)(?:予以)?(?:废止|失效|停止执行)"
    r"|(?<![不未已经被])(?:宣布|决定)(?:予以)?(?:废止|失效)|(?<=[》号）)])(?:废止|失效)"
)
_VERB_FIRST = lazy_re(r"(?:废止|宣布失效)(?=[《]|[^。；\n《》]{0,30}《)")
_SENTENCE = lazy_re(r"[^。；;\n]+")
_SINCE = lazy_re(r"(?:起|公布后|发布后|公布之日)(?:正式)?(?:施行|实施|执行|生效)[,，]?")
_PARTLY = lazy_re(
    r"[^《》，,、；]{0,4}第[0-9一二三四五六七八九十百零〇]{1,6}[条款项章]|中?(?:有关|关于|的)|自本|等法律"
)
_AMENDING = lazy_re(r"(?:第[一二三四五六七八九十]次)?(?:修改|修正|修订)|(?:的)?(?:规定|要求|精神)")
_CERTIFICATE = lazy_re(r"(?:证|证书|证明)\Z")


def find_repeals(body: str) -> tuple[Repeal, ...]:
    """Returns the distinct repeals in a text in order, at most MOST."""
    if not _says_so(body):
        return ()
    found = dict.fromkeys(
        repeal
        for sentence in _SENTENCE.finditer(body)
        if _says_so(sentence[0])
        for repeal in _read_sentence(sentence[0])
    )
    return tuple(found)[:MOST]


def _says_so(text: str) -> bool:
    return "废止" in text or "失效" in text or "停止执行" in text


def _read_sentence(sentence: str) -> Iterator[Repeal]:
    verb = max(_VERB.finditer(sentence), key=re.Match.start, default=None)
    named = list(_read_cited(_after_start(sentence[: verb.start()]))) if verb else []
    if not named and (first := _VERB_FIRST.search(sentence)):
        named = list(_read_cited(sentence[first.end() :]))
    yield from named


def _after_start(clause: str) -> str:
    """Returns the part after a commencement clause: 《甲》自公布之日起施行，《乙》同时废止."""
    starts = list(_SINCE.finditer(clause))
    return clause[starts[-1].end() :] if starts else clause


def _read_cited(clause: str) -> Iterator[Repeal]:
    numbers = find_document_numbers(clause)
    spans = list(find_outermost(clause))
    taken: set[int] = set()
    for at, (start, end) in enumerate(spans):
        rest = clause[end:]
        until = spans[at + 1][0] if at + 1 < len(spans) else len(clause)
        close = next((n for n in numbers if is_beside(clause, end, n.start, until)), None)
        if close:
            taken.add(close.start)
        title = with_agency(clause[:start], clause[start + 1 : end - 1])
        is_whole = not _PARTLY.match(rest) and not _AMENDING.match(rest)
        if title and is_whole and not _CERTIFICATE.search(title):
            yield Repeal(title, close.number.canonical if close else None)
    for number in numbers:
        is_inside = any(start <= number.start < end for start, end in spans)
        if not spans and not is_inside and number.start not in taken:
            yield Repeal(None, number.number.canonical)
