"""The field table: each column once, and what derives from it."""

from dataclasses import fields
from pathlib import Path

from gongkai.catalog.fields import (
    CLASSES,
    CLASSIFIED,
    COLUMNS,
    FACETS,
    FIELDS,
    PANELS,
    SEVERAL,
    SHELVES,
    TILES,
    TITLES,
    TREES,
)
from gongkai.catalog.headings import key_of
from gongkai.catalog.record import Record
from gongkai.search.export import HEADINGS
from gongkai.search.responses import HitView, RecordView

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("analyzers", "gongkai", "indexer", "search_api")
KEYS = [each.key for each in COLUMNS]


def names(made: type[Record | HitView | RecordView]) -> set[str]:
    return {each.name for each in fields(made)}


def test_every_column_is_a_member_of_the_record_and_its_page_and_every_class_of_a_hit() -> None:
    assert len(KEYS) == len(set(KEYS))
    assert set(KEYS) <= names(Record) & names(RecordView)
    assert {each.key for each in CLASSES} <= names(HitView)


def test_columns_of_several_values_are_those_that_hold_tuples_of_words() -> None:
    tuples = {each.name for each in fields(Record) if each.type == tuple[str, ...]}
    assert tuples == SEVERAL


def test_every_facet_is_counted_and_has_one_place_and_a_label_wherever_it_is_shown() -> None:
    assert set(FACETS) <= set(KEYS) | {"year"}
    assert set(FACETS) == {name for name, field in FIELDS.items() if field.facet}
    assert sorted(PANELS) == sorted(FACETS)
    assert set(SHELVES) | set(TILES) <= set(FACETS)
    assert all(TITLES[name] for name in FACETS)
    assert all(TILES.values())


def test_a_column_without_a_rule_of_its_own_is_named_in_three_files() -> None:
    product = (path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py")))
    named = {str(path.relative_to(ROOT)) for path in product if "life_event" in path.read_text()}
    assert named == {
        "gongkai/catalog/fields.py",
        "gongkai/catalog/record.py",
        "gongkai/search/responses.py",
    }


def test_every_tree_has_a_table() -> None:
    assert set(TREES) <= set(CLASSIFIED)


def test_every_heading_of_an_export_is_read_as_its_column() -> None:
    assert {key: key_of(heading) for key, heading in HEADINGS.items() if key != "page"} == {
        key: key for key in HEADINGS if key != "page"
    }
