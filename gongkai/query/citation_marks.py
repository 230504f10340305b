"""The values of the index under which a document and its citations are found (依据, 被引用)."""

from collections.abc import Iterable, Iterator

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.citations import Citation
from gongkai.catalog.title_base import read_issued, read_title_base
from gongkai.query.similarity import title_mark

_LEAST_ISSUED = 4
"""Characters of the title of a document that a notice issues."""


def title_key(title: str, analyzer: TextAnalyzer) -> str:
    """Returns the key that all versions of a title share."""
    return analyzer.letters_only(read_title_base(title))


def title_keys(title: str, analyzer: TextAnalyzer) -> tuple[str, ...]:
    """Returns the keys that a record goes by: its title, and of a notice what it issues."""
    issued = read_issued(title) or ""
    inner = title_key(issued, analyzer) if len(issued) >= _LEAST_ISSUED else ""
    return tuple(dict.fromkeys(filter(None, (title_key(title, analyzer), inner))))


def numbered_mark(key: str, number: str) -> str:
    """Returns the mark of a citation with the title and the number of one document."""
    return f"{title_mark(key)}{number}"


def list_marks(citations: Iterable[Citation], analyzer: TextAnalyzer) -> tuple[str, ...]:
    """Returns the marks of all citations of a record."""
    return tuple(dict.fromkeys(mark for each in citations for mark in marks_of(each, analyzer)))


def marks_of(citation: Citation, analyzer: TextAnalyzer) -> Iterator[str]:
    """Yields the marks of one citation: its number, with its title where it has one, or its title.

    The title alone is no mark of a citation with a number, which means one version of the title.
    """
    key = title_key(citation.title, analyzer) if citation.title else ""
    number = citation.document_number
    if number:
        yield number
        if key:
            yield numbered_mark(key, number)
    elif key:
        yield title_mark(key)
