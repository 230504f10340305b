"""Peers, rows and questions in, figures out: all peers in one run, each question asked of each."""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.peers.peer import Answer, Peer, Question, Row
from bench.peers.questions import EXACT, KINDS

WARM_UPS = 3
"""Questions of each kind that are asked before any is timed."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a peer took to index, and what it holds. Bytes; `memory` once all was asked."""

    peer: str
    version: str
    a_second: float
    size: int
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of question: milliseconds that 1 to 99 of 100 took; totals beside the first's."""

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
    """Index the rows; `folder` is its own and empty."""
    started = time.perf_counter()
    peer.build(iter(rows), folder)
    seconds = time.perf_counter() - started
    return Built(peer.name, peer.version, len(rows) / seconds, peer.size_on_disk())


def ask(peers: Sequence[Peer], questions: Sequence[Question]) -> list[Asked]:
    """Ask each question of all peers, in an order drawn anew each time.

    Raises SystemExit where a question has one right answer and totals or facets differ.
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
    # A filter's own facet is counted without it by ours alone; years are no facet of the others.
    genres = [dict(each.facets["genre"]) for each in answers.values()]
    if "genre" not in question.filters and any(each != genres[0] for each in genres):
        raise SystemExit(f"{question} has no one count of genres: {genres}")
