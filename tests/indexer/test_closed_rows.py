"""No row with a closing value in a column about disclosure is shown or left on disk."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from gongkai.catalog.disclosure import Disclosure
from gongkai.engines.elastic.connection import open_client
from gongkai.engines.installation import Installation
from gongkai.settings import EngineKind
from indexer.pipeline import IndexJob, publish
from tests.catalog.test_disclosure import CLOSING, OPENING, list_cells
from tests.engines.records import changed, read_contents
from tests.journeys.command import plain_row, write_rows

CANARY = "zqxjclosed"
"""In every text of a closed row; no other text holds it."""


@pytest.fixture(params=["fresh", "elastic"], ids=["embedded", "elasticsearch"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    installation: Installation = request.getfixturevalue(request.param)
    return changed(installation, data_dir=tmp_path / "data")


def closed_rows() -> Iterator[dict[str, object]]:
    """Every heading with every closing word, as a column and inside an object."""
    for number, (heading, word) in enumerate(list_cells(CLOSING)):
        texts = {"title": f"{CANARY}通知{number}", "body": CANARY, "summary": CANARY}
        row = plain_row(number, id=f"{CANARY}{number}", disclosure=None, keywords=[CANARY], **texts)
        yield {**row, heading: word}
        yield {**row, "id": f"{CANARY}x{number}", "extra": {"扩展": {heading: word}}}


def test_no_closed_row_is_shown_or_left_on_disk(made: Installation, tmp_path: Path) -> None:
    closed = list(closed_rows())
    assert len(closed) > 3_000
    rows = [plain_row(1), *closed, plain_row(2, disclosure="主动公开")]
    source = write_rows(tmp_path / "rows.jsonl", rows)
    summary = publish(IndexJob([source], disclosure=Disclosure.PUBLIC), made).summary
    assert summary.indexed == 2
    assert summary.refused.total() + summary.withheld.total() == len(closed)
    shown = read_contents(made)
    assert sorted(shown) == ["r1", "r2"]
    assert CANARY.encode() not in b"".join(shown.values())
    written = [path for path in made.settings.data_dir.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if CANARY.encode() in path.read_bytes()] == []
    if made.settings.engine is EngineKind.ELASTICSEARCH:
        with closing(open_client(made.settings)) as client:
            everything = client.search(index=f"{made.settings.elasticsearch_prefix}-*", size=1_000)
        assert CANARY.encode() not in orjson.dumps(everything.body)


def test_open_values_are_published(made: Installation, tmp_path: Path) -> None:
    cells = list(enumerate(list_cells(OPENING)))
    rows = [plain_row(number, disclosure=None, **{name: word}) for number, (name, word) in cells]
    source = write_rows(tmp_path / "rows.jsonl", rows)
    summary = publish(IndexJob([source], disclosure=Disclosure.PUBLIC), made).summary
    assert summary.indexed == len(rows)
