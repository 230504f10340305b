"""The withdrawal of a record, and the merge of two withdrawal ledgers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

STAFF, DISCLOSURE = "staff", "disclosure"
"""Causes of a withdrawal: staff withdrew the record, or its source closed it."""
REOPENED = "reopened"
"""Stored instead of a cause: the record may be indexed again."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The withdrawal state of one record.

    `when` is ISO UTC, empty if unknown. `cause` is STAFF, DISCLOSURE or REOPENED. `erased` is true
    once no generation holds the record. `public` is true where the record was public here; only
    then may its page report the withdrawal, so that nobody learns that an unpublished record
    exists.
    """

    when: str
    cause: str
    erased: bool = False
    public: bool = True

    @property
    def is_closed(self) -> bool:
        return self.cause != REOPENED

    def after(
        self, before: "Withdrawal | None", record_id: str, public: Collection[str] | None
    ) -> "Withdrawal":
        """Returns this withdrawal, merged with the record's last state.

        `public` are the public ids, None for all. A record withdrawn by staff stays so.
        """
        by_staff = before is not None and before.cause == STAFF
        was_public = before is not None and before.public
        return replace(
            self,
            cause=STAFF if by_staff else self.cause,
            public=public is None or record_id in public or was_public,
        )


def close_records(
    known: Mapping[str, Withdrawal],
    record_ids: Iterable[str],
    cause: str,
    public: Collection[str] | None = None,
) -> dict[str, Withdrawal]:
    """Returns the new states of withdrawn records; `public` are the public ids, None for all."""
    entry = Withdrawal(_now(), cause)
    return {each: entry.after(known.get(each), each, public) for each in record_ids}


def reopen_records(
    known: Mapping[str, Withdrawal], record_ids: Iterable[str]
) -> dict[str, Withdrawal]:
    """Returns the new states of reopened records; the time is kept for a later merge."""
    when = _now()
    return {
        each: replace(known[each], when=when, cause=REOPENED, erased=True)
        for each in record_ids
        if each in known and known[each].is_closed
    }


def merge_withdrawals(
    ours: Mapping[str, Withdrawal], theirs: Mapping[str, Withdrawal]
) -> dict[str, Withdrawal]:
    """Returns the changes for `ours`; the newest state of each record wins.

    A state without a time counts as closed, and a tie does too. A record closed in both ledgers is
    withdrawn by staff where one of them says so.
    """
    changes = {}
    for record_id, other in theirs.items():
        own = ours.get(record_id)
        merged = other if own is None else _choose_newer(own, other)
        if merged != own:
            changes[record_id] = merged
    return changes


def _choose_newer(own: Withdrawal, other: Withdrawal) -> Withdrawal:
    if own.is_closed and other.is_closed:
        cause = STAFF if STAFF in (own.cause, other.cause) else own.cause
        was_public = own.public or other.public
        return Withdrawal(max(own.when, other.when), cause, own.erased, was_public)
    if own.is_closed == other.is_closed:
        return own
    closed, opened = (own, other) if own.is_closed else (other, own)
    is_newer = bool(closed.when) and opened.when > closed.when
    winner = opened if is_newer else closed
    return own if winner is own else replace(winner, erased=False)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
