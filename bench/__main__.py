"""`make figures`: measures indexing speed, accuracy and latency on the real data."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import COMMAND, ingest, interpreter, known_items, numbers, pinyin, typos

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

if __name__ == "__main__":
    if not SHARED.is_dir():
        sys.exit("SKIPPED: the real data (../shared/data) is not beside this checkout")
    for name in ("catalog", "documents"):
        ingest.measure(SHARED / name)
    numbers.measure(SHARED / "numbers" / "document_numbers.tsv")
    pinyin.measure(SHARED / "catalog" / "catalog_entries.jsonl.gz", 1_000)
    interpreter.measure(SHARED / "relevance" / "questions_train.jsonl")
    subprocess.run([sys.executable, "-m", "bench.duplicates"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(SHARED / "catalog"), str(SHARED / "documents")]
        subprocess.run(
            [*COMMAND, "index", *paths],
            env={"GONGKAI_DATA_DIR": folder},
            check=False,
        )
        asyncio.run(known_items.measure(Path(folder), every=10))
        asyncio.run(typos.measure(Path(folder), SHARED / "typos" / "character_pairs.tsv", 300))
        for name in ("latency", "pages", "duplicates"):
            subprocess.run([sys.executable, "-m", f"bench.{name}", folder], check=True)
