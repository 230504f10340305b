"""Measures whether response times reveal closed records.

    python -m bench.walls [PAIRS]

It compares closed ids with ids that never existed, and words that only closed records contain with
words in no record. Both are requested in random order in one run. The statistic is the difference
of medians; a permutation test estimates how often chance gives one as large. The seed is fixed.
Small p for several kinds would be a leak.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
from fastapi.testclient import TestClient

from gongkai.engines.installation import open_installation
from gongkai.settings import Settings
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app

RECORDS = 2_000
PERMUTATIONS = 2_000


def write_export(path: Path) -> Path:
    """Writes public records, and as many long closed records with their own words."""
    with path.open("wb") as file:
        for number in range(RECORDS):
            closed = number % 2 == 1
            row = {
                "id": f"r{number}",
                "title": f"关于第{number}期农村饮水安全工程的通知",
                "publisher": "安庆市水利局",
                "published_on": "2020-05-06",
                "disclosure": "不予公开" if closed else "主动公开",
                "body": ("密级清单涉密载体" if closed else "供水管网") * 200,
            }
            file.write(orjson.dumps(row) + b"\n")
    return path


def measure(client: TestClient, draw: random.Random, pairs: int) -> None:
    """Prints a line for each kind: medians, ratio, p."""
    kinds: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
        "closed id": (
            lambda: f"/api/v1/records/r{draw.randrange(1, RECORDS, 2)}",
            lambda: f"/api/v1/records/q{draw.randrange(1, RECORDS, 2)}",
        ),
        "closed page": (
            lambda: f"/records/r{draw.randrange(1, RECORDS, 2)}",
            lambda: f"/records/q{draw.randrange(1, RECORDS, 2)}",
        ),
        "closed title": (
            lambda: f"/api/v1/search?q=第{draw.randrange(1, RECORDS, 2)}期农村",
            lambda: f"/api/v1/search?q=第{draw.randrange(RECORDS + 1, 2 * RECORDS, 2)}期农村",
        ),
        "closed words": (
            lambda: "/api/v1/search?q=密级清单涉密载体",
            lambda: "/api/v1/search?q=密钥清单涉外载体",
        ),
        "closed suggestion": (
            lambda: "/api/v1/suggest?q=密级",
            lambda: "/api/v1/suggest?q=密钥",
        ),
    }
    for name, (behind, nowhere) in kinds.items():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(pairs):
            sides = [0, 1]
            draw.shuffle(sides)
            for side in sides:
                path = (behind, nowhere)[side]()
                started = time.perf_counter()
                client.get(path)
                times[side].append(time.perf_counter() - started)
        one, other = (statistics.median(side) for side in times)
        chance = permute(times, abs(one - other), draw)
        print(
            f"{name:<18} behind {one * 1e3:7.3f} ms, nowhere {other * 1e3:7.3f} ms, "
            f"ratio {one / other:.3f}, p {chance:.3f}"
        )


def permute(times: tuple[list[float], list[float]], seen: float, draw: random.Random) -> float:
    """Returns how often chance gives a difference of medians as large as the observed one."""
    pool = [*times[0], *times[1]]
    half = len(times[0])
    count = 0
    for _ in range(PERMUTATIONS):
        draw.shuffle(pool)
        difference = statistics.median(pool[:half]) - statistics.median(pool[half:])
        count += abs(difference) >= seen
    return count / PERMUTATIONS


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        installed = open_installation(Settings(data_dir=Path(folder) / "data"))
        publish(IndexJob([write_export(Path(folder) / "export.jsonl")]), installed)
        with closing(installed.open_store()), TestClient(create_app(installed)) as asked:
            asked.get("/api/v1/suggest?q=供水")
            measure(asked, random.Random(20080501), int(sys.argv[1]) if sys.argv[1:] else 400)
