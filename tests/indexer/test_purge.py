"""What was deleted leaves the disk, and nothing else does."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from indexer.pipeline import IndexJob, publish
from indexer.purge import purge
from indexer.source_reader import find_sources
from tests.conftest import SAMPLE
from tests.engines.records import read_contents
from tests.journeys.command import plain_row, write_rows


def draw_secret() -> str:
    """Signs that no packing makes shorter, so that they stand on the disk as they are."""
    draw = random.Random(9)
    return "".join(chr(draw.randint(0x4E00, 0x9FA5)) for _ in range(400))


def on_disk(folder: Path, text: str) -> bool:
    part = text[100:104].encode()
    return any(part in content for content in files_of(folder))


def files_of(folder: Path) -> Iterator[bytes]:
    """What every file holds; a node drops some while they are read."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                yield (Path(parent) / name).read_bytes()


@pytest.mark.parametrize("how", ["withdrawn by staff", "closed by its source"])
def test_bytes_of_a_record_that_is_gone_leave_the_disk(
    fresh: Installation, tmp_path: Path, how: str
) -> None:
    assert_purged(fresh, fresh.settings.data_dir, tmp_path, how)


@pytest.mark.parametrize("how", ["withdrawn by staff", "closed by its source"])
def test_bytes_leave_the_disk_of_a_node_too(
    elastic: Installation, elasticsearch_folder: Path | None, tmp_path: Path, how: str
) -> None:
    if elasticsearch_folder is None:
        pytest.skip("SKIPPED LOUDLY: the disk of a node that was named is not to be seen from here")
    assert_purged(elastic, elasticsearch_folder, tmp_path, how, "soon")


def assert_purged(
    made: Installation, disk: Path, folder: Path, how: str, how_soon: str = "at once"
) -> None:
    """A record's bytes lie on the disk after it is gone, and no longer after a purge."""
    secret = draw_secret()
    rows = [plain_row(1), plain_row(2, body=secret), plain_row(3)]
    publish(IndexJob(find_sources([write_rows(folder / "one.jsonl", rows)])), made)
    kept = read_contents(made)
    del kept["r2"]
    (folder / "one.jsonl").unlink()
    with closing(made.open_store()) as store:
        if how == "withdrawn by staff":
            store.withdraw(["r2"], cause=STAFF)
        else:
            closed = write_rows(folder / "two.jsonl", [plain_row(2, disclosure="不予公开")])
            publish(IndexJob(find_sources([closed])), made)
        assert read_contents(made) == kept
        assert on_disk(disk, secret)
        done = purge(made)
        # A node says that an index is gone and drops its files in its own time.
        until = time.monotonic() + (0 if how_soon == "at once" else 30)
        while on_disk(disk, secret) and time.monotonic() < until:
            time.sleep(0.2)
        assert not on_disk(disk, secret)
        assert read_contents(made) == kept
        assert (done.records, len(store.generations())) == (2, 1)


def test_a_purged_index_is_the_same_and_takes_updates(sampled: Installation) -> None:
    before = read_contents(sampled)
    purge(sampled)
    assert read_contents(sampled) == before
    again = publish(IndexJob(find_sources([SAMPLE])), replace(sampled))
    assert again.summary.indexed == 0


def test_a_purge_takes_out_of_rejects_files_what_must_not_stay(
    fresh: Installation, tmp_path: Path
) -> None:
    """Rejects that an older version wrote whole, and a record that staff have withdrawn since."""
    closed, on_request, personal, gone, public = (f"第{n}份原文" for n in range(5))
    bad = {"published_on": "2009219"}
    rows = [
        plain_row(1, disclosure="不予公开", body=closed),
        plain_row(2, disclosure="依申请公开", body=on_request, **bad),
        plain_row(3, body=f"{personal}11010519491231002X", **bad),
        plain_row(4, body=gone, **bad),
        plain_row(5, body=public, **bad),
    ]
    publish(IndexJob([write_rows(tmp_path / "one.jsonl", [plain_row(4), plain_row(6)])]), fresh)
    folder = fresh.settings.data_dir / "rejects"
    folder.mkdir(exist_ok=True)
    entries = [
        {"source": "a", "line": n, "field": "", "reason": "x", "row": row}
        for n, row in enumerate(rows)
    ]
    file = write_rows(folder / "20200101T000000000000.jsonl", entries)
    file.with_suffix(".csv").write_text(on_request, encoding="utf-8")
    warned = [
        {"source": "a", "line": 1, "id": f"r{n}", "field": "topic", "code": "x", "value": f"类{n}"}
        for n in (4, 6)
    ]
    warnings = write_rows(file.with_suffix(".warnings.jsonl"), warned)
    with closing(fresh.open_store()) as store:
        store.withdraw(["r4"], cause=STAFF)
    purge(fresh)
    assert "类6" in warnings.read_text(encoding="utf-8")
    assert "类4" not in warnings.read_text(encoding="utf-8")
    left = file.read_text(encoding="utf-8")
    assert public in left
    assert not any(text in left for text in (closed, on_request, personal, gone))
    assert len(left.splitlines()) == len(rows)
    assert rows[1]["title"] in left
    assert not file.with_suffix(".csv").exists()
    assert file.stat().st_mode & 0o077 == 0
