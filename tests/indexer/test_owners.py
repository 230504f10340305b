"""A file that a closed record owns gives its text to no record, whichever comes first."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

import orjson
import pytest

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from indexer.attachments import survey
from indexer.pipeline import IndexJob, IndexReport, publish
from indexer.review import Finding
from tests.engines.records import read_contents
from tests.journeys.command import plain_row, run, write_rows

SECRET = "拟补偿标准每户柒万捌仟元"
Row = Mapping[str, object]
FILE = [{"name": "补偿方案", "url": "files/a.txt"}]


def closed_row(number: int, **fields: object) -> Row:
    return plain_row(number, **{"disclosure": "不予公开", "attachments": FILE, **fields})


def public_row(number: int, **fields: object) -> Row:
    return plain_row(number, **{"attachments": FILE, **fields})


@pytest.fixture(params=["embedded", "elasticsearch"])
def made(request: pytest.FixtureRequest) -> Installation:
    name = "fresh" if request.param == "embedded" else "elastic"
    found: Installation = request.getfixturevalue(name)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export's folder with one attachment."""
    (tmp_path / "export" / "files").mkdir(parents=True)
    (tmp_path / "export" / "files" / "a.txt").write_text(SECRET, encoding="utf-8")
    return tmp_path / "export"


def index(
    made: Installation, folder: Path, *rows: Row, name: str = "rows", **order: object
) -> IndexReport:
    source = write_rows(folder / f"{name}.jsonl", rows)
    return publish(IndexJob([source], **order), made)  # type: ignore[arg-type] # options by name


def shown(made: Installation) -> set[str]:
    """Ids of the public records that show the text of the file."""
    return {key for key, stored in read_contents(made).items() if SECRET in stored.decode()}


def test_the_text_of_a_file_stays_behind_every_closed_owner(
    fresh: Installation, folder: Path
) -> None:
    """Each row closes the file for the public one, before it or after it, by any name of it."""
    index(fresh, folder, public_row(1))
    assert shown(fresh) == {"r1"}
    linked = folder / "link.txt"
    linked.symlink_to(folder / "files" / "a.txt")
    closers: list[Row] = [
        closed_row(2),
        closed_row(2, disclosure="依申请公开"),
        closed_row(2, disclosure="内部掌握"),
        closed_row(2, title=""),
        closed_row(2, id="", title=""),
        closed_row(2, attachments="files/a.txt；b.pdf"),
        closed_row(2, attachments=[{"name": "甲", "url": "https://a.gov.cn/x/link.txt?v=1"}]),
        closed_row(2, attachments=[], 材料="详见files\\a.txt，不得外传"),
        closed_row(2, attachments=[], body="<a href='./files/a.txt'>方案</a>"),
        public_row(2, 密级="秘密★10年"),
    ]
    for number, closer in enumerate(closers):
        settings = fresh.settings.model_copy(update={"data_dir": folder.parent / f"d{number}"})
        served = replace(fresh, settings=settings)
        rows = [public_row(1), closer] if number % 2 else [closer, public_row(1)]
        outcome = index(served, folder, *rows)
        assert shown(served) == set(), closer
        assert "r1" in read_contents(served)
        assert outcome.summary.warnings["attachments: closed_owner"] == 1


def test_several_processes_leave_the_same_files_out(fresh: Installation, folder: Path) -> None:
    settings = fresh.settings.model_copy(update={"index_processes": 3})
    served = replace(fresh, settings=settings)
    outcome = index(served, folder, *(public_row(n) for n in range(1, 150)), closed_row(200))
    assert shown(served) == set()
    assert outcome.summary.warnings["attachments: closed_owner"] == 149


def test_a_folder_of_very_many_files_is_not_listed_to_its_end(
    fresh: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "MOST_ENTRIES", 1)
    index(fresh, folder, closed_row(1), public_row(2))
    assert shown(fresh) == set()


def test_a_list_with_closed_rows_is_no_attachment(fresh: Installation, folder: Path) -> None:
    (folder / "目录.txt").write_text(
        f"标题,发布机构,发布日期,公开方式\n{SECRET},安庆市水利局,2020-01-01,不予公开\n",
        encoding="utf-8",
    )
    rows = write_rows(folder / "rows.jsonl", [plain_row(1, attachments=[{"name": "目录.txt"}])])
    publish(IndexJob([rows, folder / "目录.txt"]), fresh)
    assert shown(fresh) == set()


def test_what_was_closed_yesterday_closes_the_file_today(made: Installation, folder: Path) -> None:
    """In another file of the export, and in a rebuild; until its owner is open again."""
    index(made, folder, closed_row(1), name="monday")
    for order in ({}, {"rebuild": True}):
        outcome = index(made, folder, public_row(2), name="tuesday", **order)
        assert shown(made) == set()
        assert outcome.summary.warnings["attachments: closed_owner"] == 1
    index(made, folder, public_row(1), public_row(2), name="wednesday")
    assert shown(made) == {"r1", "r2"}


def test_a_row_that_was_refused_opens_its_file_once_it_is_mended(
    fresh: Installation, folder: Path
) -> None:
    broken = {key: each for key, each in public_row(1).items() if key not in ("id", "title")}
    index(fresh, folder, broken, public_row(2))
    assert shown(fresh) == set()
    index(fresh, folder, {**broken, "title": "关于补偿方案的公示"}, public_row(2))
    assert len(shown(fresh)) == 2


def test_a_restore_brings_no_text_of_a_closed_file_back(fresh: Installation, folder: Path) -> None:
    index(fresh, folder, public_row(1), public_row(2))
    data, copy = fresh.settings.data_dir, folder.parent / "copy"
    assert run(data, "backup", copy).returncode == 0
    index(fresh, folder, closed_row(9), name="later")
    assert run(data, "restore", copy, "--force").returncode == 0
    assert read_contents(fresh).keys() == {"r1", "r2"}
    assert shown(fresh) == set()


CLOSERS: Mapping[str, Row] = {
    "a row that names the file": closed_row(9),
    "the owner, by its id alone": closed_row(1, attachments=[]),
    "the owner, under another id": closed_row(1, id="cms-7", attachments=[]),
    "the owner, on request from now on": closed_row(1, attachments=[], disclosure="依申请公开"),
}


@pytest.mark.parametrize("way", CLOSERS)
def test_a_public_record_loses_the_text_of_a_file_that_is_closed_later(
    fresh: Installation, folder: Path, way: str
) -> None:
    close_later(fresh, folder, CLOSERS[way])


def test_it_loses_it_on_elasticsearch(elastic: Installation, folder: Path) -> None:
    close_later(elastic, folder, CLOSERS["the owner, under another id"])


def close_later(made: Installation, folder: Path, closer: Row) -> None:
    index(made, folder, public_row(1), public_row(2), public_row(3, attachments=[]))
    index(made, folder, public_row(1), public_row(2), public_row(3, attachments=[]), rebuild=True)
    assert shown(made) == {"r1", "r2"}
    outcome = index(made, folder, closer, name="later")
    assert shown(made) == set()
    assert {"r2", "r3"} <= read_contents(made).keys()
    stored = orjson.loads(read_contents(made)["r2"])
    assert [each["name"] for each in stored["attachments"]] == ["补偿方案"]
    assert outcome.summary.reviews[Finding.CLOSED_FILE] >= 1
    again = index(made, folder, closer, name="later").summary
    assert again.reviews[Finding.CLOSED_FILE] == 0
    with closing(made.open_store()) as store:
        assert "r2" not in store.withdrawn()
        store.rollback()
    assert "r2" not in shown(made)


def test_a_row_and_its_closing_in_one_run(made: Installation, folder: Path) -> None:
    """The closing row names no file, so only the end of the run knows whose the file is."""
    number = {"index_number": "003127334/202005-00019"}
    closer = closed_row(1, id="cms-7", attachments=[], **number)
    index(made, folder, public_row(1, **number), public_row(2), closer)
    assert read_contents(made).keys() == {"r2"}
    assert shown(made) == set()


def test_what_staff_withdrew_closes_its_file_with_the_next_run(
    made: Installation, folder: Path
) -> None:
    index(made, folder, public_row(1), public_row(2))
    with closing(made.open_store()) as store:
        store.withdraw(["r1"], cause=STAFF)
    index(made, folder, plain_row(3), name="later")
    assert shown(made) == set()
    assert read_contents(made).keys() == {"r2", "r3"}
    index(made, folder, public_row(1), public_row(2))
    assert shown(made) == set()


def test_a_refused_rebuild_takes_no_text_away(fresh: Installation, folder: Path) -> None:
    index(fresh, folder, *(public_row(n) for n in range(1, 6)))
    with pytest.raises(Exception, match="allow-shrink"):
        index(fresh, folder, closed_row(9), name="later", rebuild=True)
    assert len(read_contents(fresh)) == 5


def test_the_ledger_is_its_owners_alone_and_names_nothing_closed(
    fresh: Installation, folder: Path
) -> None:
    index(fresh, folder, closed_row(1), closed_row(2, id="", title=""))
    file = fresh.settings.data_dir / "attachments.sqlite3"
    assert S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    assert not any(word.encode() in content for word in ("r1", "a.txt", "补偿"))
