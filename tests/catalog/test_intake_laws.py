"""Laws of the intake: any row has an outcome, and an exported record is taken in unchanged."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.disclosure_columns import ColumnKind, classify_column
from gongkai.catalog.headings import HEADINGS
from gongkai.catalog.intake import Accepted, Refused, Withheld, take_row
from gongkai.catalog.stored_record import encode_record
from tests.catalog.rows import CANARY, COLUMNS, GOOD_ROWS, ROW, ROWS, RULES, VALUES, accept, refuse


@given(ROWS | GOOD_ROWS)
def test_any_row_is_accepted_refused_or_withheld(row: dict[str, object]) -> None:
    outcome = take_row(row, RULES)
    assert isinstance(outcome, Accepted | Refused | Withheld)
    if isinstance(outcome, Accepted):
        assert json.loads(encode_record(outcome.record))["id"]
        assert all(warning[1].isascii() for warning in outcome.warnings)


@given(ROWS)
def test_a_refusal_names_a_field_and_quotes_nothing(row: dict[str, object]) -> None:
    outcome = take_row({**row, "标题": CANARY * 200, "公开方式": "主动公开"}, RULES)
    if isinstance(outcome, Refused):
        is_about = classify_column(outcome.field) is not ColumnKind.UNRELATED
        assert outcome.field in HEADINGS or is_about
        assert CANARY not in repr(outcome)


def test_an_attachment_named_as_a_column_survives_an_export() -> None:
    record = accept({**ROW, "attachments": "公开"})
    assert accept(json.loads(encode_record(record))) == record


@given(
    st.dictionaries(COLUMNS | st.text(), VALUES, max_size=8),
    st.sampled_from(["主动公开", "依申请公开"]),
)
def test_an_exported_record_is_taken_in_again_as_it_was(
    cells: dict[str, object], disclosure: str
) -> None:
    # Such a word closes the row wherever the export writes it.
    kept = {name: value for name, value in cells.items() if "公开" not in f"{name}{value}"}
    kept.pop("disclosure", None)
    outcome = take_row({**ROW, **kept, "公开方式": disclosure, "region": "安庆市"}, RULES)
    if isinstance(outcome, Accepted):
        exported = json.loads(encode_record(outcome.record))
        assert accept(exported) == outcome.record


@pytest.mark.parametrize(
    "cells",
    [
        {"成文日期": "2009219"},
        {"文号": "国务院第492号令"},
        {"文号": "x" * 300},
        {"文号": "某字第八号"},
        {"发布机构": "原农业部"},
        {"发布机构": "市政府", "region": "上海市"},
        {"体裁": "办法"},
        {"体裁": "/"},
        {"正文": "<p>a &lt;p&gt; b</p>"},
        {"extra": "文字"},
        {"extra": {"a": 1}},
        {"发布日期": "2008"},
    ],
)
def test_originals_survive_an_export(cells: dict[str, object]) -> None:
    record = accept({**ROW, **cells})
    assert accept(json.loads(encode_record(record))) == record


def test_an_export_that_was_mended_by_hand_follows_its_new_value() -> None:
    exported = json.loads(encode_record(accept(ROW))) | {
        "document_number": "国发〔2020〕1号",
        "issued_on": "2020",
    }
    record = accept(exported)
    assert record.document_number == record.document_number_original == "国发〔2020〕1号"
    assert record.issued_on_original == "2020"


def test_real_entries_are_taken(shared_data: Path) -> None:
    with gzip.open(
        shared_data / "catalog" / "catalog_entries.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(3_000), strict=False)]
    records = [o.record for o in (take_row(row, RULES) for row in rows) if isinstance(o, Accepted)]
    refused = [refuse(row) for row in rows if not isinstance(take_row(row, RULES), Accepted)]
    assert len(records) > 2_000
    assert {reason for _, reason in refused} <= {"missing"}
    assert all(accept(json.loads(encode_record(r))) == r for r in records[:300])
