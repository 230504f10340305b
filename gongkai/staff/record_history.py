"""What is known to have happened to one record, from all logs that mention it, latest first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gongkai.engines.changes import Change, ChangeKind
from gongkai.engines.earlier_versions import EarlierVersion
from gongkai.engines.withdrawals import DISCLOSURE, Withdrawal
from gongkai.staff.audit import Entry
from gongkai.staff.jobs import Job
from gongkai.staff.record_actions import RecordAction, RecordEntry

_TOGETHER = timedelta(minutes=1)
"""Entries of two logs that are at most this far apart may describe one event."""


class EventKind(StrEnum):
    """What happened to a record."""

    PUBLISHED = "published"
    CHANGED = "changed"
    UNLISTED = "unlisted"
    """The index no longer contains it."""
    CORRECTED = "corrected"
    """An earlier version was kept."""
    ERASED = "erased"
    """Staff erased the earlier versions."""
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    """Its source made it not public."""
    RESTORED = "restored"


_CHANGES = {
    ChangeKind.PUBLISHED: EventKind.PUBLISHED,
    ChangeKind.CHANGED: EventKind.CHANGED,
    ChangeKind.WITHDRAWN: EventKind.UNLISTED,
}
_ACTIONS = {
    RecordAction.WITHDRAWN: EventKind.WITHDRAWN,
    RecordAction.RESTORED: EventKind.RESTORED,
}


@dataclass(frozen=True, slots=True)
class RecordEvent:
    """One event; `at` is ISO UTC. `who` is empty where the command line did it.

    `job` is the import that did it. `version` identifies the earlier version, 0 for none.
    """

    at: str
    kind: EventKind
    who: str = ""
    reason: str = ""
    job: Job | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class RecordLogs:
    """What each log holds of one record; `change` is its last one in the journal."""

    actions: Sequence[RecordEntry]
    withdrawal: Withdrawal | None
    change: Change | None
    versions: Sequence[EarlierVersion]
    erasures: Sequence[Entry]


def list_events(logs: RecordLogs, find_job: Callable[[str], Job | None]) -> list[RecordEvent]:
    """Returns all events, latest first. `find_job` returns the import that ran at a time."""
    events = [
        RecordEvent(each.at, _ACTIONS[each.action], each.who, each.reason) for each in logs.actions
    ]
    events += [RecordEvent(each.at, EventKind.ERASED, each.who) for each in logs.erasures]
    for version in logs.versions:
        job = find_job(version.until)
        events.append(
            RecordEvent(version.until, EventKind.CORRECTED, job=job, version=version.sequence)
        )
    stored = (*_read_withdrawal(logs.withdrawal, find_job), *_read_change(logs.change, find_job))
    for event in stored:
        if not any(_is_same(event, other) for other in events):
            events.append(event)
    return sorted(events, key=lambda each: each.at, reverse=True)


def _read_withdrawal(
    withdrawal: Withdrawal | None, find_job: Callable[[str], Job | None]
) -> Iterator[RecordEvent]:
    if withdrawal and withdrawal.when:
        if withdrawal.cause == DISCLOSURE:
            job = find_job(withdrawal.when)
            yield RecordEvent(withdrawal.when, EventKind.CLOSED, job=job)
        else:
            kind = EventKind.WITHDRAWN if withdrawal.is_closed else EventKind.RESTORED
            yield RecordEvent(withdrawal.when, kind)


def _read_change(
    change: Change | None, find_job: Callable[[str], Job | None]
) -> Iterator[RecordEvent]:
    if change:
        yield RecordEvent(change.at, _CHANGES[change.kind], job=find_job(change.at))


_SAME = {
    EventKind.CHANGED: {EventKind.CORRECTED},
    EventKind.UNLISTED: {EventKind.WITHDRAWN, EventKind.CLOSED},
}
"""Kinds that another log describes in more detail; only that entry is shown."""


def _is_same(event: RecordEvent, other: RecordEvent) -> bool:
    if other.kind not in {event.kind, *_SAME.get(event.kind, ())}:
        return False
    is_same_job = event.job is not None and other.job is not None and event.job.id == other.job.id
    return is_same_job or abs(_read(event.at) - _read(other.at)) <= _TOGETHER


def _read(at: str) -> datetime:
    return datetime.fromisoformat(at)
