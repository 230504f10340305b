"""Measures indexing: rows and megabytes of text per second, and peak memory.

    python -m bench.ingest PATH...

Each path is one run of `gongkai index` in its own process with a new data folder.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import COMMAND
from gongkai.catalog.headings import gather_by_key
from indexer.source_reader import find_sources, read_source
from indexer.sources.row import SourceRow


def text_bytes(path: Path) -> int:
    """Returns the UTF-8 bytes of titles, summaries and bodies in a source."""
    total = 0
    for source in find_sources([path]):
        for row in read_source(source):
            if isinstance(row, SourceRow):
                known, _ = gather_by_key(row.fields)
                cells = (v for key in ("title", "summary", "body") for v in known.get(key, ()))
                total += sum(len(str(cell).encode()) for cell in cells)
    return total


def measure(path: Path) -> None:
    """Prints one line."""
    megabytes = text_bytes(path) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        done = subprocess.run(
            [*COMMAND, "index", str(path)],
            env={"GONGKAI_DATA_DIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        index = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) / 1e6
    rows = int(done.stdout.split()[1].replace(",", ""))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{path.name}: {rows:,} rows, {megabytes:.1f} MB of text in {seconds:.1f} s with start: "
        f"{rows / seconds:,.0f} rows/s, {megabytes / seconds:.2f} MB/s, "
        f"peak {memory:.0f} MiB so far, index {index:.0f} MB"
    )


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        measure(Path(argument))
