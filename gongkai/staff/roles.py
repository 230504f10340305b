"""Roles of staff, and the units whose records a member of staff may see and change."""

from dataclasses import dataclass
from enum import StrEnum

from gongkai.catalog.agencies import AgencyDirectory


class Role(StrEnum):
    """What a token allows; each role includes the ones before it."""

    CLERK = "clerk"
    """The records of one unit and of the units below it."""
    EDITOR = "editor"
    """The records of all units, reports and vocabulary."""
    ADMINISTRATOR = "administrator"
    """Tokens and settings too."""

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what the other one may."""
        return _ORDER.index(self) >= _ORDER.index(other)


_ORDER = tuple(Role)


@dataclass(frozen=True, slots=True)
class Scope:
    """The publishers whose records may be seen and changed; None for all."""

    publishers: frozenset[str] | None = None

    @property
    def is_whole(self) -> bool:
        return self.publishers is None

    def covers(self, publisher: str) -> bool:
        """Whether records of this publisher (a code, or a name without one) belong to the scope."""
        return self.publishers is None or publisher in self.publishers


def find_scope(role: Role, unit: str, agencies: AgencyDirectory) -> Scope:
    """Returns the scope of a role; a clerk has that of the unit and of all units below it."""
    if role is not Role.CLERK:
        return Scope()
    return Scope(frozenset((unit, *agencies.below(unit))))
