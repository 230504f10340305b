"""Measures `/api/v1/search` with semantic search while several clients ask at once.

    python -m bench.semantic_load DATA_DIR [CLIENTS] [SECONDS]

Each client asks one question after another, drawn from the judged questions over the sample. Prints
times and the share of each outcome: `used`, or the reason why keywords answered alone. The engine
and the model are those of the environment.
"""

import asyncio
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import httpx2
import orjson

from bench.serving import serve

PORT = 8768
WORKERS = 2
_QUESTIONS = Path(__file__).parents[1] / "tests" / "relevance" / "semantic.jsonl"
_WARM_UP_SECONDS = 10.0


async def ask(
    seed: int, questions: list[str], until: float
) -> tuple[list[float], Counter[str | None]]:
    """Returns seconds and outcomes of one client's questions."""
    draw = random.Random(seed)
    times: list[float] = []
    outcomes: Counter[str | None] = Counter()
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{PORT}", trust_env=False, timeout=60
    ) as client:
        while time.monotonic() < until:
            started = time.monotonic()
            asked = {"q": draw.choice(questions)}
            response = await client.get("/api/v1/search", params=asked)
            times.append(time.monotonic() - started)
            if response.status_code != 200:
                outcomes[f"status {response.status_code}"] += 1
                continue
            answer = response.json()
            outcomes[answer["query"]["semantic"] or "keywords only"] += 1
            outcomes["with a passage"] += answer["answer"] is not None
    return times, outcomes


async def measure(clients: int, seconds: float) -> None:
    """Prints the figures of all clients together."""
    questions = [orjson.loads(line)["text"] for line in _QUESTIONS.read_bytes().splitlines()]
    for span in (_WARM_UP_SECONDS, seconds):
        until = time.monotonic() + span
        done = await asyncio.gather(*(ask(seed, questions, until) for seed in range(clients)))
    times = [each for found, _outcomes in done for each in found]
    outcomes = sum((each for _times, each in done), Counter[str | None]())
    cuts = statistics.quantiles(times, n=100)
    print(f"{clients} clients, {len(times) / seconds:.1f} requests/s, {WORKERS} workers")
    print(f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms")
    for outcome, count in outcomes.most_common():
        print(f"{outcome}: {count / len(times):.1%}")


if __name__ == "__main__":
    settings = {"GONGKAI_DATA_DIR": sys.argv[1], "GONGKAI_CLIENT_RATE": "0"}
    asked = [int(each) for each in sys.argv[2:]]
    clients, seconds = (*asked, *(16, 30)[len(asked) :])
    with serve(PORT, settings, WORKERS):
        asyncio.run(measure(clients, seconds))
