"""`make figures`: measures indexing speed, accuracy and latency on the real data."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import COMMAND, accuracy, ingest, known_items

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

if __name__ == "__main__":
    if not SHARED.is_dir():
        sys.exit("SKIPPED: the real data (../shared/data) is not beside this checkout")
    for name in ("catalog", "documents"):
        ingest.measure(SHARED / name)
    accuracy.measure_numbers(SHARED / "numbers" / "document_numbers.tsv")
    accuracy.measure_pinyin(SHARED / "catalog" / "catalog_entries.jsonl.gz")
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(SHARED / "catalog"), str(SHARED / "documents")]
        environment = {"GONGKAI_DATA_DIR": folder}
        subprocess.run([*COMMAND, "index", *paths], env=environment, check=False)
        asyncio.run(known_items.measure(Path(folder), every=10))
        pairs = SHARED / "typos" / "character_pairs.tsv"
        asyncio.run(accuracy.measure_typos(Path(folder), pairs, 300))
        subprocess.run([sys.executable, "-m", "bench.latency", folder], check=True)
