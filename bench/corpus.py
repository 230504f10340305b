"""Records for benchmarks: passages of the shared documents, or random words without them.

The same size gives the same records: titles, passages of 20 to 600 characters, numbers, dates, and
seven classifications with the skewed distribution of a portal's catalog (Zipf's law).
"""

import gzip
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import orjson

from analyzers.dictionary import load_dictionary
from gongkai.catalog.tables import load_tables

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FACETS = ("category", "topic", "audience", "life_event", "genre", "format", "publisher")
SEED = 20090220
_SHORTEST, _LONGEST = 20, 600
_DRAWN_PASSAGES = 20_000


def make_rows(size: int) -> Iterator[dict[str, object]]:
    """Yields catalog records as in an export."""
    draw = random.Random(SEED)
    titles, passages = read_titles(), read_passages()
    classes = {name: _spread(draw, values) for name, values in _classes().items()}
    for number in range(size):
        year, month, day = draw.randint(1998, 2025), draw.randint(1, 12), draw.randint(1, 28)
        yield {
            "id": f"r{number}",
            "title": draw.choice(titles),
            "document_number": f"宜政办〔{year}〕{number % 9_999 + 1}号",
            "published_on": f"{year}-{month:02}-{day:02}",
            "disclosure": "主动公开",
            "body": draw.choice(passages),
            **{name: next(values) for name, values in classes.items()},
        }


def write_export(
    folder: Path, size: int, make: Callable[[int], Iterator[Mapping[str, object]]] = make_rows
) -> Path:
    """Returns the export file with records of one size; creates it once."""
    path = folder / f"records-{size}.jsonl.gz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wb", compresslevel=1) as file:
            for row in make(size):
                file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return path


@cache
def read_titles() -> Sequence[str]:
    """Returns titles of the shared catalog entries, or random ones."""
    path = SHARED / "catalog" / "catalog_entries.jsonl.gz"
    if path.exists():
        return [str(row["title"]) for row in _read(path)]
    draw = random.Random(SEED)
    return [f"关于{''.join(draw.choices(_words(), k=4))}的通知" for _ in range(_DRAWN_PASSAGES)]


@cache
def read_passages() -> Sequence[str]:
    """Returns paragraphs of the shared documents, or random ones."""
    found: list[str] = []
    for path in sorted((SHARED / "documents").glob("*.jsonl.gz")):
        for row in _read(path):
            paragraphs = (each.strip() for each in str(row.get("body") or "").split("\n"))
            found += [each[:_LONGEST] for each in paragraphs if len(each) >= _SHORTEST]
    if found:
        return found
    draw = random.Random(SEED)
    return [
        "，".join("".join(draw.choices(_words(), k=4)) for _ in range(draw.randint(3, 40)))
        for _ in range(_DRAWN_PASSAGES)
    ]


@cache
def _words() -> Sequence[str]:
    return [word for word, _ in load_dictionary().words]


def _classes() -> Mapping[str, Sequence[str]]:
    tables = load_tables()
    trees = {name: tables.tree(name) for name in FACETS if name != "publisher"}
    paths = {name: [node.path for node in tree.walk()] for name, tree in trees.items()}
    return {**paths, "publisher": [agency.name for agency in tables.agencies.all()]}


def pick_by_zipf(draw: random.Random, values: Sequence[str]) -> str:
    """Returns one of the values; earlier values are more frequent."""
    return values[min(int(draw.paretovariate(0.9)) - 1, len(values) - 1)]


def _spread(draw: random.Random, values: Sequence[str]) -> Iterator[str]:
    while True:
        yield pick_by_zipf(draw, values)


def _read(path: Path) -> Iterator[Mapping[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield orjson.loads(line)
