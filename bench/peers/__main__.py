"""The same records and the same questions through ours and through what else could be picked.

    python -m bench.peers FOLDER [SIZE] [QUESTIONS]

FOLDER keeps exports and indexes. Each question is asked of every peer in turn, in an order drawn
anew each time, after all have been warmed by others of its kind; equal totals are checked where
the question has one right answer. Peers that are not on this machine are left out, loudly.
"""

import gzip
import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import orjson

from analyzers.chains import Analysis
from analyzers.dictionary import load_dictionary
from bench.corpus import write_export
from bench.peers.floor import Floor
from bench.peers.ours import Gongkai
from bench.peers.peer import Answer, Peer, Question, Row
from bench.peers.plain_elasticsearch import PlainElasticsearch
from bench.peers.sqlite_fts import SqliteTrigrams
from development.elasticsearch_node import find_missing_parts, start_cluster

KINDS = ("one word", "two words", "phrase", "number", "filter only", "deep page")
EXACT = frozenset(("number", "filter only"))
"""Kinds that have one right total, whatever the words of a peer are."""
WARM_UPS = 3
_PORT = 8771


def draw_questions(rows: Sequence[Row], count: int) -> Iterator[Question]:
    """`count` of each kind, from the texts that were indexed."""
    draw = random.Random(20090220)
    analysis = Analysis(load_dictionary())
    for _ in range(count):
        row = draw.choice(rows)
        words = [each for each in analysis.exact(str(row["body"])) if len(each) > 1] or ["通知"]
        start = draw.randrange(max(1, len(str(row["body"])) - 6))
        kinds = {"genre": str(row["genre"]), "publisher": str(row["publisher"])}
        yield Question("one word", draw.choice(words))
        yield Question("two words", " ".join(draw.sample(words, min(2, len(words)))))
        yield Question("phrase", f'"{str(row["body"])[start : start + 6]}"')
        yield Question("number", str(row["document_number"]))
        yield Question("filter only", filters=dict([draw.choice(list(kinds.items()))]))
        yield Question("deep page", draw.choice(words), page=50)


def build(peers: Sequence[Peer], rows: Sequence[Row], folder: Path) -> None:
    """Index the rows in every peer; a line each."""
    floor = 0.0
    for peer in peers:
        place = folder / peer.name.replace(" ", "-").replace(",", "")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        started = time.perf_counter()
        peer.build(iter(rows), place)
        seconds = time.perf_counter() - started
        floor = floor or seconds
        print(
            f"{peer.name:<42} {len(rows) / seconds:8,.0f} records/s "
            f"({floor / seconds:5.2f} of the floor's), {peer.bytes() / 1e6:8,.0f} MB",
            flush=True,
        )


def measure(peers: Sequence[Peer], questions: Sequence[Question]) -> None:
    """Print p50 and p99 of each kind for each peer, and how often totals agree with the first."""
    draw = random.Random(7)
    times: dict[tuple[str, str], list[float]] = {}
    agreed: dict[tuple[str, str], list[float]] = {}
    for number, question in enumerate(questions):
        answers: dict[str, Answer] = {}
        for peer in draw.sample(peers, len(peers)):
            started = time.perf_counter()
            answers[peer.name] = peer.ask(question)
            seconds = time.perf_counter() - started
            if number >= WARM_UPS * len(KINDS):
                times.setdefault((question.kind, peer.name), []).append(seconds * 1000)
        totals = {name: each.total for name, each in answers.items()}
        if question.kind in EXACT and len(set(totals.values())) != 1:
            raise SystemExit(f"{question} has no one answer: {totals}")
        for name, total in totals.items():
            first = totals[peers[0].name]
            agreed.setdefault((question.kind, name), []).append(total / first if first else 1.0)
    for kind in KINDS:
        base = statistics.median(times[kind, peers[0].name])
        for peer in peers:
            cuts = statistics.quantiles(times[kind, peer.name], n=100)
            print(
                f"{kind:<12} {peer.name:<42} p50 {cuts[49]:8.1f} ms ({cuts[49] / base:6.2f})  "
                f"p99 {cuts[98]:8.1f} ms  totals {statistics.median(agreed[kind, peer.name]):.2f}"
            )


def main(folder: Path, size: int, count: int) -> None:
    """Build all, ask all, end all."""
    export = write_export(folder, size)
    with gzip.open(export, "rb") as lines:
        rows = [orjson.loads(line) for line in lines]
    with ExitStack() as stack:
        peers: list[Peer] = [Floor(), Gongkai("gongkai, embedded", export, _PORT, {})]
        peers.append(SqliteTrigrams())
        if missing := find_missing_parts():
            print(f"SKIPPED: Elasticsearch ({missing})")
        else:
            cluster = stack.enter_context(start_cluster(heap_megabytes=2048, is_brief=False))
            settings = {
                "GONGKAI_ENGINE": "elasticsearch",
                "GONGKAI_ELASTICSEARCH_URL": cluster.url,
                "GONGKAI_ELASTICSEARCH_REPLICAS": "0",
            }
            peers.append(Gongkai("gongkai, Elasticsearch", export, _PORT + 1, settings))
            peers += (PlainElasticsearch(cluster.url, words=words) for words in (False, True))
        for peer in peers:
            stack.callback(peer.close)
        build(peers, rows, folder / f"peers-{size}")
        measure(peers, list(draw_questions(rows, count + WARM_UPS)))


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[2:]]
    main(Path(sys.argv[1]), *(*asked, *(10_000, 60)[len(asked) :]))
