"""Three real nodes: one dies, or all are replaced. Nothing is lost, and no answer is wrong."""

import asyncio
import itertools
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from development.distribution import NEWEST, OLDEST
from development.elasticsearch_node import Cluster, Node, find_missing_parts, start_cluster
from gongkai.engines.elastic.connection import open_client
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, IndexDocument, SearchEngine
from gongkai.errors import EngineUnavailableError
from gongkai.query.request import Sort
from gongkai.query.tree import MatchAll, Term
from gongkai.settings import EngineKind, Settings
from tests.conftest import require_or_skip
from tests.engines.documented import run_commands
from tests.engines.records import changed, make_document

pytestmark = pytest.mark.slow

RECORDS = 2_400
SEARCHERS = 50
TOPICS = ("供水", "医院", "学校", "道路")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if missing := find_missing_parts():
        require_or_skip("elasticsearch", f"no cluster: {missing}")
    with start_cluster(3) as started:
        yield started


@pytest.fixture
def spread(installation: Installation, cluster: Cluster) -> Installation:
    return spread_over(cluster, installation)


def spread_over(cluster: Cluster, installation: Installation) -> Installation:
    """An installation of its own on all three nodes: three shards, each held twice."""
    settings = Settings(
        engine=EngineKind.ELASTICSEARCH,
        elasticsearch_url=cluster.url,
        elasticsearch_prefix=f"test-{secrets.token_hex(4)}",
        elasticsearch_shards=3,
        elasticsearch_replicas=1,
        # Three nodes beside fifty searchers: an answer that takes long is not a wrong one.
        elasticsearch_timeout_seconds=120,
        query_timeout_seconds=90,
    )
    return replace(installation, settings=settings)


@pytest.fixture(scope="module")
def documents(installation: Installation) -> list[IndexDocument]:
    return [
        make_document(
            installation,
            id=f"r{number}",
            title=f"第{number}号{TOPICS[number % len(TOPICS)]}工程通知",
            body=f"{TOPICS[number % len(TOPICS)]}工程第{number}期" * 20,
        )
        for number in range(RECORDS)
    ]


def write(installation: Installation, documents: Iterable[IndexDocument], *, anew: bool) -> None:
    with (
        closing(installation.open_store()) as store,
        store.rebuild() if anew else store.update() as writer,
    ):
        for chunk in _chunks(documents):
            writer.prefetch(document.id for document in chunk)
            for document in chunk:
                writer.put(document)
        writer.commit()
        assert writer.pop_rejected() == {}
        if anew:
            store.publish(writer.name)


def write_patiently(installation: Installation, documents: list[IndexDocument]) -> None:
    """Writes into a cluster that has just started: on a busy machine its first answers are late."""
    for _ in range(9):
        with suppress(EngineUnavailableError):
            return write(installation, documents, anew=False)
    return write(installation, documents, anew=False)


def _chunks(documents: Iterable[IndexDocument]) -> Iterator[list[IndexDocument]]:
    rest = iter(documents)
    while chunk := list(itertools.islice(rest, 200)):
        yield chunk


async def read_all(engine: SearchEngine) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    cursor: str | None = None
    while True:
        asked = EngineQuery(MatchAll(), sort=Sort.OLDEST, limit=1_000, after=cursor)
        result = await engine.search(asked)
        found |= {hit.id: hit.stored for hit in result.hits}
        cursor = result.next_cursor
        if cursor is None:
            assert len(found) == result.total
            return found


@dataclass(slots=True)
class Seen:
    """What searchers met: right answers, wrong ones, and when and why they got none."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    failures: dict[float, str] = field(default_factory=dict)

    def describe(self) -> str:
        lasted = max(self.failures) - min(self.failures) if self.failures else 0.0
        return (
            f"{self.right} right answers, {len(self.wrong)} wrong, "
            f"{len(self.failures)} refused with 503 within {lasted:.1f} s"
        )


async def search_on(
    engine: SearchEngine,
    is_right: Callable[[str, int], bool],
    until: Callable[[], bool],
    searchers: int,
) -> Seen:
    """Many searchers, each asking one question after another."""
    seen = Seen()

    async def ask_on(draw: random.Random) -> None:
        while not until():
            topic = draw.choice(TOPICS)
            query = EngineQuery(Term("title_words", topic), facets=("genre",), limit=5)
            try:
                result = await engine.search(query)
            except EngineUnavailableError as error:
                seen.failures[time.monotonic()] = str(error)
                await asyncio.sleep(0.05)
                continue
            counted = sum(result.facets["genre"].values())
            if is_right(result.generation, result.total) and counted == result.total:
                seen.right += 1
            else:
                seen.wrong.append(f"{topic}: {result.total}, counted {counted}")

    await asyncio.gather(*(ask_on(random.Random(number)) for number in range(searchers)))
    return seen


def run_beside(
    engine_of: Installation,
    seconds_after: float,
    act: Callable[[], Any],
    is_right: Callable[[str, int], bool],
    searchers: int = SEARCHERS,
) -> Seen:
    """Search while `act` runs in a thread, and a little longer."""
    faults: list[BaseException] = []

    def work() -> None:
        try:
            act()
        except BaseException as error:  # told below
            faults.append(error)

    thread = threading.Thread(target=work)

    async def search() -> Seen:
        engine = engine_of.open_engine()
        thread.start()
        ended: list[float] = []

        def until() -> bool:
            if not thread.is_alive() and not ended:
                ended.append(time.monotonic())
            return bool(ended) and time.monotonic() - ended[0] > seconds_after

        try:
            return await search_on(engine, is_right, until, searchers)
        finally:
            await engine.close()

    seen = asyncio.run(search())
    thread.join()
    if faults:
        raise faults[0]
    return seen


async def check_content(installation: Installation, documents: list[IndexDocument]) -> None:
    engine = installation.open_engine()
    try:
        assert await read_all(engine) == {each.id: each.stored for each in documents}
    finally:
        await engine.close()


def test_a_node_killed_during_an_ingest_loses_nothing(
    cluster: Cluster, spread: Installation, documents: list[IndexDocument]
) -> None:
    victim = cluster.nodes[1]
    killer = threading.Timer(0.5, victim.kill)

    def begin() -> Iterator[IndexDocument]:
        """Asked for once the writer is open: a kill before that only says to run again."""
        killer.start()
        yield from documents

    write(spread, begin(), anew=False)
    killer.join()
    assert victim.process is None, "the ingest ended before the node was killed"
    asyncio.run(check_content(spread, documents))
    cluster.start(victim)
    cluster.wait_until("green", nodes=3)
    asyncio.run(check_content(spread, documents))


def test_a_node_killed_under_searchers_gives_no_wrong_answer(
    cluster: Cluster,
    spread: Installation,
    documents: list[IndexDocument],
    record_property: Callable[[str, object], None],
) -> None:
    write(spread, documents, anew=False)
    cluster.wait_until("green", nodes=3)
    victim = cluster.nodes[2]

    def kill_and_return() -> None:
        time.sleep(2)
        victim.kill()
        time.sleep(6)
        cluster.start(victim)
        cluster.wait_until("green", nodes=3)

    expected = RECORDS // len(TOPICS)
    seen = run_beside(spread, 2, kill_and_return, lambda _, total: total == expected)
    record_property("killed node", seen.describe())
    print(seen.describe())
    assert seen.right > SEARCHERS
    assert seen.wrong == []
    asyncio.run(check_content(spread, documents))


def test_a_rebuild_under_searchers_shows_one_generation_or_the_other(
    cluster: Cluster,
    spread: Installation,
    documents: list[IndexDocument],
    record_property: Callable[[str, object], None],
) -> None:
    half = documents[: RECORDS // 2]
    write(spread, half, anew=False)
    cluster.wait_until("green", nodes=3)
    totals = {len(half) // len(TOPICS), RECORDS // len(TOPICS)}
    by_generation: dict[str, set[int]] = {}

    def is_right(generation: str, total: int) -> bool:
        by_generation.setdefault(generation, set()).add(total)
        return total in totals

    seen = run_beside(spread, 1, lambda: write(spread, documents, anew=True), is_right)
    record_property("rebuild", seen.describe())
    print(seen.describe())
    assert seen.wrong == []
    assert seen.failures == {}
    assert sorted(map(len, by_generation.values())) == [1, 1], by_generation


def find_master(installation: Installation, cluster: Cluster) -> Node:
    with closing(open_client(installation.settings)) as client:
        state = client.cluster.state(metric=["master_node", "nodes"])
    name = state["nodes"][state["master_node"]]["name"]
    (found,) = (node for node in cluster.nodes if node.name == name)
    return found


def test_the_master_killed_at_a_switch_leaves_one_generation_live(
    cluster: Cluster,
    spread: Installation,
    documents: list[IndexDocument],
    record_property: Callable[[str, object], None],
) -> None:
    """Searches show one generation or the other; the same rebuild succeeds afterwards."""
    half = documents[: RECORDS // 2]
    write_patiently(spread, half)
    cluster.wait_until("green", nodes=3)
    victim = find_master(spread, cluster)
    totals: dict[str, int] = {}

    def switch() -> None:
        killer = threading.Thread(target=victim.kill)
        with (
            suppress(EngineUnavailableError),
            closing(spread.open_store()) as store,
            store.rebuild() as writer,
        ):
            for document in documents:
                writer.put(document)
            writer.commit()
            killer.start()
            store.publish(writer.name)
        killer.join()

    def is_right(generation: str, total: int) -> bool:
        return totals.setdefault(generation, total) == total

    seen = run_beside(spread, 2, switch, is_right)
    record_property("switch", seen.describe())
    print(seen.describe())
    assert seen.wrong == []
    assert set(totals.values()) <= {len(half) // len(TOPICS), RECORDS // len(TOPICS)}
    cluster.start(victim)
    cluster.wait_until("green", nodes=3)
    write(spread, documents, anew=True)
    asyncio.run(check_content(spread, documents))
    with closing(spread.open_store()) as store:
        assert [each.live for each in store.generations()].count(True) == 1
        assert not any(each.faults for each in store.check_integrity())


def test_a_rolling_upgrade_has_no_gap(
    installation: Installation,
    documents: list[IndexDocument],
    record_property: Callable[[str, object], None],
) -> None:
    """Every node is replaced by one of the next major version, with the commands of the docs."""
    if missing := find_missing_parts(OLDEST):
        require_or_skip("elasticsearch", f"no cluster: {missing}")
    more = [make_document(installation, id=f"new{n}", title=f"第{n}座桥梁") for n in range(1_000)]
    with start_cluster(3, distribution=OLDEST) as cluster:
        spread = spread_over(cluster, installation)
        write_patiently(spread, documents)
        cluster.wait_until("green")
        is_over = threading.Event()

        def upgrade() -> None:
            master = find_master(spread, cluster)
            try:
                for node in sorted(cluster.nodes, key=lambda each: each is master):
                    replace_node(spread, cluster, node)
            finally:
                is_over.set()

        def arrive() -> Iterator[IndexDocument]:
            """Records that arrive one by one until the last node is replaced, then the rest."""
            for document in more:
                yield document
                is_over.wait(0.5)

        def upgrade_and_index() -> None:
            upgrading = threading.Thread(target=upgrade)
            upgrading.start()
            try:
                write(spread, arrive(), anew=False)
            finally:
                upgrading.join()

        expected = RECORDS // len(TOPICS)
        seen = run_beside(spread, 2, upgrade_and_index, lambda _, total: total == expected, 8)
        record_property("rolling upgrade", seen.describe())
        print(seen.describe())
        with closing(open_client(spread.settings)) as client:
            nodes = client.nodes.info(metric=["os"])["nodes"].values()
        assert {each["version"] for each in nodes} == {NEWEST.version}
        assert seen.wrong == []
        assert seen.failures == {}
        asyncio.run(check_content(spread, [*documents, *more]))


def replace_node(installation: Installation, cluster: Cluster, node: Node) -> None:
    section = ("reference/elasticsearch.md", "## Rolling upgrade")
    other = next(each for each in cluster.nodes if each is not node)
    settings = changed(installation, elasticsearch_url=other.url).settings
    run_commands(settings, *section)
    cluster.upgrade(node, NEWEST)
    cluster.wait_until("yellow", nodes=3)
    run_commands(settings, *section, block=1)
    cluster.wait_until("green", nodes=3)
