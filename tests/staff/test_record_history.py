"""The history of a record: what several logs say, each event once."""

from datetime import UTC, datetime, timedelta

from gongkai.engines.changes import Change, ChangeKind
from gongkai.engines.earlier_versions import EarlierVersion
from gongkai.engines.withdrawals import DISCLOSURE, REOPENED, STAFF, Withdrawal
from gongkai.staff.audit import Action, Entry
from gongkai.staff.record_actions import RecordAction, RecordEntry
from gongkai.staff.record_history import EventKind, RecordLogs, list_events

NOTHING = RecordLogs((), None, None, (), ())


def at(minutes: float) -> str:
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    return moment.isoformat(timespec="seconds")


def told(logs: RecordLogs) -> list[tuple[EventKind, str]]:
    return [(each.kind, each.who) for each in list_events(logs, lambda _at: None)]


def test_every_log_is_told_latest_first() -> None:
    logs = RecordLogs(
        actions=[
            RecordEntry(at(50), "乙", RecordAction.RESTORED, "w", "误撤"),
            RecordEntry(at(40), "甲", RecordAction.WITHDRAWN, "w", "重复"),
        ],
        withdrawal=Withdrawal(at(50), REOPENED),
        change=Change(7, "r1", at(60), ChangeKind.PUBLISHED),
        versions=[EarlierVersion(2, at(20), b""), EarlierVersion(1, at(10), b"")],
        erasures=[Entry(1, at(30), "甲", Action.VERSIONS_ERASED, "r1")],
    )
    assert told(logs) == [
        (EventKind.PUBLISHED, ""),
        (EventKind.RESTORED, "乙"),
        (EventKind.WITHDRAWN, "甲"),
        (EventKind.ERASED, "甲"),
        (EventKind.CORRECTED, ""),
        (EventKind.CORRECTED, ""),
    ]


def test_one_event_in_two_logs_is_told_once() -> None:
    versions = [EarlierVersion(1, at(10), b"")]
    corrected = RecordLogs((), None, Change(7, "r1", at(10.5), ChangeKind.CHANGED), versions, ())
    assert told(corrected) == [(EventKind.CORRECTED, "")]
    later = RecordLogs((), None, Change(7, "r1", at(90), ChangeKind.CHANGED), versions, ())
    assert told(later) == [(EventKind.CHANGED, ""), (EventKind.CORRECTED, "")]
    for cause, kind in ((STAFF, EventKind.WITHDRAWN), (DISCLOSURE, EventKind.CLOSED)):
        gone = Change(7, "r1", at(5), ChangeKind.WITHDRAWN)
        closed = RecordLogs((), Withdrawal(at(5), cause), gone, (), ())
        assert told(closed) == [(kind, "")]


def test_nothing_known_is_nothing_told() -> None:
    assert list_events(NOTHING, lambda _at: None) == []
    unknown_time = RecordLogs((), Withdrawal("", STAFF), None, (), ())
    assert list_events(unknown_time, lambda _at: None) == []
