"""The pairs of real texts in the shared data: what is found and what is left alone."""

import csv
import gzip
from collections import Counter
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from gongkai.catalog.places import load_places
from gongkai.duplicates.classify import classify
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.evidence import DUPLICATES, Kind
from tests.scale import scaled

IS_PLACE = load_places().is_name
PLAIN: dict[str, Any] = {
    **dict.fromkeys(("document_number", "index_number", "issued_on", "published_on")),
    "publisher": "",
}
NAMES = frozenset(each.name for each in fields(Subject))


@pytest.fixture(scope="module")
def judged(shared_data: Path) -> dict[str, Counter[Kind | None]]:
    subjects = {}
    for file in sorted((shared_data / "documents").glob("*.jsonl.gz")):
        with gzip.open(file) as lines:
            for row in map(orjson.loads, lines):
                subjects[row["id"]] = Subject(
                    **{**PLAIN, **{key: row[key] for key in row.keys() & NAMES}}
                )
    counts: dict[str, Counter[Kind | None]] = {}
    with (shared_data / "duplicates" / "pairs.tsv").open(encoding="utf-8") as lines:
        for pair in islice(csv.DictReader(lines, delimiter="\t"), 0, None, scaled(4, 1)):
            found = classify(subjects[pair["id_a"]], subjects[pair["id_b"]], IS_PLACE)
            kind = found.kind if found else None
            # A text that is another's to the letter is its copy, whatever its dates say.
            is_same = found is not None and Kind.SAME_TEXT in found.evidence
            name = "copy" if pair["kind"] == "same_title_overlap" and is_same else pair["kind"]
            counts.setdefault(name, Counter())[kind] += 1
    return counts


def share(counts: Counter[Kind | None], kinds: frozenset[Kind] | set[Kind]) -> float:
    return sum(count for kind, count in counts.items() if kind in kinds) / counts.total()


def test_copies_are_found(judged: dict[str, Counter[Kind | None]]) -> None:
    assert share(judged["copy"], DUPLICATES) >= 0.99


def test_chance_pairs_and_other_regions_are_left_alone(
    judged: dict[str, Counter[Kind | None]],
) -> None:
    assert share(judged["random_different"], DUPLICATES) == 0
    assert share(judged["sibling_other_region"], DUPLICATES) <= 0.01
    assert share(judged["same_title_low_overlap"], {Kind.SAME_TITLE, Kind.REVISION}) == 1


def test_revisions_are_named_as_such(judged: dict[str, Counter[Kind | None]]) -> None:
    assert share(judged["same_title_overlap"], {Kind.REVISION}) >= 0.90
