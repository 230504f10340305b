"""Queries whose results nobody opens: counted by day, across processes, without persons."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from gongkai.staff.staff_database import open_ledger
from gongkai.staff.unclicked_queries import DAYS_SHOWN, LATE, LATELY, UnclickedQueries

KEY = b"kept somewhere else"


class Days:
    """A day that tests move."""

    def __init__(self) -> None:
        self.day = date(2026, 1, 5)

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def workers(tmp_path: Path, days: Days) -> list[UnclickedQueries]:
    """Two processes of one server."""
    return [UnclickedQueries(open_ledger(tmp_path), KEY, days) for _ in range(2)]


def search(workers: list[UnclickedQueries], days: Days, opened: int = 0, count: int = 1) -> None:
    """One worker lists the results, the other one shows the opened record."""
    for _ in range(count):
        workers[0].note_search("公积金  怎么取")
        if opened:
            workers[1].note_opened("公积金 怎么取", opened)
        for each in workers:
            each.flush()
        days.day += timedelta(days=1)


def words(workers: list[UnclickedQueries]) -> list[tuple[str, int]]:
    return [(each.words, each.days) for each in workers[0].list()]


def test_a_query_is_listed_after_several_days_without_an_early_result_opened(
    workers: list[UnclickedQueries], days: Days, tmp_path: Path
) -> None:
    search(workers, days, opened=LATE, count=DAYS_SHOWN - 1)
    assert words(workers) == []
    assert "公积金".encode() not in (tmp_path / "staff.sqlite3").read_bytes()
    search(workers, days)
    assert words(workers) == [("公积金 怎么取", DAYS_SHOWN)]
    search(workers, days, opened=LATE - 1)
    assert words(workers) == []
    days.day += timedelta(days=LATELY)
    search(workers, days)
    assert words(workers) == [("公积金 怎么取", DAYS_SHOWN + 2)]


def test_an_early_result_opened_before_the_words_are_stored_counts(
    workers: list[UnclickedQueries], days: Days
) -> None:
    search(workers, days, opened=1)
    search(workers, days, count=DAYS_SHOWN)
    assert words(workers) == []


def test_numbers_of_persons_are_not_counted(
    workers: list[UnclickedQueries], days: Days, tmp_path: Path
) -> None:
    workers[0].note_search("身份证 11010519491231002X 查询")
    workers[0].flush()
    assert list(tmp_path.iterdir()) == []
