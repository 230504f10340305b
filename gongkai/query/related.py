"""What a record says of itself in, queries for the records related to it out.

Called by `gongkai.search.related`; `indexer.documents` marks repealed titles the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.genre import DEFAULT_GENRES
from gongkai.query.relevance import Weights
from gongkai.query.tree import And, Boost, ConstantScore, MatchNone, Or, Query, Term, Terms

MOST_WORDS = 24
"""Words of a title and its keywords that are compared."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a record is about, by its catalog entry."""

    title: str
    keywords: Sequence[str] = ()
    topics: Sequence[str] = ()


def title_mark(title_key: str) -> str:
    """How a repealed title stands in the field `repeals`, beside numbers."""
    return f"《{title_key}》"


def find_repealed(titles: Sequence[str], numbers: Sequence[str]) -> Query:
    """Records that a repeal may mean: `titles` as `title_key`, `numbers` canonical."""
    named = {"title_key": tuple(titles), "document_number": tuple(numbers)}
    return _any(tuple(Terms(field, values) for field, values in named.items() if values))


def find_repealing(title_key: str, number: str | None) -> Query:
    """Records whose text says that they repeal this one."""
    return Terms("repeals", (title_mark(title_key), *((number,) if number else ())))


def find_similar(subject: Subject, analysis: TextAnalyzer, weights: Weights) -> Query:
    """Records about the same matter; the record itself is among them, and scores highest."""
    words = _words(subject, analysis)
    if not words:
        return MatchNone()
    alike = tuple(_shared(word, weights) for word in words)
    minimum = max(round(len(alike) * weights.similar_share), 1)
    topics = tuple(ConstantScore(Term("topic", t), weights.similar_topic) for t in subject.topics)
    return And((Or(alike, minimum),), topics)


def _shared(word: str, weights: Weights) -> Query:
    in_title = Boost(Term("title_words", word), weights.similar_title)
    return Or((in_title, Boost(Term("entry_words", word), weights.similar_entry)))


def _words(subject: Subject, analysis: TextAnalyzer) -> list[str]:
    """Single characters say nothing, nor do 关于, 的 and 通知, which every title has."""
    texts = (subject.title, *subject.keywords)
    words = dict.fromkeys(word for text in texts for word in analysis.tokenize_for_search(text))
    return [
        word
        for word in words
        if len(word) > 1 and not analysis.is_stopword(word) and word not in DEFAULT_GENRES
    ][:MOST_WORDS]


def _any(queries: tuple[Query, ...]) -> Query:
    return Or(queries) if queries else MatchNone()
