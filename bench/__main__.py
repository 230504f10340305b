"""`make bench`: ingest rates, known items and latency over the real data beside the checkout."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import ingest, known_items

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

if __name__ == "__main__":
    if not SHARED.is_dir():
        sys.exit("SKIPPED: the real data (../shared/data) is not beside this checkout")
    for name in ("catalog", "documents"):
        ingest.measure(SHARED / name)
    with tempfile.TemporaryDirectory() as folder:
        command = "from gongkai.cli import main; main()"
        paths = [str(SHARED / "catalog"), str(SHARED / "documents")]
        subprocess.run(
            [sys.executable, "-c", command, "index", *paths],
            env={"GONGKAI_DATA_DIR": folder},
            check=False,
        )
        asyncio.run(known_items.measure(Path(folder), every=10))
        subprocess.run([sys.executable, "-m", "bench.latency", folder], check=True)
