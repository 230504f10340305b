"""Runs the same records and queries on gongkai and on other search systems.

    python -m bench.peers FOLDER [--sizes 10000 100000] [--questions 200] [--without NAME...]

FOLDER contains exports, indexes and figures-SIZE.json, the input of `bench.peers.report`. Peers
that are not installed are skipped with a message.
"""

import argparse
import dataclasses
import gzip
import os
import platform
import random
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import orjson

from bench.corpus import write_export
from bench.peers import rates
from bench.peers.floor import Floor
from bench.peers.groonga import Groonga
from bench.peers.measuring import WARM_UPS, ask, build
from bench.peers.ours import ELASTIC, EMBEDDED, Gongkai, address_of
from bench.peers.overhead import measure_overhead
from bench.peers.peer import MissingPeerError, Peer, Question, Row
from bench.peers.plain_elasticsearch import PlainElasticsearch
from bench.peers.questions import draw_questions, worded
from bench.peers.sqlite_fts import SqliteTrigrams
from bench.peers.xapian_ngrams import XapianNgrams
from development.elasticsearch_node import Cluster, find_missing_parts, start_cluster
from gongkai.engines.installation import open_installation
from gongkai.settings import Settings

_PORT = 8771
_HEAP_MEGABYTES = 2048
_STARTS = 3
_RATE_SECONDS, _SWITCH_SECONDS = 10.0, 12.0
_RATE_ROUNDS = 2
_SWITCH_CLIENTS = 4
_LARGEST_SWITCHED = 100_000
"""Maximum records for the switch test: a larger second generation only takes longer."""


def open_peers(export: Path, cluster: Cluster | None, left_out: Sequence[str]) -> Iterator[Peer]:
    """Yields the peers. The floor comes first: it is the reference of the others."""
    yield Floor()
    ours = Gongkai(EMBEDDED, export, _PORT, {})
    yield ours
    elastic: list[Peer] = []
    if cluster is not None:
        process = cluster.nodes[0].process
        settings = {
            "GONGKAI_ENGINE": "elasticsearch",
            "GONGKAI_ELASTICSEARCH_URL": cluster.url,
            "GONGKAI_ELASTICSEARCH_REPLICAS": "0",
        }
        elastic.append(Gongkai(ELASTIC, export, _PORT + 1, settings))
        elastic += (
            PlainElasticsearch(cluster.url, process.pid if process else 0, words=words)
            for words in (False, True)
        )
    yield from (each for each in elastic if not any(part in each.name for part in left_out))
    others = (SqliteTrigrams, XapianNgrams, lambda: Groonga(_PORT + 2))
    for make in others:
        try:
            peer: Peer = make()
        except MissingPeerError as missing:
            print(f"SKIPPED: {missing}", flush=True)
            continue
        if not any(part in peer.name for part in left_out):
            yield peer


def measure(folder: Path, size: int, count: int, left_out: Sequence[str]) -> dict[str, Any]:
    """Returns all figures of one size."""
    export = write_export(folder, size)
    with gzip.open(export, "rb") as lines:
        rows = [orjson.loads(line) for line in lines]
    with ExitStack() as stack:
        cluster = None
        if missing := find_missing_parts():
            print(f"SKIPPED: Elasticsearch ({missing})", flush=True)
        else:
            cluster = stack.enter_context(
                start_cluster(heap_megabytes=_HEAP_MEGABYTES, is_brief=False)
            )
        peers = list(open_peers(export, cluster, left_out))
        built = []
        for peer in peers:
            stack.callback(peer.close)
            place = folder / f"peers-{size}" / "".join(filter(str.isalnum, peer.name))
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            built.append(build(peer, rows, place))
            print(f"{peer.name:<36} {built[-1].a_second:8,.0f} records/s", flush=True)
        questions = list(draw_questions(rows, count + WARM_UPS))
        ours = {peer.name: peer for peer in peers if isinstance(peer, Gongkai)}
        for server in ours.values():
            server.settle()
        asked = ask(peers, questions)
        for each in asked:
            print(f"{each.kind:<12} {each.peer:<36} {each.p50:8.2f} {each.p99:8.2f} ms", flush=True)
        built = [
            dataclasses.replace(each, memory=peer.memory())
            for each, peer in zip(built, peers, strict=True)
        ]
        plain = [peer for peer in peers if isinstance(peer, PlainElasticsearch)]
        embedded, asked_most = ours[EMBEDDED], worded(questions)
        figures = {
            "machine": describe_machine(),
            "records": size,
            "built": [dataclasses.asdict(each) for each in built],
            "asked": [dataclasses.asdict(each) for each in asked],
            "suggest": measure_suggestions(embedded, rows, count),
            "start_seconds": measure_starts(embedded),
        }
        if ELASTIC in ours:
            figures["overhead"] = measure_overhead(ours[ELASTIC], asked_most)
        figures["rates"] = measure_rates(embedded, cluster, plain, asked_most)
        if size <= _LARGEST_SWITCHED:
            figures["switch"] = measure_switch(embedded, asked_most)
    for name in ("suggest", "start_seconds", "overhead", "rates", "switch"):
        print(name, figures.get(name), flush=True)
    return figures


def measure_suggestions(ours: Gongkai, rows: Sequence[Row], count: int) -> dict[str, float]:
    """Returns milliseconds of suggestions for two or three characters of titles."""
    draw = random.Random(11)
    times = []
    for number in range(count + WARM_UPS):
        title = str(draw.choice(rows)["title"])
        at = draw.randrange(max(1, len(title) - 3))
        started = time.perf_counter()
        ours.get(rates.suggestion_path(title[at : at + draw.choice((2, 3))]))
        if number >= WARM_UPS:
            times.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(times, n=100)
    return {"p50": cuts[49], "p99": cuts[98]}


def measure_starts(ours: Gongkai) -> list[float]:
    """Returns the seconds from the command to the first search response, several times."""
    seconds = []
    for _ in range(_STARTS):
        ours.close()
        seconds.append(ours.serve())
    return seconds


def measure_rates(
    ours: Gongkai,
    cluster: Cluster | None,
    plain: Sequence[PlainElasticsearch],
    questions: Sequence[Question],
) -> list[dict[str, Any]]:
    """Returns responses per second at 16 clients: two workers of ours, then each other index."""
    found = []
    ours.close()
    ours.workers = 2
    for _ in range(_RATE_ROUNDS):
        ours.settle()
        requests = [rates.get(address_of(each)) for each in questions]
        rates.measure_rate(ours.port, requests, 2.0)
        rate = rates.measure_rate(ours.port, requests, _RATE_SECONDS)
        found.append({"peer": ours.name, **dataclasses.asdict(rate)})
        ours.close()
        if cluster is None:
            continue
        port = cluster.nodes[0].http_port
        for peer in plain:
            requests = [rates.post(peer.path, peer.body(each)) for each in questions]
            rates.measure_rate(port, requests, 2.0)
            rate = rates.measure_rate(port, requests, _RATE_SECONDS)
            found.append({"peer": peer.name, **dataclasses.asdict(rate)})
    return found


def measure_switch(ours: Gongkai, questions: Sequence[Question]) -> dict[str, Any]:
    """Returns milliseconds for a few clients without and with a generation switch."""
    ours.build_again()
    ours.settle()
    requests = [rates.get(address_of(each)) for each in questions]
    installation = open_installation(Settings(data_dir=ours.folder))
    with closing(installation.open_store()) as store:
        asked = (ours.port, requests, _SWITCH_SECONDS)
        rates.measure_rate(*asked, clients=_SWITCH_CLIENTS)
        calm = rates.measure_rate(*asked, clients=_SWITCH_CLIENTS)
        switched = rates.measure_rate(*asked, clients=_SWITCH_CLIENTS, midway=store.rollback)
    return {"calm": dataclasses.asdict(calm), "switched": dataclasses.asdict(switched)}


def describe_machine() -> dict[str, str]:
    """Returns a description of the machine."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "memory": f"{pages / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
    }


def main() -> None:
    """Measures each size and stores its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--without", nargs="*", default=[], help="parts of names of peers")
    options = parser.parse_args()
    for size in options.sizes:
        figures = measure(options.folder, size, options.questions, options.without)
        path = options.folder / f"figures-{size}.json"
        path.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
