"""Evaluates the ranking with the judged queries of the shared data.

    python -m bench.relevance FOLDER [MODEL]

Writes the articles as catalog records into FOLDER, indexes them, embeds them if MODEL (the
folder of a model) is given, and runs `gongkai evaluate`, with keyword search and with hybrid
search.
"""

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench import COMMAND
from bench.corpus import SHARED

RELEVANCE = SHARED / "relevance"


def write_articles(path: Path) -> None:
    """Writes single articles of laws as records with title and text."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        for article in read_articles():
            row = {
                "id": article["id"],
                "title": article["title"],
                "body": article["text"],
                "publisher": "全国人民代表大会常务委员会",
                "published_on": "2020",
                "disclosure": "主动公开",
            }
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def read_articles() -> Iterator[dict[str, str]]:
    """Yields the articles: id, title, text."""
    with gzip.open(RELEVANCE / "articles.jsonl.gz", "rb") as lines:
        for line in lines:
            yield orjson.loads(line)


def main() -> None:
    """Runs the evaluation."""
    folder = Path(sys.argv[1])
    model = sys.argv[2] if len(sys.argv) > 2 else ""
    if not RELEVANCE.is_dir():
        raise SystemExit("the shared data is not next to this checkout")
    folder.mkdir(parents=True, exist_ok=True)
    records = folder / "articles.jsonl.gz"
    write_articles(records)
    settings = {**os.environ, "GONGKAI_DATA_DIR": str(folder / "index")}
    if model:
        settings |= {"GONGKAI_SEMANTIC": "on", "GONGKAI_SEMANTIC_MODEL": model}
    asked = (
        *("--queries", str(RELEVANCE / "questions_train.jsonl")),
        *("--qrels", str(RELEVANCE / "qrels_train.tsv"), "--profile", "default"),
    )
    subprocess.run((*COMMAND, "index", str(records)), env=settings, check=True)
    subprocess.run((*COMMAND, "evaluate", *asked), env=settings, check=True)


if __name__ == "__main__":
    main()
