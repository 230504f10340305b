"""A rebuild by several processes: the same index as by one, whatever is killed on the way."""

import logging
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from gongkai.catalog.slot import Slot
from gongkai.engines.elastic import lock
from gongkai.engines.elastic.connection import open_client
from gongkai.engines.elastic.mapping import Names
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.errors import AnotherWriterError, OpenSlotsError, SettingsError
from indexer.commands.slots import read_slot
from indexer.pipeline import IndexJob, IndexReport, publish
from tests.engines.records import read_contents
from tests.journeys.command import plain_row, write_rows
from tests.scale import scaled

Row = Mapping[str, object]
SLOTS = 3
MOMENTS = ("slot.started", "slot.committed", "slot.done", "withdrawal.applied")


def rows() -> Iterator[Row]:
    """Plain rows, and each case that one process decides with the rows of others in mind."""
    for number in range(40):
        yield plain_row(number)
    # Two documents under one id, and rows that are not public, by id, number, text and in part.
    yield {**plain_row(3), "title": "关于城区道路限行的通告", "body": "限行办法全文。", "url": ""}
    yield {**plain_row(5), "disclosure": "不予公开"}
    yield {**plain_row(6), "id": "other", "disclosure": "不予公开"}
    yield {**plain_row(7), "id": "entry", "disclosure": "依申请公开"}
    yield {**plain_row(50), "title": ""}
    yield {**plain_row(51), "disclosure": "不详"}
    yield {**plain_row(52), "body": "身份证号11010519491231002X"}
    yield {**plain_row(53), "disclosure": "依申请公开"}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("slots") / "rows.jsonl", rows())


@pytest.fixture
def city(elastic: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 2 * lock.RENEWAL_SECONDS)
    settings = elastic.settings.model_copy(update={"elasticsearch_replicas": None})
    made = replace(elastic, settings=settings)
    prepare(made, tmp_path)
    return made


def prepare(made: Installation, folder: Path) -> None:
    """An index with older versions, one withdrawn by staff, one closed by its source."""
    older = [plain_row(number, body="旧文") for number in (1, 2, 5, 8, 9)]
    publish(IndexJob([write_rows(folder / "older.jsonl", older)]), made)
    closed = write_rows(folder / "closed.jsonl", [{**plain_row(8), "disclosure": "不予公开"}])
    publish(IndexJob([closed]), made)
    with closing(made.open_store()) as store:
        store.withdraw(["r2"], cause=STAFF)


def run_slot(made: Installation, source: Path, number: int, slots: int = SLOTS) -> IndexReport:
    order = IndexJob([source], rebuild=True, allow_shrink=True, slot=Slot(number, slots))
    return publish(order, made)


def describe(made: Installation) -> tuple[Mapping[str, bytes], Mapping[str, str], int]:
    """What can be searched, what is withdrawn, and how many generations there are."""
    with closing(made.open_store()) as store:
        return read_contents(made), store.withdrawn(), len(store.generations())


class _Kill(logging.Handler):
    """Ends this process at once when an event is logged."""

    def __init__(self, event: str) -> None:
        super().__init__()
        self._event = event

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self._event:
            os.kill(os.getpid(), signal.SIGKILL)


def _run_to(moment: str, made: Installation, source: Path, number: int) -> None:
    log = logging.getLogger("gongkai")
    log.addHandler(_Kill(moment))
    log.setLevel(logging.INFO)
    run_slot(made, source, number)
    os._exit(0)


def kill_at(moment: str, made: Installation, source: Path, number: int) -> None:
    """Run a slot in a process that is killed at this moment."""
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_run_to, args=(moment, made, source, number))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


@pytest.fixture(scope="module")
def wanted(
    installation: Installation, source: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[IndexReport, tuple[Mapping[str, bytes], Mapping[str, str], int]]:
    """What one process makes of the same rows, on the other engine."""
    folder = tmp_path_factory.mktemp("one")
    settings = installation.settings.model_copy(update={"data_dir": folder / "data"})
    made = replace(installation, settings=settings)
    prepare(made, folder)
    report = publish(IndexJob([source], rebuild=True, allow_shrink=True), made)
    return report, describe(made)


def test_slots_make_the_same_index_as_one_process(
    city: Installation, source: Path, wanted: tuple[IndexReport, tuple[object, ...]]
) -> None:
    before = describe(city)
    reports = []
    for number in (2, 3, 1):
        assert describe(city) == before
        reports.append(run_slot(city, source, number))
    assert [each.is_live for each in reports] == [False, False, True]
    whole, contents = wanted
    assert describe(city) == contents
    for name in ("read", "indexed"):
        total = sum(getattr(each.summary, name) for each in reports)
        assert total == getattr(whole.summary, name)
    for name in ("refused", "withheld"):
        counts = sum((getattr(each.summary, name) for each in reports), Counter())
        assert counts == getattr(whole.summary, name)
    assert reports[-1].summary.closed == whole.summary.closed
    index = Names(city.settings.elasticsearch_prefix).live
    with closing(open_client(city.settings)) as client:
        (found,) = client.indices.get_settings(index=index).values()
    assert found["settings"]["index"]["auto_expand_replicas"] == "0-1"


@pytest.mark.parametrize("moment", MOMENTS[-scaled(1, 4) :])
def test_a_slot_that_was_killed_is_run_again(
    city: Installation, source: Path, wanted: tuple[object, tuple[object, ...]], moment: str
) -> None:
    before = describe(city)
    run_slot(city, source, 1)
    run_slot(city, source, 3)
    kill_at(moment, city, source, 2)
    assert describe(city)[0].keys() <= before[0].keys()
    assert run_slot(city, source, 2).is_live
    assert describe(city) == wanted[1]


def test_an_unfinished_rebuild_in_slots_can_only_be_finished_or_dropped(
    city: Installation, source: Path
) -> None:
    before = describe(city)
    run_slot(city, source, 1)
    with pytest.raises(OpenSlotsError):
        publish(IndexJob([source]), city)
    with pytest.raises(OpenSlotsError):
        run_slot(city, source, 2, slots=2)
    with closing(city.open_slots()) as store, store.open_slot(Slot(2, SLOTS), _plan(city)):
        with pytest.raises(AnotherWriterError):
            run_slot(city, source, 2)
        with pytest.raises(AnotherWriterError):
            store.drop_unfinished()
    with closing(city.open_slots()) as store:
        assert store.drop_unfinished() is not None
        assert store.unfinished() is None
    assert describe(city) == before
    publish(IndexJob([source]), city)


def test_a_record_withdrawn_before_its_slot_is_written_stays_withdrawn(
    city: Installation, source: Path, wanted: tuple[object, tuple[Mapping[str, bytes], object, int]]
) -> None:
    expected = wanted[1][0]
    owned = {slot: min(each for each in expected if Slot(slot, 2).owns(each)) for slot in (1, 2)}
    run_slot(city, source, 1, slots=2)
    with closing(city.open_store()) as store:
        store.withdraw(owned.values(), cause=STAFF)
    run_slot(city, source, 2, slots=2)
    assert describe(city)[0].keys() == expected.keys() - set(owned.values())
    with closing(city.open_store()) as store:
        assert all(each.erased for each in store.withdrawals().values())


def test_slots_need_elasticsearch(fresh: Installation, source: Path) -> None:
    with pytest.raises(SettingsError):
        run_slot(fresh, source, 1)


def _plan(made: Installation) -> str:
    with closing(made.open_slots()) as store:
        manifest = store.unfinished()
    assert manifest is not None
    return manifest.plan


@pytest.mark.parametrize("text", ["0/4", "5/4", "2", "2/4/1", "二/四", "1/1001"])
def test_a_slot_is_a_part_of_a_whole(text: str) -> None:
    assert read_slot("2/4", rebuild=True, complete=False) == Slot(2, 4)
    with pytest.raises(typer.BadParameter):
        read_slot(text, rebuild=True, complete=False)


@pytest.mark.parametrize(("rebuild", "complete"), [(False, False), (True, True)])
def test_only_a_rebuild_has_slots(rebuild: bool, complete: bool) -> None:
    with pytest.raises(typer.BadParameter):
        read_slot("2/4", rebuild=rebuild, complete=complete)
