"""Query interpretation: turns a query text into an InterpretedQuery with its query trees.

Reading order: a date expression (2008年的), words for the newest (最新),
operators ("短语", -排除), whole and partial numbers, then words, with
official terms for everyday ones. QueryBuilder weighs each part.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from analyzers.normalize import normalize_text
from analyzers.numerals import close_up, find_quantities, respell
from analyzers.sampling import choose_highlight_terms
from analyzers.text_analyzer import TextAnalyzer
from analyzers.word_term import WordBounds, WordTerm
from gongkai.catalog.instants import today_in_china
from gongkai.query.assembly import WORD_LIMIT, TreeAssembler
from gongkai.query.clauses import Clauses, ReadTerm
from gongkai.query.date_expressions import DateExpression, find_date_expression
from gongkai.query.expansion import Expansion, QueryExpander
from gongkai.query.filters import published_between
from gongkai.query.number_reader import NumberReader, find_laws
from gongkai.query.query_builder import RUN_LIMIT, QueryBuilder
from gongkai.query.questions import find_asking
from gongkai.query.recency import find_newest
from gongkai.query.relevance import Weights, load_weights
from gongkai.query.syntax import Piece, find_emphasis, split_pieces
from gongkai.query.term_groups import TermGroup, group_terms
from gongkai.query.tree import And, MatchAll, MatchNone, Or, Query
from gongkai.query.word_counts import SHORTEST_COUNTED, WordCounts, as_written

_LONG_RUN = 8
"""Letters of a text that names a record if it is part of a title."""


@dataclass(frozen=True, slots=True)
class Switches:
    """Features of interpretation that a user may switch off to search exactly as typed."""

    expand: bool = True
    dates: bool = True


@dataclass(frozen=True, slots=True)
class InterpretedQuery:
    """The interpretation of a text: `terms` are shown, `highlight_terms` are highlighted.

    `strict` requires every word. `relaxed` requires most of them and ranks records with every word
    first; it is None where it would match no more. `codes` are the numbers found, as typed.
    `expanded` maps typed words to official terms. `date_expression` is the one that the trees
    contain. `newest` is true where the words ask for the newest records. `is_cut` is true where a
    query had too many words and some were dropped.
    """

    text: str
    terms: tuple[str, ...]
    highlight_terms: tuple[str, ...]
    strict: Query
    relaxed: Query | None = None
    codes: tuple[str, ...] = ()
    expanded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_expression: DateExpression | None = None
    newest: bool = False
    is_cut: bool = False


class QueryInterpreter:
    """Interprets queries with one analyzer, one set of weights and one query expander.

    `counts` are the word counts of the index as far as they are known; the interpretation notes
    those that it lacks. `today` is the clock. Keeps no state between queries.
    """

    def __init__(
        self,
        analyzer: TextAnalyzer,
        weights: Weights | None = None,
        expander: QueryExpander | None = None,
        counts: WordCounts | None = None,
        *,
        today: Callable[[], date] = today_in_china,
    ) -> None:
        self._analyzer = analyzer
        self._weights = weights or load_weights()
        self._expander = expander or QueryExpander()
        self._counts = counts or WordCounts()
        self._builder = QueryBuilder(analyzer, self._weights, self._counts)
        self._numbers = NumberReader(self._builder, self._expander.is_prefix)
        self._bounds = WordBounds.of(analyzer)
        self.today = today

    def with_counts(self, counts: WordCounts) -> "QueryInterpreter":
        """Returns this interpreter with other word counts."""
        other = copy(self)
        other._counts = counts
        other._builder = QueryBuilder(self._analyzer, self._weights, counts)
        return other

    def pinned(self, text: str) -> tuple[str, ...]:
        """Returns the ids of the records that staff pinned to a query text."""
        return self._expander.pinned(text)

    def list_words(self, text: str, switches: Switches | None = None) -> set[str]:
        """Returns the words of a text and of its official terms, whose counts `interpret` needs."""
        normalized = normalize_text(text)
        words = set(self._analyzer.tokenize_for_search(normalized))
        if switches is None or switches.expand:
            for expansion in self._expand(normalized):
                for other in expansion.others:
                    words.update(self._analyzer.tokenize_for_search(other))
        return {word for word in words if len(word) >= SHORTEST_COUNTED}

    def interpret(self, text: str, switches: Switches | None = None) -> InterpretedQuery:
        """Interprets one query text of at most TEXT_LIMIT characters."""
        switches = switches or Switches()
        text = " ".join(text.split())
        if not text:
            return InterpretedQuery("", (), (), MatchAll())
        clauses = Clauses()
        expression = find_date_expression(text, self.today()) if switches.dates else None
        undated = _without(text, (expression.start, expression.end) if expression else None)
        newest = find_newest(undated) if switches.dates else None
        self._read(_without(undated, newest), clauses, expand=switches.expand)
        if expression:
            self._choose_date(expression, clauses)
        assembler = TreeAssembler(self._builder, self._weights, self._counts, clauses)
        today = self.today()
        return InterpretedQuery(
            text=text,
            terms=tuple(dict.fromkeys(clauses.terms)),
            highlight_terms=choose_highlight_terms(clauses.highlight_terms),
            strict=assembler.strict(text, today),
            relaxed=assembler.relaxed(text, today),
            codes=tuple(clauses.codes),
            expanded=clauses.expanded,
            date_expression=expression,
            newest=newest is not None,
            is_cut=clauses.is_cut,
        )

    def literally(self, text: str) -> Query:
        """Returns a query for records that contain this run of characters as written."""
        return And(tuple(self._builder.whole(text)) or (MatchNone(),))

    def titled(self, text: str) -> Query:
        """Returns a query for records with this title, or with a long text in their title."""
        named = self._builder.named_whole(text)
        is_long = len(self._analyzer.letters_only(text)) >= _LONG_RUN
        runs = self._builder.titled((text,)) if is_long else []
        return Or((*named, *runs)) if named else MatchNone()

    def _read(self, text: str, clauses: Clauses, *, expand: bool) -> None:
        pieces = split_pieces(text)
        written = [piece for piece in pieces if self._analyzer.letters_only(piece.text)]
        for is_plain, group in groupby(written or pieces, key=_is_plain):
            if is_plain:
                # A number may hold spaces (宜政办秘（2008） 8号), so numbers are found before
                # splitting at them.
                self._read_words(" ".join(piece.text for piece in group), clauses, expand=expand)
            else:
                for piece in group:
                    self._read_operator(piece, clauses)
        for emphasized in find_emphasis(text):
            clauses.should.extend(self._builder.runs(emphasized))
        if clauses.numbers.taken:
            # Each number names another document, so several are alternatives.
            clauses.must.add(Or(tuple(clauses.numbers.taken)))
        if not (clauses.must.taken or clauses.words.taken):
            self._require_question_words(clauses)

    def _read_operator(self, piece: Piece, clauses: Clauses) -> None:
        if piece.excluded:
            clauses.exclude.extend(self._builder.phrase(piece.text))
            return
        clauses.must.extend(self._builder.phrase(piece.text))
        clauses.terms.append(piece.text)
        clauses.highlight_terms.extend(map(self._analyzer.letters_only, respell(piece.text)))
        clauses.should.extend(self._builder.runs(piece.text))

    def _read_words(self, text: str, clauses: Clauses, *, expand: bool) -> None:
        for part, query in self._numbers.split(text):
            if query:
                clauses.numbers.add(query)
                clauses.codes.append(part)
                clauses.terms.append(part)
                clauses.highlight_terms.append(self._analyzer.letters_only(part))
            else:
                clauses.should.extend(map(self._builder.law, find_laws(part)))
                for run in close_up(part).split():
                    self._read_plain(run, clauses, expand=expand)

    def _read_plain(self, text: str, clauses: Clauses, *, expand: bool) -> None:
        tokens = self._analyzer.tokens(normalize_text(text))
        quantities = list(find_quantities(normalize_text(text)))
        expansions = self._expand(text) if expand else ()
        content = count = 0
        others: list[list[str]] = [[]]
        asked = find_asking(text, self._analyzer.interrogatives)
        for group in group_terms(tokens, expansions, self._analyzer.is_stopword, quantities):
            count += 1 if group.quantity else len(group.words)
            if group.quantity:
                others.append([])
            else:
                others[-1].extend(group.words)
            if group.is_question_word:
                clauses.should.add(self._builder.stopword(group.words[0]))
            else:
                content += 1
                is_asked = any(start <= group.start < end for start, end in asked)
                self._add_group(group, clauses, is_asked=is_asked)
        if not content:
            clauses.question_words.append(text)
        clauses.written.extend(self._builder.literally(text))
        # A number as written is found inside longer ones.
        clauses.has_number |= bool(quantities) or any(map(str.isdigit, text))
        if count > 1:
            for spelled in sorted(respell(normalize_text(text))):
                clauses.should.extend(self._builder.runs(spelled))
            clauses.has_run = True
        # The characters of a number depend on its spelling, and are in nearly every text.
        for run in others:
            clauses.optional.extend(self._builder.pairs(run))
            clauses.optional.extend(self._builder.characters(run))

    def _add_group(self, group: TermGroup, clauses: Clauses, *, is_asked: bool) -> None:
        """Adds one word, or the words of one term with their official terms."""
        term = "".join(group.words)
        if term in clauses.terms:
            if is_asked:
                clauses.ask(group.words)
            return
        clauses.terms.append(term)
        spellings = group.quantity.spellings if group.quantity else ()
        clauses.highlight_terms.extend(spellings or (self._mark(term),))
        expansion = group.expansion
        others = expansion.others if expansion else ()
        if others:
            clauses.expanded[term] = others
            names = map(self._analyzer.letters_only, others)
            clauses.highlight_terms.extend(map(self._mark, names))
            clauses.should.extend(self._builder.titled((term, *others)))
        agency = expansion.agency if expansion else None
        words = (group.quantity.term,) if group.quantity else group.words
        counted = (self._list_counted(words), *map(self._analyzer.tokenize, others))
        read = ReadTerm(words, others, agency, group.quantity, group.is_bound, is_asked, counted)
        clauses.read.append(read)
        if len(clauses.words.taken) >= WORD_LIMIT:
            clauses.words.is_cut = True
        else:
            clauses.words.add(self._builder.required(read))

    def _list_counted(self, words: Sequence[str]) -> Sequence[str]:
        """Returns the keys of the words; of single characters, the key of their run."""
        run = self._analyzer.letters_only("".join(words))
        is_run = len(run) > 1 and all(len(word) < SHORTEST_COUNTED for word in words)
        counted = [as_written(run[:RUN_LIMIT])] if is_run else []
        for word in words:
            counted.append(word)
            if self._counts.is_absent(word):
                counted.extend(self._analyzer.tokenize_for_search(word))
        return counted

    def _mark(self, term: str) -> str:
        """Returns the highlight term for a term: a word is marked where it is matched."""
        is_word = self._analyzer.is_word(term) and self._counts.is_indexed(term)
        return WordTerm(term, self._bounds if is_word else None)

    def _expand(self, text: str) -> Sequence[Expansion]:
        if not self._weights.words_expanded:
            return ()
        return self._expander.find(normalize_text(text))

    def _require_question_words(self, clauses: Clauses) -> None:
        """Requires question words (怎么) as written where the query has no other words."""
        for text in clauses.question_words:
            words = self._analyzer.tokenize(text)
            clauses.must.extend(self._builder.literally(text))
            clauses.terms.extend(words)
            clauses.highlight_terms.extend(words)

    def _choose_date(self, expression: DateExpression, clauses: Clauses) -> None:
        within = published_between(expression.first, expression.last)
        query, boosts = self._builder.date_choice(within, expression.titled)
        clauses.must.add(query)
        clauses.should.extend(boosts)


def _without(text: str, span: tuple[int, int] | None) -> str:
    return f"{text[: span[0]]} {text[span[1] :]}" if span else text


def _is_plain(piece: Piece) -> bool:
    return not (piece.phrase or piece.excluded)
