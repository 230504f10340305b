"""Builds queries for records related to a record: repealed, repealing and similar ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.genre import DEFAULT_GENRES
from gongkai.query.relevance import Weights
from gongkai.query.tree import (
    And,
    Boost,
    ConstantScore,
    MatchNone,
    Or,
    Query,
    Term,
    Terms,
    match_run,
)

MOST_WORDS = 24
"""Words of a title and its keywords that are compared."""


_RUN_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a record, taken from its catalog entry."""

    title: str
    keywords: Sequence[str] = ()
    topics: Sequence[str] = ()


def title_mark(title_key: str) -> str:
    """Returns the form of a repealed title in the field `repeals`, where numbers are stored too."""
    return f"《{title_key}》"


def find_repealed(titles: Sequence[str], numbers: Sequence[str]) -> Query:
    """Matches records that a repeal may refer to: `titles` as `title_key`, `numbers` canonical."""
    named = {"title_key": tuple(titles), "document_number": tuple(numbers)}
    return _any(tuple(Terms(field, values) for field, values in named.items() if values))


def find_repealing(title_key: str, number: str | None) -> Query:
    """Matches records whose text states that they repeal this one."""
    return Terms("repeals", (title_mark(title_key), *((number,) if number else ())))


def find_explained(titles: Sequence[str], numbers: Sequence[str]) -> Query:
    """Matches records that an interpretation may refer to: `titles` as `title_key`.

    The title of a rule is within that of the notice that issues it (关于印发《…》的通知).
    """
    inside = tuple(
        match_run("title_grams", each) for each in titles if 2 <= len(each) <= _RUN_LIMIT
    )
    return _any((*inside, *(() if not numbers else (Terms("document_number", tuple(numbers)),))))


def find_explaining(title_keys: Sequence[str], number: str | None) -> Query:
    """Matches records that explain the document with these titles or this number."""
    marks = tuple(map(title_mark, title_keys))
    return Terms("explains", (*marks, *((number,) if number else ())))


def find_similar(subject: Subject, analyzer: TextAnalyzer, weights: Weights) -> Query:
    """Matches records on the same subject; the record itself has the highest score."""
    words = _words(subject, analyzer)
    if not words:
        return MatchNone()
    alike = tuple(_shared(word, weights) for word in words)
    minimum = max(round(len(alike) * weights.similar_share), 1)
    topics = tuple(ConstantScore(Term("topic", t), weights.similar_topic) for t in subject.topics)
    return And((Or(alike, minimum),), topics)


def _shared(word: str, weights: Weights) -> Query:
    in_title = Boost(Term("title_words", word), weights.similar_title)
    return Or((in_title, Boost(Term("entry_words", word), weights.similar_entry)))


def _words(subject: Subject, analyzer: TextAnalyzer) -> list[str]:
    """Returns the words that distinguish a record.

    Single characters and words that every title has (关于, 的, 通知) are left out.
    """
    texts = (subject.title, *subject.keywords)
    words = dict.fromkeys(word for text in texts for word in analyzer.tokenize_for_search(text))
    return [
        word
        for word in words
        if len(word) > 1 and not analyzer.is_stopword(word) and word not in DEFAULT_GENRES
    ][:MOST_WORDS]


def _any(queries: tuple[Query, ...]) -> Query:
    return Or(queries) if queries else MatchNone()
