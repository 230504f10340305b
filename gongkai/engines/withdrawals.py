"""The state of a withdrawn record, and how two ledgers of withdrawals are merged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

STAFF, DISCLOSURE = "staff", "disclosure"
"""Causes of a withdrawal: someone took it off, or its source closed it."""
REOPENED = "reopened"
"""Instead of a cause: the record may be indexed again since then."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """`when`: ISO UTC, empty if unknown. `cause`: STAFF, DISCLOSURE or REOPENED.

    `erased`: no generation holds the record any more. `public`: the record was public here, so that
    its address may say that it is gone. Of any other id nothing is said: nobody may learn that a
    record exists which was never public.
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
        """This withdrawal of a record after its last state; `public` is None where it was public.

        What staff withdrew stays withdrawn by staff.
        """
        by_staff = before is not None and before.cause == STAFF
        was_public = before is not None and before.public
        return replace(
            self,
            cause=STAFF if by_staff else self.cause,
            public=public is None or record_id in public or was_public,
        )


def merge_withdrawals(
    ours: Mapping[str, Withdrawal], theirs: Mapping[str, Withdrawal]
) -> dict[str, Withdrawal]:
    """What has to be added to `ours`: the newest state of each record wins.

    A state without a time counts as closed, and so does a tie. A record that both ledgers close
    stays withdrawn by staff if one of them says so.
    """
    changes = {}
    for record_id, other in theirs.items():
        own = ours.get(record_id)
        merged = other if own is None else _choose(own, other)
        if merged != own:
            changes[record_id] = merged
    return changes


def _choose(own: Withdrawal, other: Withdrawal) -> Withdrawal:
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
