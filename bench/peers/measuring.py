"""Builds all peers and sends each query to each of them in one run."""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.peers.peer import Answer, Peer, Question, Row
from bench.peers.questions import EXACT, KINDS

WARM_UPS = 3
"""Number of queries of each kind before timing starts."""


@dataclass(frozen=True, slots=True)
class Built:
    """Indexing figures of a peer. Sizes in bytes; `memory` is measured after all queries."""

    peer: str
    version: str
    a_second: float
    size: int
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Times of one kind of query: percentiles 1 to 99 in milliseconds; totals relative to the
    first.
    """

    peer: str
    kind: str
    cuts: Sequence[float]
    totals: float

    @property
    def p50(self) -> float:
        return self.cuts[49]

    @property
    def p99(self) -> float:
        return self.cuts[98]


def build(peer: Peer, rows: Sequence[Row], folder: Path) -> Built:
    """Indexes the rows in the peer's own empty folder."""
    started = time.perf_counter()
    peer.build(iter(rows), folder)
    seconds = time.perf_counter() - started
    return Built(peer.name, peer.version, len(rows) / seconds, peer.size_on_disk())


def ask(peers: Sequence[Peer], questions: Sequence[Question]) -> list[Asked]:
    """Sends each query to all peers in a new random order.

    Raises SystemExit if totals or facets differ for a query with one correct result.
    """
    draw = random.Random(7)
    times: dict[tuple[str, str], list[float]] = {}
    totals: dict[tuple[str, str], list[float]] = {}
    for number, question in enumerate(questions):
        answers: dict[str, Answer] = {}
        for peer in draw.sample(peers, len(peers)):
            started = time.perf_counter()
            answers[peer.name] = peer.ask(question)
            seconds = time.perf_counter() - started
            if number >= WARM_UPS * len(KINDS):
                times.setdefault((question.kind, peer.name), []).append(seconds * 1000)
        first = answers[peers[0].name]
        if question.kind in EXACT:
            _check(question, answers)
        for name, answer in answers.items():
            ratio = answer.total / first.total if first.total else 1.0
            totals.setdefault((question.kind, name), []).append(ratio)
    return [
        Asked(
            peer.name,
            kind,
            statistics.quantiles(times[kind, peer.name], n=100),
            statistics.median(totals[kind, peer.name]),
        )
        for kind in KINDS
        for peer in peers
    ]


def _check(question: Question, answers: dict[str, Answer]) -> None:
    totals = {name: each.total for name, each in answers.items()}
    if len(set(totals.values())) != 1:
        raise SystemExit(f"{question} has no one answer: {totals}")
    # Only gongkai counts a facet without its own filter. Other peers have no facet of years.
    genres = [dict(each.facets["genre"]) for each in answers.values()]
    if "genre" not in question.filters and any(each != genres[0] for each in genres):
        raise SystemExit(f"{question} has no one count of genres: {genres}")
