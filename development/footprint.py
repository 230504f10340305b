"""Measures memory, open files and processor time of a process and its descendants."""

import os
from collections.abc import Iterator
from pathlib import Path


def measure_footprint(process: int) -> tuple[int, int]:
    """Returns bytes of private memory (without mapped files) and open files; Linux only.

    Processes that end during the measurement are not counted.
    """
    memory, files = 0, 0
    for each in _family(process):
        folder = Path(f"/proc/{each}")
        try:
            lines = (folder / "smaps_rollup").read_text().splitlines()
            files += sum(1 for _ in (folder / "fd").iterdir())
        except OSError:
            continue
        memory += next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:"))
    return memory * 1024, files


def measure_processor_seconds(process: int) -> float:
    """Returns processor seconds used by the process and its descendants; Linux only."""
    ticks = 0
    for each in _family(process):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(process: int) -> Iterator[int]:
    yield process
    # Any thread may have started a child, as Elasticsearch's launcher does.
    for each in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = each.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))
