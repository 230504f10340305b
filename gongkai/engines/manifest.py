"""What a generation says of itself, and how generations follow one another. Both stores use it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MOMENT = "%Y%m%dt%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`name` sorts by age; `created` is ISO UTC; `complete` is false while a rebuild fills it.

    `has_ledger`: it was made when there was a withdrawal ledger, so a missing one is a fault.
    """

    name: str
    created: str
    fingerprint: str
    complete: bool
    has_ledger: bool = False


def begin_generation(fingerprint: str, known: Iterable[str]) -> Manifest:
    """A new, still incomplete generation, named after those known, whatever the clock says.

    A clock that was set back would put the new generation before the one it follows.
    """
    now = _now()
    moment = max((now, *(_after(name) for name in known)))
    name = f"{moment:{_MOMENT}}-{secrets.token_hex(3)}"
    created = now.isoformat(timespec="microseconds")
    return Manifest(name, created, fingerprint, complete=False, has_ledger=True)


def superseded(complete: Iterable[Manifest], live: str, before: str | None) -> list[str]:
    """Generations to drop once `live` took the place of `before`, to which a rollback goes.

    One that was rolled back from goes too: nobody wants to come back to it.
    """
    if before in (None, live):
        return []
    return [each.name for each in complete if each.name not in (live, before)]


def _after(name: str) -> datetime:
    moment = datetime.strptime(name.partition("-")[0].lower(), _MOMENT).replace(tzinfo=UTC)
    return moment + timedelta(microseconds=1)


def _now() -> datetime:
    return datetime.now(UTC)
