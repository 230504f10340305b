"""Servers that are told to end, or to begin anew, while people ask: nobody's request is dropped."""

import signal
import threading
import time
from collections import Counter
from pathlib import Path

import httpx2
import pytest

from tests.journeys.command import plain_row, run, running_server, write_rows

SETTINGS = "GONGKAI_DATA_DIR"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("restart")
    rows = write_rows(folder / "rows.jsonl", map(plain_row, range(200)))
    assert run(folder / "data", "index", rows).returncode == 0
    return folder / "data"


def ask(address: httpx2.URL, over: threading.Event, seen: Counter[str]) -> None:
    """A new connection a request, as a crowd makes them: none may be lost on the way."""
    alone = {"Connection": "close"}
    with httpx2.Client(base_url=address, headers=alone, trust_env=False, timeout=30) as client:
        while not over.wait(0.02):
            try:
                seen[str(client.get("/search", params={"q": "饮水"}).status_code)] += 1
            except httpx2.TransportError as error:
                seen[type(error).__name__] += 1


def test_workers_are_replaced_one_by_one_and_no_request_is_dropped(data: Path) -> None:
    seen: Counter[str] = Counter()
    over = threading.Event()
    with running_server({SETTINGS: str(data)}, "--workers", 2) as (server, client):
        before = workers_of(server.pid)
        asking = [
            threading.Thread(target=ask, args=(client.base_url, over, seen)) for _ in range(3)
        ]
        for thread in asking:
            thread.start()
        server.send_signal(signal.SIGHUP)
        until = time.monotonic() + 90
        while workers_of(server.pid) & before and time.monotonic() < until:
            time.sleep(0.2)
        replaced = not workers_of(server.pid) & before
        time.sleep(1)
        over.set()
        for thread in asking:
            thread.join()
    assert replaced, "the old workers are still there"
    assert set(seen) == {"200"}, seen
    assert seen["200"] > 20


def workers_of(process: int) -> set[int]:
    """Children that serve: Python's own tracker of resources is no worker."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return {
        int(child)
        for child in children
        if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()
    }


def test_a_server_that_ends_answers_what_it_has_begun(tmp_path: Path) -> None:
    """Longer lists than the system keeps on the way: the server has most of each to send."""
    texts = (plain_row(number, body=f"{'饮水安全。' * 1_500}{number}") for number in range(400))
    rows = write_rows(tmp_path / "rows.jsonl", texts)
    assert run(tmp_path / "data", "index", rows).returncode == 0
    begun = threading.Barrier(4)
    answers: list[int] = []

    def export(client: httpx2.Client) -> None:
        with client.stream("GET", "/api/v1/replica") as answer:
            lines = answer.iter_lines()
            next(lines)
            begun.wait(30)
            answers.append(1 + sum(1 for _ in lines))

    with running_server({SETTINGS: str(tmp_path / "data")}) as (server, client):
        asking = [threading.Thread(target=export, args=(client,)) for _ in range(3)]
        for thread in asking:
            thread.start()
        begun.wait(30)
        server.terminate()
        for thread in asking:
            thread.join()
        server.wait(60)
    assert answers == [402, 402, 402]
