"""Builds the query for records that a record or draft may duplicate.

The index stores the LSH bands of each text, so either engine answers the query like any search.
"""

from analyzers.text_analyzer import TextAnalyzer
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.titles import read_core
from gongkai.query.tree import ConstantScore, MatchNone, Or, Phrase, Query, Term, Terms

CANDIDATES = 50
"""Records that are compared; those with the most evidence come first."""
_INDEX_NUMBER, _TEXT, _NUMBER, _TITLE = 1000.0, 800.0, 500.0, 200.0
_LEAST_TITLE = 6


def find_candidates(subject: Subject, analyzer: TextAnalyzer) -> Query:
    """Matches records with the same number, text or title, or with bands of the same text."""
    core = analyzer.letters_only(read_core(subject.title))
    parts: list[Query] = []
    if subject.index_number:
        parts.append(ConstantScore(Term("index_number", subject.index_number), _INDEX_NUMBER))
    if subject.document_number:
        parts.append(ConstantScore(Term("document_number", subject.document_number), _NUMBER))
    if subject.text.key:
        parts.append(ConstantScore(Term("text_key", subject.text.key), _TEXT))
        bands = tuple(ConstantScore(Term("bands", band), 1.0) for band in subject.text.bands)
        parts.append(Or(bands))
    keys = tuple(dict.fromkeys(key for key in (analyzer.letters_only(subject.title), core) if key))
    if keys:
        parts.append(ConstantScore(Terms("title_key", keys), _TITLE))
    if len(core) >= _LEAST_TITLE:
        parts.append(ConstantScore(Phrase("title_grams", tuple(analyzer.grams(core))), _TITLE))
    return Or(tuple(parts)) if parts else MatchNone()
