"""Mixed traffic for a long while, with updates, withdrawals, switches; every answer has an oracle.

Half a minute in CI; `make soak` asks for an hour (GONGKAI_SOAK_SECONDS).
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from development.footprint import measure_footprint
from gongkai.engines.installation import Installation
from gongkai.settings import Settings
from tests.journeys.command import running_server
from tests.journeys.killing import Office, Versions, make_row

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("GONGKAI_SOAK_SECONDS", "30"))
READERS, PAUSE_SECONDS = 3, 0.1
RECORDS = 1_200
SETTLED_SECONDS = 1.0
"""After a command returned, every door has to show it."""
_FACETS = ("genre", "year", "publisher")


@dataclass
class Oracle:
    """What is public now, and when that changed last; `version` is odd while a command runs."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    version: int = 0
    changed: float = 0.0
    public: Versions = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def take(self) -> tuple[int, Versions, set[str]] | None:
        """The state, where it has been settled for long enough to be asked about."""
        with self.lock:
            if self.version % 2 or time.monotonic() < self.changed + SETTLED_SECONDS:
                return None
            return self.version, self.public, self.gone


@dataclass
class Found:
    """What came of it all."""

    compared: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def rows_of(public: Versions) -> list[dict[str, Any]]:
    return [make_row(each, version, is_closed=False) for each, version in public.items()]


def matches(row: dict[str, Any], phrase: str, chosen: dict[str, str]) -> bool:
    """By looking at every record: the phrase stands in a text, every filter fits."""
    texts = (str(row["title"]), str(row["body"]))
    values = {"genre": row["genre"], "year": row["published_on"][:4], "publisher": row["publisher"]}
    return any(phrase in text for text in texts) and all(
        values[name] == value for name, value in chosen.items()
    )


def find_leaves(values: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The values without others below them, and those that these do not add up to."""
    for each in values:
        below = each.get("children", [])
        if below and each["count"] == sum(child["count"] for child in below):
            yield from find_leaves(below)
        else:
            yield each


def check_list(client: httpx2.Client, public: Versions, chance: random.Random) -> str | None:
    """One list with its facets beside brute force; what differs, or None."""
    row = chance.choice(rows_of(public))
    number = row["id"][1:]
    phrase = chance.choice(
        ("", f"第{number}期", f"{number}期", "饮水安全工程", f"版本:{public[row['id']]}")
    )
    known = {"genre": row["genre"], "year": row["published_on"][:4], "publisher": row["publisher"]}
    chosen = {name: known[name] for name in chance.sample(_FACETS, chance.randint(0, 2))}
    asked = {"q": f'"{phrase}"' if phrase else "", "size": 100, "sort": "newest", **chosen}
    answer = client.get("/api/v1/search", params=asked)
    if answer.status_code != 200:
        return f"{asked}: {answer.status_code}"
    content = answer.json()
    rows = rows_of(public)
    wanted = {each["id"] for each in rows if matches(each, phrase, chosen)}
    if content["total"] != len(wanted):
        return f"{asked}: total {content['total']}, not {len(wanted)}"
    got = {hit["id"] for hit in content["hits"]}
    if not got <= wanted or len(got) != min(100, len(wanted)):
        return f"{asked}: {sorted(got - wanted)[:3]} should not be there"
    for name in _FACETS:
        others = {key: value for key, value in chosen.items() if key != name}
        counted: Counter[str] = Counter()
        for each in rows:
            if matches(each, phrase, others):
                counted[each["published_on"][:4] if name == "year" else each[name]] += 1
        shown = {each["label"]: each["count"] for each in find_leaves(content["facets"][name])}
        if shown != dict(counted):
            return f"{asked}: {name} {shown}, not {dict(counted)}"
    return None


def check_record(
    client: httpx2.Client, public: Versions, gone: set[str], chance: random.Random
) -> str | None:
    """A record in every door that shows one: its newest version, or that it is gone."""
    record_id = chance.choice(sorted(public))
    version = f"版本:{public[record_id]}"
    for path in ("/api/v1/records/", "/records/", "/text/records/"):
        answer = client.get(path + record_id)
        if answer.status_code != 200 or version not in answer.text:
            return f"{path}{record_id}: {answer.status_code}, not {version}"
    for record_id in chance.sample(sorted(gone), min(2, len(gone))):
        for path in ("/api/v1/records/", "/records/", "/text/records/"):
            answer = client.get(path + record_id)
            if answer.status_code not in (404, 410):
                return f"{path}{record_id}: {answer.status_code}, though it is gone"
        asked = {"q": f'"第{record_id[1:]}期农村"', "size": 100}
        for path in ("/search/export", "/feed.atom", "/search"):
            if f"第{record_id[1:]}期农村饮水" in client.get(path, params=asked).text.replace(
                asked["q"], ""
            ):
                return f"{path} still holds {record_id}"
    return None


def read(address: httpx2.URL, oracle: Oracle, found: Found, until: float, seed: int) -> None:
    """Ask and compare until it is over. A change under way makes an answer nobody's fault."""
    chance = random.Random(seed)
    with httpx2.Client(base_url=address, trust_env=False, timeout=60) as client:
        while time.monotonic() < until:
            time.sleep(PAUSE_SECONDS)
            state = oracle.take()
            if state is None:
                client.get("/search", params={"q": "饮水安全"})
                continue
            version, public, gone = state
            kind = chance.choice(("list", "list", "record"))
            fault = (
                check_list(client, public, chance)
                if kind == "list"
                else check_record(client, public, gone, chance)
            )
            if oracle.version != version:
                continue
            found.compared[kind] += 1
            if fault:
                found.faults.append(fault)


@contextmanager
def readers(address: httpx2.URL, oracle: Oracle, until: float) -> Iterator[Found]:
    found = Found()
    threads = [
        threading.Thread(target=read, args=(address, oracle, found, until, seed))
        for seed in range(READERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        for thread in threads:
            thread.join()


def disk_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def soak(settings: Settings, office: Office, environment: dict[str, str]) -> None:
    office.begin()
    oracle = Oracle(public=dict(office.live))
    marks: list[tuple[int, int, int]] = []
    done: Counter[str] = Counter()
    with running_server(environment, "--workers", 2) as (server, client):
        until = time.monotonic() + SECONDS
        first_mark = time.monotonic() + SECONDS / 6
        with readers(client.base_url, oracle, until) as found:
            while time.monotonic() < until:
                with oracle.lock:
                    oracle.version += 1
                done[office.act()] += 1
                with oracle.lock:
                    oracle.public = dict(office.live)
                    oracle.gone = office.withdrawn | office.closed
                    oracle.changed = time.monotonic()
                    oracle.version += 1
                time.sleep(SETTLED_SECONDS + office.chance.uniform(1, 4))
                if time.monotonic() > first_mark:
                    marks.append((*measure_footprint(server.pid), disk_bytes(settings.data_dir)))
    print(f"commands {dict(done)}; compared {dict(found.compared)}; faults {len(found.faults)}")
    for share in (0, len(marks) // 2, -1):
        memory, files, disk = marks[share]
        print(f"memory {memory / 2**20:.0f} MiB, {files} files, disk {disk / 2**20:.1f} MiB")
    assert found.faults == []
    assert min(found.compared["list"], found.compared["record"]) > 10
    (memory, files, _), (last_memory, last_files, last_disk) = marks[0], marks[-1]
    assert last_memory < 1.25 * memory + 60 * 2**20
    assert last_files < files + 30
    # A rebuild writes a second index, and the older one stays for a rollback.
    assert last_disk < 6 * max(disk for _, _, disk in marks[: len(marks) // 3 + 1])


def test_every_answer_is_what_brute_force_says(fresh: Installation, tmp_path: Path) -> None:
    office = Office(fresh, tmp_path, random.Random(20080501), size=RECORDS)
    soak(fresh.settings, office, {"GONGKAI_DATA_DIR": str(fresh.settings.data_dir)})


@pytest.mark.skipif(SECONDS < 60, reason="the cluster's soak takes minutes: make soak")
def test_every_answer_of_a_cluster_too(elastic: Installation, tmp_path: Path) -> None:
    office = Office(elastic, tmp_path, random.Random(20190515), size=RECORDS)
    settings = elastic.settings
    environment = {
        "GONGKAI_DATA_DIR": str(settings.data_dir),
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_ELASTICSEARCH_URL": settings.elasticsearch_url,
        "GONGKAI_ELASTICSEARCH_PREFIX": settings.elasticsearch_prefix,
    }
    soak(settings, office, environment)
