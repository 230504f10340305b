"""The `gongkai` command as a user runs it: a process of its own, with its own data folder.

`run` and `run_with` fork it from a process that has loaded everything: an interpreter's start takes
longer than most commands do.
"""

import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import orjson

from gongkai.cli import main
from tests.clock import shift_forked

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.journeys.preloaded"])
Row = Mapping[str, object]


def environment(data_dir: Path) -> dict[str, str]:
    """The environment of a command over one data folder."""
    return environment_with({"GONGKAI_DATA_DIR": str(data_dir)})


def environment_with(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, with these settings of ours and no others."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GONGKAI_")}
    return {**kept, **settings}


def start_with(settings: Mapping[str, str], *words: object) -> "subprocess.Popen[bytes]":
    """Start it and don't wait; what it prints is thrown away."""
    return subprocess.Popen(
        arguments(*words),
        env=environment_with(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextmanager
def running_server(
    settings: Mapping[str, str], *words: object
) -> "Iterator[tuple[subprocess.Popen[bytes], httpx2.Client]]":
    """`gongkai serve` on a free port, ready, and a client of it; killed on leaving."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start_with(settings, "serve", "--port", port, *words)
    address = f"http://127.0.0.1:{port}"
    try:
        with httpx2.Client(base_url=address, trust_env=False, timeout=30) as client:
            until = time.monotonic() + 60
            while time.monotonic() < until and process.poll() is None:
                with suppress(httpx2.TransportError):
                    client.get("/healthz")
                    break
                time.sleep(0.05)
            yield process, client
    finally:
        # Its workers too: they outlive a supervisor that is killed.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def arguments(*words: object) -> list[str]:
    """The command line of `gongkai WORDS`."""
    return [sys.executable, "-c", "from gongkai.cli import main; main()", *map(str, words)]


def run(data_dir: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run it over one data folder to its end; output is text."""
    return run_with({"GONGKAI_DATA_DIR": str(data_dir)}, *words)


def run_with(settings: Mapping[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    """Run it with these settings of the environment and no others."""
    given = list(map(str, words))
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = FORKS.Process(
            target=_run_forked, args=(environment_with(settings), Path.cwd(), given, out, err)
        )
        process.start()
        process.join(120)
        assert process.exitcode is not None, f"gongkai {given} did not end"
        return subprocess.CompletedProcess(
            given, process.exitcode, out.read_text("utf-8"), err.read_text("utf-8")
        )


def _run_forked(
    environment: Mapping[str, str], cwd: Path, words: Sequence[str], out: Path, err: Path
) -> None:
    """The whole of a command, in a child that ends with its exit status."""
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8") for number in (1, 2))  # noqa: PTH123, SIM115
    os.environ.clear()
    os.environ.update(environment)
    shift_forked()
    os.chdir(cwd)
    sys.argv = ["gongkai", *words]
    main()


def run_limited(
    limits: Mapping[int, int], settings: Mapping[str, str], *words: object
) -> subprocess.CompletedProcess[str]:
    """The same under limits of `resource`: kind to most, as the system enforces them."""

    def limit() -> None:
        for kind, most in limits.items():
            resource.setrlimit(kind, (most, most))

    return _run(settings, words, timeout=1_800, before=limit)


def _run(
    settings: Mapping[str, str],
    words: Sequence[object],
    timeout: float,
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments(*words),
        env=environment_with(settings),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        preexec_fn=before,
    )


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Rows as a JSON Lines file."""
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
    return path


def plain_row(number: int, **fields: object) -> dict[str, object]:
    """A record that will be taken, different for each number."""
    return {
        "id": f"r{number}",
        "title": f"关于第{number}期农村饮水安全工程的通知",
        "publisher": "安庆市水利局",
        "published_on": f"20{10 + number % 10}-05-06",
        "disclosure": "主动公开",
        "body": f"第{number}期工程已经完成验收，现予公布。",
        **fields,
    }
