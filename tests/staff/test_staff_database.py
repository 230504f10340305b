"""Audit log, unfound searches, certificates: what is kept, and what never is."""

import random
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from gongkai.staff.audit import Action, Audit
from gongkai.staff.audit_subjects import MatchCount
from gongkai.staff.certificates import Certificates
from gongkai.staff.query_days import KEPT_DAYS
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.zero_result_queries import DAYS_SHOWN, ZeroResultQueries


class Calendar:
    """A day that tests move."""

    def __init__(self) -> None:
        self.day = date(2026, 1, 5)

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def zero_results(tmp_path: Path, calendar: Calendar) -> ZeroResultQueries:
    return ZeroResultQueries(open_ledger(tmp_path), today=calendar)


def test_the_audit_log_is_only_added_to(tmp_path: Path) -> None:
    audit = Audit(open_ledger(tmp_path))
    for number in range(5):
        audit.add("甲", Action.CHECKED, MatchCount(number))
    latest = audit.entries(limit=2)
    assert [each.subject for each in latest] == [MatchCount(4), MatchCount(3)]
    earlier = audit.entries(10, before=latest[-1].sequence)
    assert earlier[0].subject == MatchCount(2)
    with closing(sqlite3.connect(tmp_path / "staff.sqlite3")) as connection:
        for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                connection.execute(statement)


def test_words_are_written_down_after_several_days_only(
    zero_results: ZeroResultQueries, calendar: Calendar, tmp_path: Path
) -> None:
    def on_disk() -> bool:
        return "龘靐".encode() in (tmp_path / "staff.sqlite3").read_bytes()

    for _ in range(DAYS_SHOWN - 1):
        zero_results.note("龘靐  齉")
        zero_results.note("龘靐 齉")
        calendar.day += timedelta(days=1)
    assert zero_results.list() == []
    assert not on_disk()
    zero_results.note(" 龘靐 齉")
    assert zero_results.list() == []
    calendar.day += timedelta(days=1)
    assert [(each.words, each.days) for each in zero_results.list()] == [("龘靐 齉", DAYS_SHOWN)]
    assert on_disk()


@pytest.mark.parametrize("words", ["", "  ", "很长" * 40, "身份证 11010519491231002X 查询"])
def test_what_names_a_person_or_says_nothing_is_not_kept(
    zero_results: ZeroResultQueries, calendar: Calendar, words: str
) -> None:
    for _ in range(DAYS_SHOWN + 1):
        zero_results.note(words)
        calendar.day += timedelta(days=1)
    assert zero_results.list() == []


def test_old_words_are_forgotten(zero_results: ZeroResultQueries, calendar: Calendar) -> None:
    for _ in range(DAYS_SHOWN):
        zero_results.note("龘靐")
        calendar.day += timedelta(days=1)
    calendar.day += timedelta(days=KEPT_DAYS)
    zero_results.note("别的")
    zero_results.flush()
    assert zero_results.list() == []


def test_a_copy_of_the_disk_tells_no_order_and_holds_no_key(
    calendar: Calendar, tmp_path: Path
) -> None:
    """Two ledgers that saw the same searches in another order are equal to the last byte."""
    key = b"kept somewhere else"
    asked = [f"没有结果的检索{number}" for number in range(300)]
    shuffled = random.Random(7).sample(asked, len(asked))
    for name, words in (("one", asked), ("other", shuffled)):
        calendar.day = date(2026, 1, 5)
        # Two processes, as two workers of one server.
        workers = [ZeroResultQueries(open_ledger(tmp_path / name), key, calendar) for _ in range(2)]
        for day in range(DAYS_SHOWN):
            for number, each in enumerate(words):
                if day < DAYS_SHOWN - 1 or each in asked[:20]:
                    workers[number % 2].note(each)
            for worker in workers:
                worker.flush()
            calendar.day += timedelta(days=1)
        assert len(workers[0].list()) == 20
    one, other = (tmp_path / name / "staff.sqlite3" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()
    assert key not in one.read_bytes()


def test_days_are_counted_across_processes_that_share_a_key(
    calendar: Calendar, tmp_path: Path
) -> None:
    def on_three_days(folder: str, *keys: bytes) -> list[str]:
        for key in keys:
            process = ZeroResultQueries(open_ledger(tmp_path / folder), key, calendar)
            process.note("龘靐")
            process.flush()
            process.flush()
            calendar.day += timedelta(days=1)
        return [each.words for each in process.list()]

    assert on_three_days("shared", b"key", b"key", b"key") == ["龘靐"]
    assert on_three_days("none", b"", b"", b"") == []


def test_nothing_is_stored_before_the_day_is_over(
    zero_results: ZeroResultQueries, calendar: Calendar, tmp_path: Path
) -> None:
    zero_results.note("龘靐")
    assert list(tmp_path.iterdir()) == []
    calendar.day += timedelta(days=1)
    zero_results.note("别的")
    assert (tmp_path / "staff.sqlite3").exists()


def test_a_certificate_stays_as_it_was_issued(tmp_path: Path) -> None:
    certificates = Certificates(open_ledger(tmp_path))
    issued = certificates.issue({"text": "公积金", "total": 0}, "甲")
    assert certificates.find(issued.id) == issued
    assert certificates.find("20260105-00000000") is None
    with (
        closing(sqlite3.connect(tmp_path / "staff.sqlite3")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        connection.execute("UPDATE certificates SET content = '{}'")
