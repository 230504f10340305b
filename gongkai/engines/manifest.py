"""The manifest of a generation, and the order of generations."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MOMENT = "%Y%m%dt%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest: `name` sorts by age, `created` is ISO UTC, `complete` is false in a rebuild.

    `has_ledger` is true where a withdrawal ledger existed when the generation was made, so that a
    missing ledger is a fault. A rebuild by several processes has a number of `slots`, of which
    some are `started` and some `done`; `plan` is a digest of what all of them have to agree on.
    """

    name: str
    created: str
    fingerprint: str
    complete: bool
    has_ledger: bool = False
    slots: int = 0
    plan: str = ""
    started: Sequence[int] = ()
    done: Sequence[int] = ()


def begin_generation(fingerprint: str, known: Iterable[str]) -> Manifest:
    """Returns the manifest of a new, incomplete generation that sorts after all known ones.

    The name is later than every known name even where the clock was set back.
    """
    now = _now()
    moment = max((now, *(_after(name) for name in known)))
    name = f"{moment:{_MOMENT}}-{secrets.token_hex(3)}"
    created = now.isoformat(timespec="microseconds")
    return Manifest(name, created, fingerprint, complete=False, has_ledger=True)


def superseded(complete: Iterable[Manifest], live: str, before: str | None) -> list[str]:
    """Returns the generations to drop after `live` replaced `before`, the target of a rollback.

    A generation that was rolled back from is dropped too.
    """
    if before in (None, live):
        return []
    return [each.name for each in complete if each.name not in (live, before)]


def _after(name: str) -> datetime:
    moment = datetime.strptime(name.partition("-")[0].lower(), _MOMENT).replace(tzinfo=UTC)
    return moment + timedelta(microseconds=1)


def _now() -> datetime:
    return datetime.now(UTC)
