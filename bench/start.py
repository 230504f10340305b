"""Measures the processor time of commands, and of a server from its start to its first answer.

    python -m bench.start DATA_DIR [TREE...]

Each tree is a checkout of this project, by default the current one. The trees alternate, so that a
busy machine slows all of them. Compiled modules are kept in a folder of their own.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx2

from bench import COMMAND

PORT = 8767
RUNS = 5
QUERY = "办法"
COMMANDS = {
    "gongkai --version": ["--version"],
    "gongkai --help": ["--help"],
    "gongkai status": ["status"],
    f"gongkai search {QUERY}": ["search", QUERY],
}
SERVER = "gongkai serve, to the first search"


def measure_command(arguments: list[str], environment: Mapping[str, str], tree: str) -> float:
    """Returns the processor seconds of one command and its processes."""
    before = _children_seconds()
    subprocess.run(
        # Python looks for modules in the current folder first.
        [*COMMAND, *arguments],
        env=environment,
        cwd=tree,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return _children_seconds() - before


def measure_server(environment: Mapping[str, str], tree: str) -> float:
    """Returns the processor seconds of a server until it has answered one search."""
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(PORT)],
        env=environment,
        cwd=tree,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{PORT}/api/v1/search"
        while True:
            with suppress(httpx2.TransportError):
                httpx2.get(address, params={"q": QUERY}, trust_env=False).raise_for_status()
                return _seconds_of(server.pid)
            time.sleep(0.05)
    finally:
        server.terminate()
        server.wait()


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seconds_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(folder: str, *trees: str) -> None:
    """Prints the least and the median of each figure for each tree."""
    found: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment["GONGKAI_DATA_DIR"] = str(Path(folder).absolute())
        for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH"):
            environment.pop(name, None)
        for run in range(RUNS + 1):
            for tree in trees or (str(Path.cwd()),):
                figures = {
                    name: measure_command(each, environment, tree)
                    for name, each in COMMANDS.items()
                }
                figures[SERVER] = measure_server(environment, tree)
                for name, seconds in figures.items() if run else ():  # the first run compiles
                    found.setdefault((name, tree), []).append(seconds)
    for (name, tree), used in sorted(found.items()):
        print(f"{name:<36} {min(used):5.2f} {statistics.median(used):5.2f} s  {tree}")


if __name__ == "__main__":
    main(*sys.argv[1:])
