"""Measures a server at twice its capacity: responses, rejections, times, memory.

    python -m bench.load DATA_DIR [SECONDS] [CLIENTS]

First, AT_ONCE connections determine the capacity. Then CLIENTS clients with their own addresses
send twice that rate in total, two more addresses send greedily over ten connections each, and five
kiosks send at a normal rate. Finally the load is low again. Responses, times, memory and open files
are printed as ratios to low load. The server is `gongkai serve --workers 2` on this machine, with
the engine of the environment.
"""

import asyncio
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from bench.known_items import read_all
from bench.serving import serve
from development.footprint import measure_footprint
from gongkai.engines.installation import open_installation
from gongkai.settings import Settings

PORT = 8767
WORKERS = 2
GREEDY, GREEDY_CONNECTIONS, KIOSKS = 2, 10, 5
GREEDY_PAUSE_SECONDS, KIOSK_PAUSE_SECONDS = 0.05, 2.0
AT_ONCE = 24
WARM_UP_SECONDS, CALM_SECONDS = 10, 20
_KIOSK_NETWORK = "198.51.100.0/24"


@dataclass
class Seen:
    """The responses for one kind of client: status -> seconds of each."""

    times: dict[int, list[float]] = field(default_factory=dict)

    def add(self, status: int, seconds: float) -> None:
        self.times.setdefault(status, []).append(seconds)

    def counts(self) -> dict[int, int]:
        return {status: len(times) for status, times in sorted(self.times.items())}

    def cuts(self, status: int = 200) -> tuple[float, float]:
        """Returns p50 and p99 in seconds, or 0 for too few responses."""
        times = self.times.get(status, [])
        if len(times) < 2:
            return 0.0, 0.0
        cuts = statistics.quantiles(times, n=100)
        return cuts[49], cuts[98]


class Connection:
    """A keep-alive connection that acts as a proxy for one address."""

    def __init__(self, address: str) -> None:
        self._head = f"Host: load\r\nX-Forwarded-For: {address}\r\n\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> int:
        """Returns the status, or 0 if a new connection was lost.

        A lost old connection is reopened once.
        """
        was_open = self._streams is not None
        status = await self._get(path)
        return await self._get(path) if status == 0 and was_open else status

    async def _get(self, path: str) -> int:
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", PORT)
            reader, writer = self._streams
            writer.write(f"GET {path} HTTP/1.1\r\n{self._head}".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await _skip_body(reader, head)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0
        if b"connection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def _skip_body(reader: asyncio.StreamReader, head: bytes) -> None:
    if b"transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
        return
    _, found, rest = head.partition(b"content-length: ")
    if found:
        await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))


def draw_paths(words: list[str], ids: list[str], seed: int) -> Iterator[str]:
    """Yields requests in the proportions of a portal's log: pages, their parts, some exports."""
    draw = random.Random(seed)
    while True:
        word = quote(" ".join(draw.choices(words, k=draw.randint(1, 2))))
        yield draw.choices(
            (
                f"/search?q={word}",
                f"/api/v1/search?q={word}",
                f"/api/v1/suggest?q={quote(draw.choice(words)[:2])}",
                f"/records/{quote(draw.choice(ids))}",
                f"/search?q={quote('没有人用过的词' + str(draw.randrange(10**6)))}",
                f"/search/export?q={word}",
            ),
            (38, 30, 18, 11, 2, 1),
        )[0]


async def run_client(
    address: str, paths: Iterator[str], pause: Callable[[], float], until: float, seen: Seen
) -> None:
    """Sends requests with pauses until the time is over."""
    connection = Connection(address)
    turn = time.monotonic() + pause()
    while (now := time.monotonic()) < until:
        if turn > now:
            await asyncio.sleep(min(turn, until) - now)
            if turn > until:
                break
        started = time.monotonic()
        status = await connection.get(next(paths))
        seen.add(status, time.monotonic() - started)
        # No catching up: after a wait, send at once and continue at the old pace.
        turn = max(turn + pause(), started)
    connection.close()


async def measure(data_dir: Path, seconds: float, clients: int, server: int) -> None:
    """Prints figures for low load, overload, and low load again."""
    installation = open_installation(Settings(data_dir=data_dir))
    engine = installation.open_engine()
    records = await read_all(engine)
    await engine.close()
    draw = random.Random(20080501)
    titles = [record["title"] for record in draw.sample(records, min(len(records), 2000))]
    words = sorted({w for title in titles for w in installation.analyzer.tokenize(title) if w[1:]})
    ids = [record["id"] for record in draw.sample(records, min(len(records), 2000))]

    def paths(seed: int) -> Iterator[str]:
        return draw_paths(words, ids, seed)

    for span in (WARM_UP_SECONDS, CALM_SECONDS):
        calm = Seen()
        until = time.monotonic() + span
        await asyncio.gather(
            *(run_client("127.0.0.1", paths(n), lambda: 0.0, until, calm) for n in range(AT_ONCE))
        )
    most = sum(calm.counts().values()) / CALM_SECONDS
    print(f"capacity     {most:,.0f} requests/s, {AT_ONCE} at once; {_describe(calm)}")
    single = Seen()
    until = time.monotonic() + CALM_SECONDS / 2
    await run_client("127.0.0.1", paths(99), lambda: 0.1, until, single)
    print(f"calm         {_describe(single)}")
    before = measure_footprint(server)
    crowd, greedy, kiosks = Seen(), Seen(), Seen()
    each = clients / (2 * most)
    until = time.monotonic() + seconds
    watching = asyncio.create_task(_watch(server, until))
    await asyncio.gather(
        *(
            run_client(f"203.0.{n // 250}.{n % 250}", paths(n), _poisson(each, n), until, crowd)
            for n in range(clients)
        ),
        *(
            run_client(
                f"192.0.2.{n % GREEDY}",
                paths(1000 + n),
                lambda: GREEDY_PAUSE_SECONDS,
                until,
                greedy,
            )
            for n in range(GREEDY * GREEDY_CONNECTIONS)
        ),
        *(
            run_client(
                f"198.51.100.{n}", paths(2000 + n), _poisson(KIOSK_PAUSE_SECONDS, n), until, kiosks
            )
            for n in range(KIOSKS)
        ),
    )
    footprints = await watching
    print(f"crowd        {_describe(crowd)}")
    print(f"greedy       {_describe(greedy)}")
    print(f"kiosks       {_describe(kiosks)}")
    again = Seen()
    until = time.monotonic() + CALM_SECONDS / 2
    await run_client("127.0.0.1", paths(99), lambda: 0.1, until, again)
    print(f"calm again   {_describe(again)}")
    served = len(crowd.times.get(200, [])) + len(greedy.times.get(200, []))
    print(f"answered {served / seconds / most:.2f} of the capacity")
    print(f"p99 of admitted requests: {crowd.cuts()[1] / single.cuts()[1]:.1f} x the calm one,  "
          f"kiosks {kiosks.cuts()[1] / single.cuts()[1]:.1f}, "
          f"calm again {again.cuts()[1] / single.cuts()[1]:.1f}")  # fmt: skip
    for name, (memory, files) in zip(
        ("before", *(f"{share:.0%}" for share in _SHARES), "after"),
        (before, *footprints, measure_footprint(server)),
        strict=True,
    ):
        print(f"memory {name:<7} {memory / 2**20:6,.0f} MiB, {files} open files")


_SHARES = (0.1, 0.4, 0.7, 0.98)


async def _watch(server: int, until: float) -> list[tuple[int, int]]:
    started = time.monotonic()
    seen = []
    for share in _SHARES:
        await asyncio.sleep(max(0.0, started + share * (until - started) - time.monotonic()))
        seen.append(measure_footprint(server))
    return seen


def _poisson(mean: float, seed: int) -> Callable[[], float]:
    draw = random.Random(seed)
    return lambda: draw.expovariate(1 / mean)


def _describe(seen: Seen) -> str:
    p50, p99 = seen.cuts()
    refused = seen.cuts(503)
    counts = Counter(seen.counts())
    return (
        f"{dict(counts)}, of 200: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms; "
        f"of 503: p99 {refused[1] * 1000:.0f} ms"
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    asked = [int(each) for each in sys.argv[2:]]
    seconds, clients = (*asked, *(60, 200)[len(asked) :])
    settings = {"GONGKAI_DATA_DIR": str(folder), "GONGKAI_KIOSK_ADDRESSES": _KIOSK_NETWORK}
    with serve(PORT, settings, WORKERS) as server:
        asyncio.run(measure(folder, seconds, clients, server))
