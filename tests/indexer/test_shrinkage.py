"""A rebuild that would lose many of the live records does not go live, on each engine."""

from contextlib import closing
from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from gongkai.errors import ShrinkingIndexError
from indexer.pipeline import IndexJob, publish
from indexer.shrinkage import check_shrink
from tests.engines.records import make_document, read_contents
from tests.journeys.command import plain_row, run, write_rows


@pytest.fixture(params=["embedded", "elasticsearch"])
def made(request: pytest.FixtureRequest) -> Installation:
    name = "fresh" if request.param == "embedded" else "elastic"
    found: Installation = request.getfixturevalue(name)
    return found


def rebuild(made: Installation, folder: Path, numbers: range, *, allow: bool = False) -> None:
    rows = write_rows(folder / "rows.jsonl", map(plain_row, numbers))
    publish(IndexJob([rows], rebuild=True, allow_shrink=allow), made)


def test_a_rebuild_that_loses_more_than_a_tenth_is_dropped(
    made: Installation, tmp_path: Path
) -> None:
    rebuild(made, tmp_path, range(20))
    with pytest.raises(ShrinkingIndexError, match="17 records, the live one 20"):
        rebuild(made, tmp_path, range(17))
    with pytest.raises(ShrinkingIndexError, match="has 0 records"):
        rebuild(made, tmp_path, range(0))
    assert len(read_contents(made)) == 20
    with closing(made.open_store()) as store:
        assert len(store.generations()) == 1
    rebuild(made, tmp_path, range(18))
    assert len(read_contents(made)) == 18
    rebuild(made, tmp_path, range(3), allow=True)
    assert len(read_contents(made)) == 3
    with closing(made.open_store()) as store:
        assert store.rollback().records == 18


def test_rows_that_are_all_refused_leave_the_live_records(
    made: Installation, tmp_path: Path
) -> None:
    rebuild(made, tmp_path, range(3))
    refused = write_rows(tmp_path / "refused.jsonl", [plain_row(n, title="") for n in range(3)])
    with pytest.raises(ShrinkingIndexError):
        publish(IndexJob([refused], rebuild=True), made)
    with pytest.raises(ShrinkingIndexError):
        publish(IndexJob([], rebuild=True), made)
    assert len(read_contents(made)) == 3


def test_an_index_of_an_older_schema_still_counts(fresh: Installation, tmp_path: Path) -> None:
    """A rebuild is what an upgrade asks for: it has to work beside the older index."""
    with closing(fresh.open_store()) as store, store.update() as writer:
        writer.put(make_document(fresh, id="a"))
        writer.commit()
    meta = next((fresh.settings.data_dir / "generations").glob("*/index/meta.json"))
    meta.write_text(meta.read_text().replace('"text_chars"', '"other_name"'))
    with closing(fresh.open_store()) as store:
        with pytest.raises(ShrinkingIndexError):
            check_shrink(store, 0, allow=False)
        check_shrink(store, 1, allow=False)


def test_the_command_tells_the_numbers(tmp_path: Path) -> None:
    data, rows = tmp_path / "data", tmp_path / "rows.jsonl"
    assert run(data, "index", write_rows(rows, map(plain_row, range(5)))).returncode == 0
    write_rows(rows, [plain_row(1)])
    refused = run(data, "index", "--rebuild", rows)
    assert refused.returncode == 3
    assert "has 1 records, the live one 5" in refused.stderr
    (tmp_path / "empty").mkdir()
    assert run(data, "index", "--rebuild", tmp_path / "empty").returncode == 3
    assert run(data, "index", "--rebuild", "--allow-shrink", rows).returncode == 0
    assert run(data, "rollback").returncode == 0
