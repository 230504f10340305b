"""What an entry of the vocabulary would change: the list of a query, and the judged queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzers.normalize import normalize_text
from gongkai.evaluation.metrics import (
    JudgedQuery,
    Judgements,
    measure_ndcg,
    read_judgements,
    read_queries,
)
from gongkai.query.request import SearchRequest
from gongkai.query.vocabulary import StaffVocabulary, key_of
from gongkai.search.responses import HitView, SearchAnswer
from gongkai.search.service import SearchService

SHOWN = 10
"""Hits of a list that are compared."""
MOST_JUDGED = 40
"""Judged queries that are searched twice; each takes some ten milliseconds."""
_QUERIES, _QRELS = "queries.jsonl", "qrels.tsv"


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """The judged queries of an installation."""

    queries: Sequence[JudgedQuery]
    judgements: Judgements


@dataclass(frozen=True, slots=True)
class MovedHit:
    """A hit of the list after the change, and its place before, None if it was not among them."""

    hit: HitView
    place: int
    before: int | None


@dataclass(frozen=True, slots=True)
class JudgedChange:
    """A judged query whose list changes, with its nDCG@10 before and after."""

    text: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Trial:
    """Totals and first hits before and after, and what changes on the judged queries.

    `gone` are hits that are no longer among the first. `judged` counts all judged queries, `tried`
    those that the entry may concern; `changed` are those of them whose first hits change.
    """

    total_before: int
    total_after: int
    hits: Sequence[MovedHit]
    gone: Sequence[HitView]
    judged: int = 0
    tried: int = 0
    changed: Sequence[JudgedChange] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether the first hits and the total stay the same."""
        same = all(each.before == each.place for each in self.hits)
        return same and not self.gone and self.total_before == self.total_after

    @property
    def better(self) -> int:
        return sum(each.after > each.before for each in self.changed)

    @property
    def worse(self) -> int:
        return sum(each.after < each.before for each in self.changed)


def open_judged(folder: Path) -> JudgedSet:
    """Returns the judged queries in a folder; none where it has no such files.

    Raises JudgementsError for an invalid file.
    """
    queries, qrels = folder / _QUERIES, folder / _QRELS
    if not (queries.is_file() and qrels.is_file()):
        return JudgedSet((), {})
    return JudgedSet(read_queries(queries), read_judgements(qrels))


async def try_vocabulary(
    service: SearchService,
    vocabulary: StaffVocabulary,
    text: str,
    concerns: Callable[[str], bool],
    judged: JudgedSet,
) -> Trial:
    """Compares the lists of a service as it is and with another vocabulary.

    `concerns` tells of a judged query whether the change may concern it.
    """
    other = service.with_vocabulary(lambda: vocabulary)
    before, after = await _search(service, text), await _search(other, text)
    places = {hit.id: place for place, hit in enumerate(before.hits, start=1)}
    kept = {hit.id for hit in after.hits}
    concerned = [each for each in judged.queries if concerns(each.texts.get("text", ""))]
    changed = []
    for query in concerned[:MOST_JUDGED]:
        asked = query.texts["text"]
        lists = [await _list(each, asked) for each in (service, other)]
        grades = judged.judgements.get(query.id, {})
        if lists[0] != lists[1]:
            changed.append(JudgedChange(asked, *(measure_ndcg(each, grades) for each in lists)))
    return Trial(
        before.total,
        after.total,
        [MovedHit(hit, at, places.get(hit.id)) for at, hit in enumerate(after.hits, start=1)],
        [hit for hit in before.hits if hit.id not in kept],
        len(judged.queries),
        min(len(concerned), MOST_JUDGED),
        changed,
    )


def contains_any(terms: Sequence[str]) -> Callable[[str], bool]:
    """Returns whether a text contains one of the terms."""
    normalized = [normalize_text(each) for each in terms]
    return lambda text: any(each in normalize_text(text) for each in normalized)


def is_query(term: str) -> Callable[[str], bool]:
    """Returns whether a text is the query that records are pinned to."""
    return lambda text: key_of(text) == key_of(term)


async def _search(service: SearchService, text: str) -> SearchAnswer:
    return await service.search(SearchRequest(text, size=SHOWN, facets=(), highlight=False))


async def _list(service: SearchService, text: str) -> list[str]:
    request = SearchRequest(text, size=SHOWN, facets=(), highlight=False, fold=False)
    return [hit.id for hit in (await service.search(request)).hits]
