"""Measures how long `/healthz` waits while clients send the longest queries over huge records.

    python -m bench.responsiveness [RECORDS] [CLIENTS] [SECONDS]

Each record has two million characters of common words; each query is 1,000 characters of them.
The server is `gongkai serve` with one worker, so that nothing but its own event loop answers. The
engine is the one that the environment names.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import orjson

from bench import COMMAND
from bench.serving import serve
from gongkai.engines.installation import open_installation
from gongkai.settings import Settings

PORT = 8769
ADDRESS = f"http://127.0.0.1:{PORT}"
CHARACTERS = 2_000_000
QUERY_CHARACTERS = 1_000
PROBE_SECONDS = 0.05
PATHS = {
    "search, JSON": "/api/v1/search?q={}",
    "search, page": "/search?q={}",
    "record, page": "/records/r1?q={}",
    "record, kiosk": "/kiosk/records/r1?q={}",
    "record, JSON": "/api/v1/records/r1",
}


def draw_words() -> list[str]:
    """Returns the words of the analysis in a fixed order."""
    analyzer = open_installation(Settings()).analyzer
    text = Path("README.zh.md").read_text(encoding="utf-8")
    return sorted(
        {
            word
            for word in analyzer.tokenize_for_search(text)
            if len(word) > 1 and not word.isascii()
        }
    )


def draw_rows(words: list[str], records: int) -> Iterator[dict[str, object]]:
    """Yields records of CHARACTERS characters, in lines of about a hundred."""
    draw = random.Random(2)
    for number in range(records):
        lines = ("".join(draw.choices(words, k=40)) + "。" for _ in range(CHARACTERS // 90))
        yield {
            "id": f"r{number}",
            "title": f"关于第{number}期农村饮水安全工程的通知",
            "publisher": "安庆市水利局",
            "published_on": "2020-05-06",
            "disclosure": "主动公开",
            "body": "\n".join(lines)[:CHARACTERS],
        }


def probe(over: threading.Event, waits: list[float]) -> None:
    """Requests `/healthz` on its own connection until `over` is set."""
    with httpx2.Client(base_url=ADDRESS, trust_env=False, timeout=120) as client:
        while not over.is_set():
            started = time.perf_counter()
            assert client.get("/healthz").status_code == 200
            waits.append(time.perf_counter() - started)
            time.sleep(PROBE_SECONDS)


def send(path: str, words: list[str], until: float, seed: int, times: list[float]) -> None:
    """Sends random queries until the given time; adds the seconds of each response."""
    draw = random.Random(seed)
    with httpx2.Client(base_url=ADDRESS, trust_env=False, timeout=120) as client:
        while time.monotonic() < until:
            text = " ".join(draw.sample(words, len(words)))[:QUERY_CHARACTERS]
            started = time.perf_counter()
            client.get(path.format(quote(text)))
            times.append(time.perf_counter() - started)


def measure(words: list[str], clients: int, seconds: float) -> None:
    """Prints a line for each kind of request."""
    for name, path in PATHS.items():
        waits: list[float] = []
        times: list[float] = []
        over = threading.Event()
        probing = threading.Thread(target=probe, args=(over, waits))
        probing.start()
        until = time.monotonic() + seconds
        sending = [
            threading.Thread(target=send, args=(path, words, until, seed, times))
            for seed in range(clients)
        ]
        for each in sending:
            each.start()
        for each in sending:
            each.join()
        over.set()
        probing.join()
        print(
            f"{name:<14} /healthz p50 {statistics.median(waits) * 1e3:7.1f} ms, longest "
            f"{max(waits) * 1e3:7.1f} ms; {len(times):4} responses, p50 "
            f"{statistics.median(times) * 1e3:8.1f} ms, longest {max(times) * 1e3:8.1f} ms",
            flush=True,
        )


def main(records: int = 12, clients: int = 4, seconds: int = 10) -> None:
    """Indexes, serves and measures."""
    words = draw_words()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"GONGKAI_DATA_DIR": folder, "GONGKAI_CLIENT_RATE": "0"}
        rows = Path(folder) / "rows.jsonl"
        rows.write_bytes(b"\n".join(map(orjson.dumps, draw_rows(words, records))))
        subprocess.run([*COMMAND, "index", str(rows)], env={**os.environ, **settings}, check=True)
        with serve(PORT, settings):
            print(f"{records} records, {clients} clients, {QUERY_CHARACTERS} characters a query")
            measure(words, clients, seconds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
