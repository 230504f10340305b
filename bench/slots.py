"""Measures a rebuild on Elasticsearch by one process and by several slots, in one run.

    python -m bench.slots EXPORT_FOLDER RECORDS SLOTS...

Prints the seconds until the switch, and the processor seconds of each process, which other load
changes less. The node is the one of GONGKAI_ELASTICSEARCH_URL; its own work is not included.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import COMMAND
from bench.corpus import write_export


def measure(export: Path, slots: int) -> tuple[float, list[float]]:
    """Returns the seconds of all processes together, and the processor seconds of each."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "GONGKAI_ENGINE": "elasticsearch",
            "GONGKAI_ELASTICSEARCH_PREFIX": f"bench-{secrets.token_hex(4)}",
            "GONGKAI_INDEX_PROCESSES": "1",
            "GONGKAI_SEMANTIC": "off",
        }
        started = time.perf_counter()
        running = [
            subprocess.Popen(
                [*COMMAND, "index", "--rebuild", *_slot(number, slots), str(export)],
                env={**os.environ, **settings, "GONGKAI_DATA_DIR": f"{folder}/{number}"},
                stdout=subprocess.DEVNULL,
            )
            for number in range(1, slots + 1)
        ]
        used = []
        for process in running:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode == 0, f"a slot ended with {process.returncode}"
            used.append(usage.ru_utime + usage.ru_stime)
        return time.perf_counter() - started, used


def _slot(number: int, slots: int) -> list[str]:
    return ["--slot", f"{number}/{slots}"] if slots > 1 else []


def main(folder: Path, records: int, each: list[int]) -> None:
    """Prints one line for each number of slots."""
    export = write_export(folder, records)
    for slots in each:
        seconds, used = measure(export, slots)
        print(
            f"{slots} processes: {seconds:.1f} s, {records / seconds:,.0f} records/s, "
            f"processor seconds {', '.join(f'{each:.1f}' for each in used)}",
            flush=True,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [int(each) for each in sys.argv[3:]])
