"""The ids that queries found: each once, for one taker, and no more than fit."""

from pathlib import Path

import pytest

from gongkai.semantic import found_records
from gongkai.semantic.found_records import FLUSH_SECONDS, FoundRecords


def test_each_id_is_taken_once_whoever_noted_it(tmp_path: Path) -> None:
    now = 0.0
    one, other = (FoundRecords(tmp_path, lambda: now) for _ in range(2))
    assert one.take(5) == []
    one.note(["b", "a"])
    other.note(["b", "c"])
    one.note(["later"])
    assert sorted(other.take(5)) == ["a", "b", "c"]
    now += FLUSH_SECONDS
    one.note([])
    assert other.take(5) == ["later"]
    one.note(["last"])
    one.flush()
    assert (other.take(5), other.take(5)) == (["last"], [])


def test_no_more_are_kept_than_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_records, "MOST", 3)
    found = FoundRecords(tmp_path)
    found.note(map(str, range(10)))
    found.note(["x"])
    found.flush()
    assert len(found.take(10)) == 3


def test_a_folder_that_cannot_be_written_stops_no_search(tmp_path: Path) -> None:
    (tmp_path / "vectors").write_text("no folder")
    FoundRecords(tmp_path).note(["a"])
