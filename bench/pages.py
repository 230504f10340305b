"""Measures the time to the first byte of pages and suggestions, and their sizes.

    python -m bench.pages DATA_DIR [COUNT]

COUNT words of titles (fixed seed) are typed key by key in characters, pinyin and initials, and sent
as queries; records are those found. One server, one client, HTTP without conditional requests.
"""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import orjson

from analyzers.pinyin import read_word
from bench import COMMAND
from bench.pinyin import content_words
from gongkai.engines.installation import Installation, open_installation
from gongkai.settings import Settings

PORT = 8766
SAMPLED_TITLES = 5_000


@contextmanager
def serving(data_dir: Path) -> Iterator[HTTPConnection]:
    """Runs a server for a data folder and yields a connection to it."""
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(PORT)],
        env={"GONGKAI_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with closing(HTTPConnection("127.0.0.1", PORT)) as connection:
            _wait_until_up(connection)
            yield connection
    finally:
        server.terminate()
        server.wait()


def measure(connection: HTTPConnection, installation: Installation, count: int) -> None:
    """Prints p50 and p99 of the first byte in milliseconds, and bytes, for each kind of address."""
    draw = random.Random(20090220)
    titles = read_titles(connection)
    words = [
        draw.choice(found)
        for title in draw.choices(titles, k=count)
        if (found := content_words(title, installation.analysis))
    ]
    for kind, paths in {
        "suggest, characters": [_suggest(word[:n]) for word in words for n in (1, 2, len(word))],
        "suggest, pinyin": [_suggest(keys) for word in words for keys in _keys(word, 99)],
        "suggest, initials": [_suggest(keys) for word in words for keys in _keys(word, 1)],
        "/": ["/"] * count,
        "/search, one word": [f"/search?q={quote(word)}" for word in words],
        "/search, two words": [
            f"/search?q={quote(f'{one} {other}')}" for one, other in pairwise(words)
        ],
        "/search, no words": ["/search"] * count,
        "/records": _find_records(connection, words),
        "/browse": ["/browse"] * count,
    }.items():  # fmt: skip
        times, sizes = zip(*(_ask(connection, path) for path in paths), strict=True)
        cuts = statistics.quantiles(times, n=100)
        print(
            f"{kind:<20} {len(paths):5} requests  p50 {cuts[49]:6.1f} ms  p99 {cuts[98]:6.1f} ms  "
            f"{statistics.median(sizes) / 1000:6.1f} kB median, {max(sizes) / 1000:6.1f} kB most"
        )


def _keys(word: str, letters: int) -> Iterator[str]:
    """Returns the typed text after each syllable, with `letters` letters per syllable."""
    syllables = [each[:letters] for each in read_word(word)[0]]
    return ("".join(syllables[:n]) for n in range(1, len(syllables) + 1))


def _suggest(typed: str) -> str:
    return f"/api/v1/suggest?q={quote(typed)}"


def _ask(connection: HTTPConnection, path: str) -> tuple[float, int]:
    started = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    taken = (time.perf_counter() - started) * 1000
    content = response.read()
    assert response.status == 200, (path, response.status)
    return taken, len(content)


def read_titles(connection: HTTPConnection) -> list[str]:
    """Returns titles of the newest records, at most SAMPLED_TITLES."""
    titles: list[str] = []
    for page in range(1, SAMPLED_TITLES // 100 + 1):
        connection.request("GET", f"/api/v1/search?facets=&size=100&page={page}")
        hits = orjson.loads(connection.getresponse().read())["hits"]
        titles += [hit["title"] for hit in hits]
    return titles


def _find_records(connection: HTTPConnection, words: list[str]) -> list[str]:
    paths = []
    for word in words:
        connection.request("GET", f"/api/v1/search?facets=&size=1&q={quote(word)}")
        hits = orjson.loads(connection.getresponse().read())["hits"]
        paths += [f"/records/{quote(hit['id'])}?q={quote(word)}" for hit in hits]
    return paths


def _wait_until_up(connection: HTTPConnection) -> None:
    for _ in range(300):
        try:
            connection.request("GET", "/api/v1/suggest?q=gjj")
            connection.getresponse().read()
        except ConnectionError:
            connection.close()
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with serving(folder) as opened:
        made = open_installation(Settings(data_dir=folder))
        measure(opened, made, int(sys.argv[2]) if len(sys.argv) > 2 else 300)
