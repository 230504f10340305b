"""Runs `gongkai serve` as a process of its own while a benchmark measures it."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import httpx2

from bench import COMMAND


@contextmanager
def serve(port: int, settings: Mapping[str, str], workers: int = 1) -> Iterator[int]:
    """Yields the process id of a ready server; `settings` are added to the environment."""
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port), "--workers", str(workers)],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_up(port)
        yield server.pid
    finally:
        server.terminate()
        server.wait()


def _wait_until_up(port: int) -> None:
    for _ in range(300):
        with suppress(httpx2.TransportError):
            if httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the server did not start")
