"""Retrieval metrics of rankings over judged queries: nDCG, MRR, recall."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from statistics import fmean

import orjson

from gongkai.errors import JudgementsError, name_fault

DEPTH = 100
"""Hits that Recall@100 considers."""
_TOP = 10
Judgements = Mapping[str, Mapping[str, int]]
"""Query id -> record id -> grade; 0 is judged and not relevant."""


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """One judged query; `texts` are wordings by name (`text`, `keywords`), `kind` is a group."""

    id: str
    texts: Mapping[str, str]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over queries, each from 0 to 1."""

    ndcg: float
    reciprocal_rank: float
    recall: float
    queries: int


def read_queries(path: Path) -> list[JudgedQuery]:
    """Reads JSON Lines of {"id", "text", …}; `keywords` is a second wording, `kind` a group.

    Raises JudgementsError with the line for invalid JSON.
    """
    return [_read_query(line, place) for place, line in _lines(path)]


def read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """Reads TREC judgements: query id, an ignored column, record id, grade, split at white space.

    Raises JudgementsError with the line for an invalid row.
    """
    judged: dict[str, dict[str, int]] = {}
    for place, line in _lines(path):
        cells = line.split()
        if len(cells) != 4 or not cells[3].isdigit():
            raise JudgementsError(
                _("{place}: is not query, 0, record and grade.").format(place=place)
            )
        judged.setdefault(cells[0], {})[cells[2]] = int(cells[3])
    return judged


def measure(rankings: Iterable[tuple[Sequence[str], Mapping[str, int]]]) -> Figures:
    """Returns means over (record ids, best first; grades), skipping queries without relevant ones.

    nDCG@10 uses the grade as gain and a log2 discount, as trec_eval does; also MRR@10 and
    Recall@100.
    """
    rows = [
        (measure_ndcg(ranked, grades), _reciprocal_rank(ranked, grades), _recall(ranked, grades))
        for ranked, grades in rankings
        if any(grades.values())
    ]
    if not rows:
        return Figures(0.0, 0.0, 0.0, 0)
    ndcg, rank, recall = (fmean(column) for column in zip(*rows, strict=True))
    return Figures(ndcg, rank, recall, len(rows))


def measure_ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Returns nDCG@10 of record ids, best first; 0 where no record is relevant."""
    best = _discount(sorted(grades.values(), reverse=True)[:_TOP])
    return _discount(grades.get(each, 0) for each in ranked[:_TOP]) / best if best else 0.0


def _discount(gains: Iterable[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def _reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    places = (place for place, each in enumerate(ranked[:_TOP], start=1) if grades.get(each))
    return next((1 / place for place in places), 0.0)


def _recall(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    relevant = {each for each, grade in grades.items() if grade}
    return len(relevant.intersection(ranked[:DEPTH])) / len(relevant)


def _read_query(line: str, place: str) -> JudgedQuery:
    try:
        row = orjson.loads(line)
        texts = {name: row[name] for name in ("text", "keywords") if row.get(name)}
        return JudgedQuery(str(row["id"]), texts, str(row.get("kind", "")))
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        raise JudgementsError(
            _('{place}: is not {{"id", "text"}} in JSON.').format(place=place)
        ) from None


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise JudgementsError(
            _("{path}: cannot be read ({error}).").format(path=path, error=name_fault(error)),
        ) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"{path}:{number}", line
