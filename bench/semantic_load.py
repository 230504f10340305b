"""Measures `/api/v1/search` with semantic search while several clients ask at once.

    python -m bench.semantic_load DATA_DIR [CLIENTS] [SECONDS]

Each client asks one question after another, drawn from the judged questions over the sample, with
semantic search on and off in turn, so that both are measured under the same load. Prints times and
the share of each outcome: `used`, or the reason why keywords answered alone. The engine and the
model are those of the environment.
"""

import asyncio
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import orjson

from bench.serving import serve

PORT = 8768
WORKERS = 2
_QUESTIONS = Path(__file__).parents[1] / "tests" / "relevance" / "semantic.jsonl"
_WARM_UP_SECONDS = 10.0


@dataclass
class Figures:
    """What the clients measured with semantic search on, or off."""

    times: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


async def ask(seed: int, questions: list[str], until: float, found: dict[bool, Figures]) -> None:
    """Adds seconds and outcomes of one client's questions."""
    draw = random.Random(seed)
    semantic = bool(seed % 2)
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{PORT}", trust_env=False, timeout=60
    ) as client:
        while time.monotonic() < until:
            semantic = not semantic
            asked = {"q": draw.choice(questions), "semantic": str(semantic)}
            started = time.monotonic()
            response = await client.get("/api/v1/search", params=asked)
            found[semantic].times.append(time.monotonic() - started)
            outcomes = found[semantic].outcomes
            if response.status_code != 200:
                outcomes[f"status {response.status_code}"] += 1
                continue
            answer = response.json()
            outcomes[answer["query"]["semantic"] or "keywords only"] += 1
            outcomes["with a passage"] += answer["answer"] is not None


async def measure(clients: int, seconds: float) -> None:
    """Prints the figures of all clients together."""
    questions = [orjson.loads(line)["text"] for line in _QUESTIONS.read_bytes().splitlines()]
    for span in (_WARM_UP_SECONDS, seconds):
        found = {True: Figures(), False: Figures()}
        until = time.monotonic() + span
        await asyncio.gather(*(ask(seed, questions, until, found) for seed in range(clients)))
    answered = sum(len(each.times) for each in found.values())
    print(f"{clients} clients, {answered / seconds:.1f} requests/s, {WORKERS} workers")
    for semantic, each in found.items():
        cuts = statistics.quantiles(each.times, n=100)
        print(f"semantic={semantic}: p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms")
        for outcome, count in each.outcomes.most_common():
            print(f"  {outcome}: {count / len(each.times):.1%}")


if __name__ == "__main__":
    settings = {"GONGKAI_DATA_DIR": sys.argv[1], "GONGKAI_CLIENT_RATE": "0"}
    asked = [int(each) for each in sys.argv[2:]]
    clients, seconds = (*asked, *(16, 30)[len(asked) :])
    with serve(PORT, settings, WORKERS):
        asyncio.run(measure(clients, seconds))
