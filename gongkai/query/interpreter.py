"""The words of a request in, an InterpretedQuery out: what was read in them and the query trees.

Order of reading: a date choice (2008年的), operators ("短语", -排除), numbers whole and in part,
then words, with official words for plain ones. What a part is worth is `scoring`'s.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from analyzers.normalize import normalize_text
from analyzers.sampling import choose_needles
from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.document_number import find_document_numbers
from gongkai.catalog.index_number import find_index_numbers
from gongkai.catalog.number_parts import NumberParts, find_number_parts
from gongkai.query.clauses import Clauses
from gongkai.query.date_expressions import DateExpression, find_spoken_date
from gongkai.query.expansion import Expansion, QueryExpander
from gongkai.query.filters import published_between
from gongkai.query.query_builder import QueryBuilder
from gongkai.query.relevance import Weights, load_weights
from gongkai.query.syntax import Piece, split_pieces
from gongkai.query.term_groups import TermGroup, group_terms
from gongkai.query.tree import And, MatchAll, MatchNone, Or, Query

WORD_LIMIT = 40
"""Distinct words that have to be met; more only cost time, a text of 40 words is found by them."""
_LONG_WORD = 4


@dataclass(frozen=True, slots=True)
class Switches:
    """What a person may have switched off, to be taken at their word."""

    expand: bool = True
    dates: bool = True


@dataclass(frozen=True, slots=True)
class InterpretedQuery:
    """The interpretation of a text. `terms` are shown to the user; `highlight_terms` are marked.

    `strict` asks for every word; `relaxed` for most of them, those with every word first, None
    where that is no weaker. `codes`: numbers read, as typed; `expanded`: typed -> official words;
    `spoken`: the date choice that the trees hold; `is_cut`: some words were left out, for there are
    too many.
    """

    text: str
    terms: tuple[str, ...]
    highlight_terms: tuple[str, ...]
    strict: Query
    relaxed: Query | None = None
    codes: tuple[str, ...] = ()
    expanded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spoken: DateExpression | None = None
    is_cut: bool = False


class QueryInterpreter:
    """Reads queries with one analysis, one set of weights and one knowledge of the field.

    `today` is the clock. Keeps no state between queries.
    """

    def __init__(
        self,
        analysis: TextAnalyzer,
        weights: Weights | None = None,
        knowledge: QueryExpander | None = None,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._analysis = analysis
        self._weights = weights or load_weights()
        self._expander = knowledge or QueryExpander()
        self._builder = QueryBuilder(analysis, self._weights)
        self._today = today

    def interpret(self, text: str, switches: Switches | None = None) -> InterpretedQuery:
        """One query text, at most TEXT_LIMIT characters (the caller has checked)."""
        switches = switches or Switches()
        text = " ".join(text.split())
        if not text:
            return InterpretedQuery("", (), (), MatchAll())
        clauses = Clauses()
        spoken = find_spoken_date(text, self._today()) if switches.dates else None
        self._read(_without(text, spoken), clauses, expand=switches.expand)
        if spoken:
            self._choose_date(spoken, clauses)
        return InterpretedQuery(
            text=text,
            terms=tuple(dict.fromkeys(clauses.terms)),
            highlight_terms=choose_needles(clauses.highlight_terms),
            strict=self._combine(text, clauses, relaxed=False),
            relaxed=self._combine(text, clauses, relaxed=True) if _may_relax(clauses) else None,
            codes=tuple(clauses.codes),
            expanded=clauses.expanded,
            spoken=spoken,
            is_cut=clauses.is_cut,
        )

    def literally(self, text: str) -> Query:
        """Records that hold this run of characters as written."""
        return And(tuple(self._builder.whole(text)) or (MatchNone(),))

    def _read(self, text: str, clauses: Clauses, *, expand: bool) -> None:
        pieces = split_pieces(text)
        spoken = [piece for piece in pieces if self._analysis.letters_only(piece.text)]
        for is_plain, group in groupby(spoken or pieces, key=_is_plain):
            if is_plain:
                # A number may hold spaces (宜政办秘（2008） 8号): it is looked for before they cut.
                self._read_words(" ".join(piece.text for piece in group), clauses, expand=expand)
            else:
                for piece in group:
                    self._read_operator(piece, clauses)
        if not (clauses.must.taken or clauses.words.taken):
            self._require_asking(clauses)

    def _read_operator(self, piece: Piece, clauses: Clauses) -> None:
        if piece.excluded:
            clauses.exclude.extend(self._builder.whole(piece.text))
            return
        clauses.must.extend(self._builder.literally(piece.text))
        clauses.terms.append(piece.text)
        clauses.highlight_terms.append(self._analysis.letters_only(piece.text))
        clauses.should.extend(self._builder.runs(piece.text))

    def _read_words(self, text: str, clauses: Clauses, *, expand: bool) -> None:
        for part, query in self._split_numbers(text):
            if query:
                clauses.must.add(query)
                clauses.codes.append(part)
                clauses.terms.append(part)
                clauses.highlight_terms.append(self._analysis.letters_only(part))
            else:
                for run in part.split():
                    self._read_plain(run, clauses, expand=expand)

    def _read_plain(self, text: str, clauses: Clauses, *, expand: bool) -> None:
        tokens = self._analysis.tokens(normalize_text(text))
        words = [token.text for token in tokens]
        meanings = self._meanings(text) if expand else ()
        content = 0
        for unit in group_terms(tokens, meanings, self._analysis.is_stopword):
            if unit.is_asking:
                clauses.should.add(self._builder.stopword(unit.words[0]))
            else:
                content += 1
                self._ask_for(unit, clauses)
        if not content:
            clauses.asking.append(text)
        if len(words) > 1:
            clauses.should.extend(self._builder.runs(text))
        clauses.optional.extend(self._builder.pairs(words))
        clauses.optional.extend(self._builder.characters(words))

    def _ask_for(self, unit: TermGroup, clauses: Clauses) -> None:
        """One word, or the words of one term with what officials call it."""
        term = "".join(unit.words)
        if term in clauses.terms:
            return
        clauses.terms.append(term)
        clauses.highlight_terms.append(term)
        meaning = unit.meaning
        others = meaning.others if meaning else ()
        if others:
            clauses.expanded[term] = others
            clauses.highlight_terms.extend(map(self._analysis.letters_only, others))
            clauses.should.extend(self._builder.titled((term, *others)))
        if len(clauses.words.taken) >= WORD_LIMIT:
            clauses.words.is_cut = True
            return
        if unit.is_bound:
            clauses.words.add(self._builder.bound(unit.words))
            words = [word for word in unit.words if len(word) > 1] or unit.words
            clauses.content.extend(self._builder.term((word,)) for word in words)
            return
        query = self._builder.term(unit.words, others, meaning.agency if meaning else None)
        if not clauses.words.add(query):
            return
        if len(term) > 1:
            clauses.content.add(query)
        clauses.content.extend(self._builder.term((part,)) for part in self._parts(unit.words))

    def _parts(self, words: Sequence[str]) -> Iterator[str]:
        """Shorter words within long ones: 房屋征收补偿 is a word, and in most texts it is three."""
        for word in words:
            if len(word) >= _LONG_WORD:
                yield from (
                    p for p in self._analysis.tokenize_for_search(word) if 1 < len(p) < len(word)
                )

    def _meanings(self, text: str) -> Sequence[Expansion]:
        if not self._weights.words_expanded:
            return ()
        return self._expander.find(normalize_text(text))

    def _require_asking(self, clauses: Clauses) -> None:
        """Words of asking (怎么) are met as written where nothing else is asked for."""
        for text in clauses.asking:
            words = self._analysis.tokenize(text)
            clauses.must.extend(self._builder.literally(text))
            clauses.terms.extend(words)
            clauses.highlight_terms.extend(words)

    def _split_numbers(self, text: str) -> Iterator[tuple[str, Query | None]]:
        """The text cut at the numbers in it; a number comes with the query for its field."""
        position = 0
        for start, end, query in sorted(self._find_numbers(text), key=lambda item: item[:2]):
            if start < position:
                continue
            if text[position:start].strip():
                yield text[position:start], None
            yield text[start:end], query
            position = end
        if text[position:].strip():
            yield text[position:], None

    def _find_numbers(self, text: str) -> Iterable[tuple[int, int, Query]]:
        number = self._builder.number
        for whole in find_document_numbers(text):
            typed = text[whole.start : whole.end]
            canonical = whole.number.canonical
            yield whole.start, whole.end, number("document_number", canonical, typed)
        for entry in find_index_numbers(text):
            typed = text[entry.start : entry.end]
            canonical = entry.number.canonical
            yield entry.start, entry.end, number("index_number", canonical, typed)
        for found in find_number_parts(text, self._expander.is_prefix):
            typed = text[found.start : found.end]
            yield (
                found.start,
                found.end,
                self._builder.number_part(_part_terms(found.parts), typed),
            )

    def _choose_date(self, spoken: DateExpression, clauses: Clauses) -> None:
        within = published_between(spoken.first, spoken.last)
        year = spoken.first.year if spoken.year_named and spoken.first else None
        query, lifted = self._builder.date_choice(within, year)
        clauses.must.add(query)
        clauses.should.extend(lifted)

    def _combine(self, text: str, clauses: Clauses, *, relaxed: bool) -> Query:
        must, should = list(clauses.must.taken), list(clauses.should.taken)
        words = clauses.words.taken
        if relaxed:
            should += clauses.optional.taken
            should.append(self._builder.complete(words))
            must += _most(clauses, self._weights.relaxation_share)
            should += words if clauses.codes else ()
        else:
            must.extend(words)
        if not must:
            return MatchNone()
        meant = And(tuple(must), tuple(should), tuple(clauses.exclude.taken))
        whole = self._builder.named_whole(text)
        named = Or((*whole, meant)) if whole else meant
        static_rank = self._builder.static_rank(len(words), self._today())
        return And((named,), tuple(static_rank)) if static_rank else named


def _most(clauses: Clauses, share: float) -> list[Query]:
    """A share of the words; beside a number, which names its document, words are optional."""
    if clauses.codes:
        return []
    counted = clauses.content.taken or clauses.words.taken
    return [Or(tuple(counted), max(1, int(len(counted) * share)))]


def _may_relax(clauses: Clauses) -> bool:
    words = clauses.words.taken
    if clauses.codes:
        return bool(words)
    # Words bound to one another are asked for one by one where they don't stand so.
    return len(words) > 1 or clauses.content.taken != words


def _part_terms(parts: NumberParts) -> tuple[tuple[str, str], ...]:
    named = (
        ("number_prefix", parts.prefix),
        ("number_year", str(parts.year) if parts.year else None),
        ("number_serial", parts.serial),
    )
    return tuple((name, value) for name, value in named if value)


def _without(text: str, spoken: DateExpression | None) -> str:
    return f"{text[: spoken.start]} {text[spoken.end :]}" if spoken else text


def _is_plain(piece: Piece) -> bool:
    return not (piece.phrase or piece.excluded)
