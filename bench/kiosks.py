"""Measures a hundred kiosks at once: visitors type at human speed on one server.

    python -m bench.kiosks DATA_DIR [KIOSKS] [SECONDS]

Each visitor types the initials of a word of the index key by key, pauses, opens the list and a
record, and starts again. Words and pauses have a fixed seed.
"""

import asyncio
import random
import re
import statistics
import sys
import time
from collections import defaultdict
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx2

from analyzers.pinyin import read_word
from bench.pages import PORT, read_titles, serving
from bench.pinyin import content_words
from gongkai.engines.installation import open_installation
from gongkai.settings import Settings

KEY_SECONDS = (0.4, 0.9)
READ_SECONDS = (2.0, 6.0)
RECORD_LINK = re.compile(r'href="(/kiosk/records/[^"]+)"')


async def visit(
    client: httpx2.AsyncClient, draw: random.Random, words: list[str], until: float
) -> dict[str, list[float]]:
    """Simulates one kiosk and returns kind of request -> milliseconds. Raises on any error."""
    taken: dict[str, list[float]] = defaultdict(list)

    async def ask(kind: str, path: str) -> httpx2.Response:
        started = time.perf_counter()
        response = await client.get(path)
        taken[kind].append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200, (path, response.status_code)
        return response

    await asyncio.sleep(draw.uniform(0, 5))
    while time.perf_counter() < until:
        await ask("screen", "/kiosk")
        word = draw.choice(words)
        initials = "".join(syllable[0] for syllable in read_word(word)[0])
        for end in range(1, len(initials) + 1):
            await asyncio.sleep(draw.uniform(*KEY_SECONDS))
            await ask("key", f"/api/v1/suggest?size=8&q={initials[:end]}")
        listed = await ask("list", f"/kiosk/list?q={quote(word)}")
        await asyncio.sleep(draw.uniform(*READ_SECONDS))
        for address in RECORD_LINK.findall(listed.text)[:1]:
            await ask("record", unescape(address))
            await asyncio.sleep(draw.uniform(*READ_SECONDS))
    return taken


async def measure(words: list[str], kiosks: int, seconds: int) -> None:
    """Prints the number of requests of each kind, with p50 and p99 in milliseconds."""
    until = time.perf_counter() + seconds
    limits = httpx2.Limits(max_connections=kiosks)
    base = f"http://127.0.0.1:{PORT}"
    async with httpx2.AsyncClient(base_url=base, trust_env=False, limits=limits) as client:
        visits = (visit(client, random.Random(number), words, until) for number in range(kiosks))
        all_taken = await asyncio.gather(*visits)
    for kind in ("key", "list", "record", "screen"):
        times = [each for taken in all_taken for each in taken[kind]]
        cuts = statistics.quantiles(times, n=100)
        print(f"{kind:<8} {len(times):6} requests  p50 {cuts[49]:6.1f} ms  p99 {cuts[98]:6.1f} ms")
    print("errors 0")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    made = open_installation(Settings(data_dir=folder))
    with serving(folder) as connection:
        found = [content_words(title, made.analysis) for title in read_titles(connection)]
        chosen = [word for each in found for word in each if 1 < len(word) < 6]
        asyncio.run(
            measure(
                chosen,
                int(sys.argv[2]) if len(sys.argv) > 2 else 100,
                int(sys.argv[3]) if len(sys.argv) > 3 else 120,
            )
        )
