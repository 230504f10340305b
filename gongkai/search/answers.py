"""Finds the passage of a public record that answers a question, or none where that is not sure.

Extractive: the passage is text of one record, unchanged. A wrong passage costs more than none.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from analyzers.normalize import literal_text
from gongkai.catalog.articles import Heading, find_articles
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.engines.port import Hit
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.relevance import Weights
from gongkai.query.static_rank import is_ended
from gongkai.semantic.semantic_search import SemanticHits, SemanticSearch

_QUESTION = re.compile(
    "怎么|怎样|如何|什么|哪|谁|几|多[少久长大高远]|吗|呢|？|\\?|能不能|可不可以|要不要|用不用|是不是|会不会|有没有|是否|需不需要"
)
_ASKED_FOR = (
    (
        re.compile("多少|几[元块]|多贵"),
        re.compile("[0-9０-９一二三四五六七八九十百千万][0-9.万千百十]*元"),
    ),
    (
        re.compile("多久|多长|几[天个年月]|什么时候|何时|截止"),
        re.compile("[0-9０-９一二三四五六七八九十两][个至]*(?:工作)?[日天周月年]|旬|季度"),
    ),
    (re.compile("多大|几岁"), re.compile("周?岁")),
    (
        re.compile("怎么|怎样|如何|在?哪|手续|流程"),
        re.compile(
            "提出|提交|申请人|窗口|网上|在线|预约|材料|受理|审核|拨打|登录|携带|持|凭|应当|可以"
        ),
    ),
)
"""What a question asks for, and how a passage states it."""
_LEAST, _MOST = 12, 220
"""Characters of a passage: shorter ones are headings, longer ones are split."""
_READ = 60_000
"""Characters of a record that are read."""
_SENTENCE = re.compile("[^。；！？\n]*[。；！？\n]?")


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """A passage that answers a question, its record, and its article if the text has articles."""

    record: StoredRecord
    passage: str
    article: Heading | None
    cosine: float
    coverage: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    record: StoredRecord
    passage: str
    article: Heading | None
    coverage: float


class AnswerFinder:
    """Finds answers among the first hits of a list."""

    def __init__(
        self, semantic: SemanticSearch, weights: Weights, today: Callable[[], date]
    ) -> None:
        self._semantic = semantic
        self._weights = weights
        self._today = today

    async def find(
        self, interpreted: InterpretedQuery, hits: Sequence[Hit], semantic_hits: SemanticHits
    ) -> FoundAnswer | None:
        """Returns the answer to a question. Raises SemanticUnavailableError."""
        best = await self.rank(interpreted, hits, semantic_hits)
        if not best:
            return None
        first = best[0]
        least = semantic_hits.floor + self._weights.answer_nearness * semantic_hits.spread
        sureness = (first.cosine - least) / semantic_hits.spread + first.coverage
        is_sure = first.cosine >= least and sureness >= self._weights.answer_sureness
        return first if is_sure and _states(first.passage, interpreted.text) else None

    async def rank(
        self, interpreted: InterpretedQuery, hits: Sequence[Hit], semantic_hits: SemanticHits
    ) -> list[FoundAnswer]:
        """Returns the candidates of a question, nearest first.

        Returns none for other texts, or if no candidate states what the question asks for.
        """
        if not _QUESTION.search(interpreted.text):
            return []
        groups = _group_words(interpreted)
        records = [decode_record(hit.stored) for hit in hits[: int(self._weights.answer_records)]]
        candidates = [
            each
            for record in records
            if not is_ended(record, self._today())
            for each in _split(record, groups)
        ]
        candidates.sort(key=lambda each: -each.coverage)
        chosen = candidates[: int(self._weights.answer_passages)]
        if not any(_states(each.passage, interpreted.text) for each in chosen):
            return []
        texts = [f"{each.record.title}\n{each.passage}" for each in chosen]
        vectors = await self._semantic.embed(texts)
        cosines = (vectors @ semantic_hits.vector).tolist()
        found = [
            FoundAnswer(each.record, each.passage, each.article, cosine, each.coverage)
            for each, cosine in zip(chosen, cosines, strict=True)
        ]
        return sorted(found, key=lambda each: -each.cosine)


def _states(passage: str, question: str) -> bool:
    """Whether a passage has what a question asks for: an amount, a time, an age, a way."""
    wanted = (stated for asked, stated in _ASKED_FOR if asked.search(question))
    return all(stated.search(passage) for stated in wanted)


def _group_words(interpreted: InterpretedQuery) -> list[tuple[str, ...]]:
    """Returns each term of a question with its official words, folded."""
    official = interpreted.expanded
    groups = ((term, *official.get(term, ())) for term in interpreted.terms)
    return [tuple(map(literal_text, group)) for group in groups]


def _split(record: StoredRecord, groups: Sequence[tuple[str, ...]]) -> Iterator[_Candidate]:
    """Yields the passages of a record with the share of the terms that passage and title have."""
    titled = literal_text(record.title)
    in_title = [any(word in titled for word in group) for group in groups]
    for passage, article in _read_passages(record.body[:_READ]):
        text = literal_text(passage)
        own = [any(word in text for word in group) for group in groups]
        if any(own):
            covered = sum(map(max, zip(own, in_title, strict=True)))
            yield _Candidate(record, passage, article, covered / len(groups))


def _read_passages(body: str) -> Iterator[tuple[str, Heading | None]]:
    """Yields articles, or paragraphs where there are none; long ones in parts of sentences."""
    articles = find_articles(body)
    parts: list[tuple[str, Heading | None]] = [
        (body[each.start : each.end], each) for each in articles
    ]
    if not parts:
        parts = [(line, None) for line in body.split("\n")]
    for text, article in parts:
        for passage in _join_sentences(" ".join(text.split())):
            if len(passage) >= _LEAST:
                yield passage, article


def _join_sentences(text: str) -> Iterator[str]:
    """Yields whole sentences, as many at a time as are not too long together."""
    joined = ""
    for sentence in _SENTENCE.findall(text):
        if joined and len(joined) + len(sentence) > _MOST:
            yield joined.strip()
            joined = ""
        joined += sentence
    if joined.strip():
        yield joined.strip()
