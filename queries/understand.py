"""The words of a request in, an UnderstoodQuery out: what was read in them and the query tree.

Segmentation decides rank, never recall: every word may be met by its characters as written
(bigrams), so a literal run of a text finds that text however either side was cut.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from analyzers.chains import Analysis
from catalog.document_number import find_document_numbers
from catalog.index_number import find_index_numbers
from queries.relevance import Weights, load_weights
from queries.syntax import Piece, split_pieces
from queries.tree import And, Best, Boost, Constant, Everything, Nothing, Or, Phrase, Query, Term

WORD_LIMIT = 40
"""Distinct words that have to be met; more only cost time, a text of 40 words is found by them."""
RUN_LIMIT = 40
"""Characters of one literal run that are asked for as a phrase."""
RELAXED_SHARE = 0.6
"""Share of the words a record has to hold once no record holds all."""


@dataclass(frozen=True, slots=True)
class UnderstoodQuery:
    """What was read in a text. `terms`: words shown to the user; `needles`: runs to highlight.

    `strict` asks for every word; `relaxed` for most of them, None where that is no weaker.
    """

    text: str
    terms: tuple[str, ...]
    needles: tuple[str, ...]
    strict: Query
    relaxed: Query | None = None


@dataclass(slots=True)
class _Clauses:
    must: list[Query] = field(default_factory=list)
    words: list[Query] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    should: list[Query] = field(default_factory=list)
    exclude: list[Query] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    needles: list[str] = field(default_factory=list)


class Understanding:
    """Reads queries with one analysis and one set of weights; keeps no state between them."""

    def __init__(self, analysis: Analysis, weights: Weights | None = None) -> None:
        self._analysis = analysis
        self._weights = weights or load_weights()

    def understand(self, text: str) -> UnderstoodQuery:
        """One query text, at most TEXT_LIMIT characters (the caller has checked)."""
        text = " ".join(text.split())
        if not text:
            return UnderstoodQuery("", (), (), Everything())
        clauses = _Clauses()
        pieces = split_pieces(text)
        spoken = [piece for piece in pieces if self._analysis.literal(piece.text)]
        for is_plain, group in groupby(spoken or pieces, key=_is_plain):
            if is_plain:
                # A number may hold spaces (宜政办秘（2008） 8号): it is looked for before they cut.
                self._read_words(" ".join(piece.text for piece in group), clauses)
            else:
                for piece in group:
                    self._read_operator(piece, clauses)
        if not (clauses.must or clauses.words):
            self._require_asking(clauses)
        shown = tuple(dict.fromkeys(clauses.terms))
        needles = tuple(dict.fromkeys(needle for needle in clauses.needles if needle))
        strict = self._combine(text, clauses, relaxed=False)
        relaxed = self._combine(text, clauses, relaxed=True) if len(clauses.words) > 1 else None
        return UnderstoodQuery(text, shown, needles, strict, relaxed)

    def _read_operator(self, piece: Piece, clauses: _Clauses) -> None:
        if piece.excluded:
            clauses.exclude.extend(self._whole(piece.text))
            return
        clauses.must.extend(self._literally(piece.text))
        clauses.terms.append(piece.text)
        clauses.needles.append(self._analysis.literal(piece.text))
        clauses.should.extend(self._runs(piece.text))

    def _read_words(self, text: str, clauses: _Clauses) -> None:
        for part, query in self._split_numbers(text):
            if query:
                clauses.must.append(query)
                clauses.terms.append(part)
                clauses.needles.append(self._analysis.literal(part))
            else:
                for run in part.split():
                    self._read_plain(run, clauses)

    def _read_plain(self, text: str, clauses: _Clauses) -> None:
        words = list(dict.fromkeys(self._analysis.exact(text)))
        content = [word for word in words if not self._analysis.is_stopword(word)]
        for word in content:
            if len(clauses.words) < WORD_LIMIT:
                clauses.words.append(self._word(word))
        stopwords = [word for word in words if word not in content]
        clauses.should.extend(
            Boost(self._ranked(w), self._weights.words_stopword) for w in stopwords
        )
        clauses.terms.extend(content)
        clauses.needles.extend(content)
        if not content:
            clauses.asking.append(text)
        if len(words) > 1:
            clauses.should.extend(self._runs(text))

    def _require_asking(self, clauses: _Clauses) -> None:
        """Words of asking (怎么) are met as written where nothing else is asked for."""
        for text in clauses.asking:
            words = self._analysis.exact(text)
            clauses.must.extend(self._literally(text))
            clauses.terms.extend(words)
            clauses.needles.extend(words)

    def _split_numbers(self, text: str) -> Iterable[tuple[str, Query | None]]:
        """The text cut at the numbers in it; a number comes with the query for its field."""
        found = [
            (n.start, n.end, self._document_number(text[n.start : n.end], n.number.canonical))
            for n in find_document_numbers(text)
        ]
        found += [
            (n.start, n.end, self._index_number(text[n.start : n.end], n.number.canonical))
            for n in find_index_numbers(text)
        ]
        position = 0
        for start, end, query in sorted(found, key=lambda item: item[:2]):
            if start < position:
                continue
            if text[position:start].strip():
                yield text[position:start], None
            yield text[start:end], query
            position = end
        if text[position:].strip():
            yield text[position:], None

    def _document_number(self, typed: str, canonical: str) -> Query:
        named = Constant(Term("document_number", canonical), self._weights.exact_document_number)
        return self._number(named, typed, canonical)

    def _index_number(self, typed: str, canonical: str) -> Query:
        named = Constant(Term("index_number", canonical), self._weights.exact_index_number)
        return self._number(named, typed, canonical)

    def _number(self, named: Query, typed: str, canonical: str) -> Query:
        cited = (
            Constant(run, self._weights.exact_cited_number)
            for spelling in dict.fromkeys((canonical, typed))
            for run in self._whole(spelling)
        )
        return Best((named, *cited))

    def _word(self, word: str) -> Query:
        """A word wherever it was cut out of a text, or its characters as written."""
        literal = tuple(
            Constant(query, self._weights.words_literal) for query in self._literally(word)
        )
        return Best((*self._zones(word), *literal), tie=self._weights.words_tie)

    def _ranked(self, word: str) -> Query:
        return Best(self._zones(word), tie=self._weights.words_tie)

    def _zones(self, word: str) -> tuple[Query, ...]:
        weights = self._weights
        return (
            Boost(Term("title_words", word), weights.words_title),
            Boost(Term("entry_words", word), weights.words_entry),
            Boost(Term("body_words", word), weights.words_body),
        )

    def _literally(self, text: str) -> list[Query]:
        """Queries that together hold for every record with this run of characters in its text."""
        run = self._analysis.literal(text)
        if len(run) >= 2:
            return [_phrase("text_grams", part) for part in _parts(run)]
        return [Term("text_chars", char) for char in self._analysis.chars(run or text)]

    def _whole(self, text: str) -> list[Query]:
        parts = self._literally(text)
        return [And(tuple(parts)) if len(parts) > 1 else parts[0]] if parts else []

    def _runs(self, text: str) -> list[Query]:
        run = self._analysis.literal(text)
        if not 2 <= len(run) <= RUN_LIMIT:
            return []
        return [
            Boost(_phrase("title_grams", run), self._weights.run_title),
            Boost(_phrase("text_grams", run), self._weights.run_text),
        ]

    def _combine(self, text: str, clauses: _Clauses, *, relaxed: bool) -> Query:
        must = list(clauses.must)
        if relaxed:
            minimum = max(1, int(len(clauses.words) * RELAXED_SHARE))
            must.append(Or(tuple(clauses.words), minimum))
        else:
            must.extend(clauses.words)
        if not must:
            return Nothing()
        meant = And(tuple(must), tuple(clauses.should), tuple(clauses.exclude))
        whole = self._named_whole(text)
        return Or((*whole, meant)) if whole else meant

    def _named_whole(self, text: str) -> tuple[Query, ...]:
        """Records whose title the whole text is, whatever operators it happens to hold."""
        key = self._analysis.literal(text)
        return (Constant(Term("title_key", key), self._weights.exact_title),) if key else ()


def _is_plain(piece: Piece) -> bool:
    return not (piece.phrase or piece.excluded)


def _parts(run: str) -> Sequence[str]:
    """A long run cut into overlapping parts, so that one phrase stays short."""
    if len(run) <= RUN_LIMIT:
        return (run,)
    starts = range(0, len(run) - 1, RUN_LIMIT - 1)
    return tuple(run[start : start + RUN_LIMIT] for start in starts)[:WORD_LIMIT]


def _phrase(field_name: str, run: str) -> Query:
    """A literal run of two or more characters as its overlapping bigrams."""
    if len(run) == 2:
        return Term(field_name, run)
    return Phrase(field_name, tuple(map("".join, pairwise(run))))
