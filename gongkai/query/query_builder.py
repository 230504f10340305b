"""Builds scored parts of a query tree from words, character runs and numbers.

Every weight comes from `relevance.toml`, and every scored part carries its key there, so that a
score can be explained. A word that the index has as a word is matched as one: 民政 does not match
人民政府. Any other word, a single character and a phrase are matched as written (bigrams), so a
literal run finds its text however either side was segmented.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from analyzers.normalize import normalize_text
from analyzers.numerals import Quantity, respell
from analyzers.segment import split_code
from analyzers.text_analyzer import TextAnalyzer
from gongkai.query.clauses import ReadTerm
from gongkai.query.relevance import Weights
from gongkai.query.tree import (
    And,
    Boost,
    ConstantScore,
    DisMax,
    Or,
    Query,
    Term,
    Terms,
    match_run,
)
from gongkai.query.word_counts import WordCounts

RUN_LIMIT = 40
"""Characters of one literal run that one phrase query covers."""
PART_LIMIT = 40
"""Phrases that one long run is split into."""
BOUND_LIMIT = 40
"""Bound words that add to the score one by one."""
_COUNTRY = "中华人民共和国"
LONG_WORD = 4
"""Characters of a word whose shorter words also find records."""


class QueryBuilder:
    """Builds query parts with one analyzer, one set of weights and the counts of words."""

    def __init__(
        self, analyzer: TextAnalyzer, weights: Weights, counts: WordCounts | None = None
    ) -> None:
        self._analyzer = analyzer
        self._weights = weights
        self._counts = counts or WordCounts()
        self.letters_only = analyzer.letters_only

    def term(
        self, words: Sequence[str], others: Sequence[str] = (), agency: str | None = None
    ) -> Query:
        """Matches all words of a term, one of its other names, or records its agency published."""
        typed = [self._word(word) for word in dict.fromkeys(words)]
        named: list[Query] = [
            Boost(self._official_term(other), self._weights.words_expanded, "words.expanded")
            for other in others
        ]
        if agency:
            published = Term("publisher", agency)
            named.append(ConstantScore(published, self._weights.words_agency, "words.agency"))
        whole = typed[0] if len(typed) == 1 else And(tuple(typed))
        if not named:
            return whole
        return DisMax((whole, *named), tie_breaker=self._weights.words_tie_breaker)

    def required(self, term: ReadTerm) -> Query:
        """Matches a term as a whole; words of one character must be beside their neighbours."""
        if term.is_bound:
            return self._bound(term.words)
        if term.quantity:
            return self.quantity(term.quantity)
        return self.term(term.words, term.others, term.agency)

    def scored(self, term: ReadTerm, least: float = 0.0) -> list[Query]:
        """Returns queries for the words of a term, each of which finds records by itself.

        A single character is in nearly every text, so it is none of them. Shorter words inside a
        long word are (房屋征收补偿 is often three words in a text), unless they tell less than
        `least`: of 政府工作报告, 工作 finds nearly every record.
        """
        if term.is_bound:
            words = [word for word in term.words if len(word) > 1] or term.words
            return [self.term((word,)) for word in words]
        if term.quantity:
            return [self.required(term)]
        whole = [self.required(term)] if len("".join(term.words)) > 1 else []
        parts = dict.fromkeys((*self._parts(term.words), *self._official_parts(term)))
        return whole + [self.term((p,)) for p in parts if self._counts.information(p) >= least]

    def story(self, narrative: Sequence[Query]) -> list[Query]:
        """Boosts records by the best one of the words that only tell a story."""
        boost = self._weights.message_story
        return [Boost(DisMax(tuple(narrative)), boost, "message.story")] if narrative else []

    def _bound(self, words: Sequence[str]) -> Query:
        """Requires the words side by side as typed, since one of them alone carries no meaning."""
        written = And(tuple(self.literally("".join(words))))
        met = ConstantScore(written, self._weights.words_literal, "words.literal")
        return And((met,), tuple(self._word(word) for word in words[:BOUND_LIMIT]))

    def _parts(self, words: Sequence[str]) -> Iterator[str]:
        """Yields the words inside long words, and inside words that no record has (残疾证)."""
        for word in words:
            if len(word) >= LONG_WORD or self._counts.is_absent(word):
                inside = self._analyzer.tokenize_for_search(word)
                yield from (part for part in inside if 1 < len(part) < len(word))

    def _official_parts(self, term: ReadTerm) -> Iterator[str]:
        """Yields the words in the official terms of a term that no record has in any wording.

        Where no record has 驾照 or 机动车驾驶证, those about 机动车 come nearest.
        """
        if all(any(map(self._counts.is_absent, keys)) for keys in term.counted):
            inside = (self._analyzer.tokenize_for_search(other) for other in term.others)
            yield from filter(self._counts.is_indexed, chain.from_iterable(inside))

    def titled(self, names: Sequence[str]) -> list[Query]:
        """Boosts titles that contain the term or one of its official names as written."""
        runs = [
            run for run in map(self._analyzer.letters_only, names) if 2 <= len(run) <= RUN_LIMIT
        ]
        boost = self._weights.run_expanded
        phrases = tuple(Boost(self.in_title(run), boost, "run.expanded") for run in runs)
        return [DisMax(phrases)] if phrases else []

    def in_title(self, text: str) -> Query:
        """Matches titles with a term: as a word, or as written where no record has the word."""
        run = self._analyzer.letters_only(text)
        is_word = self._analyzer.is_word(run) and self._counts.is_indexed(run)
        if len(run) < 2 or is_word:
            return Term("title_words", run)
        return match_run("title_grams", run[:RUN_LIMIT])

    def stopword(self, word: str) -> Query:
        """An optional question word: it may raise the score of a record that contains it."""
        zones = DisMax(self._zones(word), tie_breaker=self._weights.words_tie_breaker)
        return Boost(zones, self._weights.words_stopword, "words.stopword")

    def literally(self, text: str) -> list[Query]:
        """Returns queries that together match the records containing this run of characters."""
        run = self._analyzer.letters_only(text)
        if len(run) >= 2:
            return [match_run("text_grams", part) for part in _parts(run)]
        return [Term("text_chars", char) for char in self._analyzer.chars(run or text)]

    def whole(self, text: str) -> list[Query]:
        """Returns `literally` as one query; empty for a text without a visible character."""
        parts = self.literally(text)
        return [And(tuple(parts)) if len(parts) > 1 else parts[0]] if parts else []

    def phrase(self, text: str) -> list[Query]:
        """Returns `literally` with numbers in digits or in Chinese: 第32条 is 第三十二条."""
        spelled = [self.literally(each) for each in respell(normalize_text(text))]
        if len(spelled) == 1:
            return spelled[0]
        return [Or(tuple(And(tuple(parts)) for parts in spelled if parts))]

    def quantity(self, quantity: Quantity) -> Query:
        """Matches a number with its unit however it is written; of a year also the number alone."""
        named = self._zones(quantity.term)
        alone = self._zones(quantity.number) if quantity.is_year else ()
        return DisMax((*named, *alone), tie_breaker=self._weights.words_tie_breaker)

    def runs(self, text: str) -> list[Query]:
        """Boosts records that contain the text as written, most of all in the title."""
        run = self._analyzer.letters_only(text)
        if not 2 <= len(run) <= RUN_LIMIT:
            return []
        return [
            Boost(match_run("title_grams", run), self._weights.run_title, "run.title"),
            Boost(match_run("text_grams", run), self._weights.run_text, "run.text"),
        ]

    def pairs(self, words: Sequence[str]) -> list[Query]:
        """Weighs bigrams of a run of words: inside a word, across two, with a question word."""
        weights = self._weights
        kinds = {
            "pairs.question": weights.pairs_question,
            "pairs.across": weights.pairs_across,
            "pairs.inside": weights.pairs_inside,
        }
        named: dict[str, str] = {}
        for (one, at, is_question_word), (other, after, is_next) in pairwise(
            self._characters(words)
        ):
            kind = "inside" if at == after else "across"
            named[one + other] = f"pairs.{'question' if is_question_word or is_next else kind}"
        return [
            Boost(self._pair(pair, is_word=pair in words), kinds[name], name)
            for pair, name in named.items()
            if kinds[name]
        ]

    def _pair(self, pair: str, *, is_word: bool) -> Query:
        """Matches a pair as written; a pair that is a word of some record, as that word."""
        if is_word and self._counts.is_indexed(pair):
            return DisMax(self._zones(pair))
        return Term("text_grams", pair)

    def characters(self, words: Sequence[str]) -> list[Query]:
        """Returns the single characters of a run of words as optional queries."""
        weights = self._weights
        boosts = {"characters.word": weights.characters_word}
        boosts["characters.question"] = weights.characters_question
        named: dict[str, str] = {}
        for char, _, is_question_word in self._characters(words):
            if is_question_word:
                named.setdefault(char, "characters.question")
            else:
                named[char] = "characters.word"
        return [
            Boost(Term("text_chars", char), boosts[name], name)
            for char, name in named.items()
            if boosts[name]
        ]

    def named_whole(self, text: str) -> list[Query]:
        """Matches records whose title equals the whole text, whatever operators it contains.

        劳动法 is the title 中华人民共和国劳动法, too.
        """
        key = self._analyzer.letters_only(text)
        title = ConstantScore(_named(key), self._weights.exact_title, "exact.title")
        return [title] if key else []

    def law(self, name: str) -> Query:
        """Boosts the law with this name, with or without the name of the country."""
        titles = _named(self._analyzer.letters_only(name))
        return ConstantScore(titles, self._weights.exact_named_law, "exact.named_law")

    def number(self, field: str, canonical: str, typed: str) -> Query:
        """Matches a number in its field (`document_number`, `index_number`) or cited in a text."""
        exact = getattr(self._weights, f"exact_{field}")
        named = ConstantScore(Term(field, canonical), exact, f"exact.{field}")
        cited = (
            ConstantScore(run, self._weights.exact_cited_number, "exact.cited_number")
            for spelling in dict.fromkeys((canonical, typed))
            for run in self.whole(spelling)
        )
        return DisMax((named, *cited))

    def number_part(self, parts: Iterable[tuple[str, str]], typed: str) -> Query:
        """Matches all parts of a number as (field, value), or the part cited in a text."""
        fields = tuple(Term(field, value) for field, value in parts)
        score = self._weights.exact_number_part
        named = [ConstantScore(And(fields), score, "exact.number_part")] if fields else []
        cited = (
            ConstantScore(run, self._weights.exact_cited_part, "exact.cited_part")
            for run in self.whole(typed)
        )
        return DisMax((*named, *cited))

    def date_choice(self, within: Query, titled: Sequence[str]) -> tuple[Query, list[Query]]:
        """Returns the required query for a date expression, and the optional boosts.

        `within` matches records published in the period. A title may name the period instead
        (`titled`): 2023年的节假日安排 is published in 2022 and ranks before records published in
        2023.
        """
        if not titled:
            return ConstantScore(within, 0.0), []
        runs = tuple(match_run("title_grams", self._analyzer.letters_only(name)) for name in titled)
        named = runs[0] if len(runs) == 1 else Or(runs)
        lifted = ConstantScore(named, self._weights.exact_titled_year, "exact.titled_year")
        return Or((ConstantScore(within, 0.0), ConstantScore(named, 0.0))), [lifted]

    def _word(self, word: str) -> Query:
        """Matches a word in any field; its characters as written where no record has the word.

        A number does not match as written: 996 is part of 1996, and of 9、96.
        """
        if any(map(str.isdigit, word)):
            parts = [DisMax(self._zones(part)) for part in split_code(word)]
            apart = (And(tuple(parts)),) if parts else ()
            return DisMax((*self._zones(word), *apart), tie_breaker=self._weights.words_tie_breaker)
        literal = [] if self._counts.is_indexed(word) else self._as_written(word)
        return DisMax((*self._zones(word), *literal), tie_breaker=self._weights.words_tie_breaker)

    def _official_term(self, text: str) -> Query:
        """Matches an official term by all of its words, or as written."""
        words = list(dict.fromkeys(self._analyzer.tokenize(text)))
        if len(words) == 1:
            return self._word(words[0])
        share = 1 / max(len(words), 1)
        every = And(tuple(DisMax(self._zones(word)) for word in words))
        return DisMax((Boost(every, share), *self._as_written(text)))

    def _as_written(self, text: str) -> list[Query]:
        literal = self._weights.words_literal
        return [ConstantScore(query, literal, "words.literal") for query in self.whole(text)]

    def _zones(self, word: str) -> tuple[Query, ...]:
        weights = self._weights
        return (
            Boost(Term("title_words", word), weights.words_title, "words.title"),
            Boost(Term("entry_words", word), weights.words_entry, "words.entry"),
            Boost(Term("body_words", word), weights.words_body, "words.body"),
        )

    def _characters(self, words: Sequence[str]) -> list[tuple[str, int, bool]]:
        """Returns each literal character, its word's index, whether it is a question word."""
        return [
            (char, at, self._analyzer.is_stopword(word))
            for at, word in enumerate(words)
            for char in self._analyzer.letters_only(word)
        ]


def _named(key: str) -> Query:
    """Matches titles equal to the key, with or without the name of the country."""
    return Terms("title_key", (key, f"{_COUNTRY}{key.removeprefix(_COUNTRY)}"))


def _parts(run: str) -> Sequence[str]:
    """Splits a long run into overlapping parts, so that each phrase stays short."""
    if len(run) <= RUN_LIMIT:
        return (run,)
    starts = range(0, len(run) - 1, RUN_LIMIT - 1)
    return tuple(run[start : start + RUN_LIMIT] for start in starts)[:PART_LIMIT]
