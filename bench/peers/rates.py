"""Measures responses per second and their times with sixteen clients in one process."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode

import orjson
import uvloop

CLIENTS = 16
_LIMIT = 8 << 20


@dataclass(frozen=True, slots=True)
class Rate:
    """Responses per second, p50, p99 and maximum in milliseconds; `refused` counts status 503."""

    a_second: float
    p50: float
    p99: float
    worst: float
    refused: int


def get(path: str) -> bytes:
    """Returns a raw GET request without compression."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path: str, body: object) -> bytes:
    """Returns a raw POST request with JSON."""
    content = orjson.dumps(body)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def measure_rate(
    port: int,
    requests: Sequence[bytes],
    seconds: float,
    *,
    clients: int = CLIENTS,
    midway: Callable[[], object] | None = None,
) -> Rate:
    """Sends requests over `clients` connections without pauses; calls `midway` after half the time.

    Raises RuntimeError for any status except 200 and 503.
    """
    return uvloop.run(_measure(port, requests, seconds, clients, midway))


async def _measure(
    port: int,
    requests: Sequence[bytes],
    seconds: float,
    clients: int,
    midway: Callable[[], object] | None,
) -> Rate:
    times: list[float] = []
    refused = 0
    turn = count()
    end = time.perf_counter() + seconds

    async def ask_on() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LIMIT)
        while time.perf_counter() < end:
            started = time.perf_counter()
            writer.write(requests[next(turn) % len(requests)])
            if await _read_answer(reader):
                times.append((time.perf_counter() - started) * 1000)
            else:
                refused += 1
        writer.close()

    async def act() -> None:
        await asyncio.sleep(seconds / 2)
        if midway:
            await asyncio.to_thread(midway)

    started = time.perf_counter()
    await asyncio.gather(act(), *(ask_on() for _ in range(clients)))
    lasted = min(seconds, time.perf_counter() - started)
    cuts = statistics.quantiles(times, n=100)
    return Rate(len(times) / lasted, cuts[49], cuts[98], max(times), refused)


async def _read_answer(reader: asyncio.StreamReader) -> bool:
    """Reads a response to its end and returns whether it was accepted."""
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503")):
        raise RuntimeError(f"a response was {head.splitlines()[0].decode()}")
    lines = (line.partition(b":") for line in head.lower().splitlines())
    told = {name: value.strip() for name, _, value in lines}
    if told.get(b"transfer-encoding") != b"chunked":
        await reader.readexactly(int(told[b"content-length"]))
        return head.startswith(b"HTTP/1.1 200")
    while length := int(await reader.readline(), 16):
        await reader.readexactly(length + 2)
    await reader.readline()
    return head.startswith(b"HTTP/1.1 200")


def suggestion_path(text: str) -> str:
    """Returns the address of suggestions."""
    return f"/api/v1/suggest?{urlencode({'q': text})}"
