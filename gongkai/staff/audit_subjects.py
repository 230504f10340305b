"""What the lines of the audit log are about, and the text that the database stores for it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from gongkai.duplicates.decisions import Decision


class ListName(StrEnum):
    """The lists that staff view and export."""

    DUPLICATES = "duplicates"
    REJECTED = "rejected"
    ZERO_RESULTS = "searches without results"
    STATISTICS = "statistics"
    EXPIRING = "expiring terms"
    SUPERVISION = "supervision"
    GAPS = "missing numbers"
    VOCABULARY = "vocabulary"


@dataclass(frozen=True, slots=True)
class StaffList:
    """A list, and the part of it: a state, a run or a year."""

    name: ListName
    part: str = ""


@dataclass(frozen=True, slots=True)
class MatchCount:
    """The number of records that a draft resembles."""

    found: int


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision about a cluster."""

    cluster: str
    decision: Decision


AuditSubject: TypeAlias = StaffList | MatchCount | Ruling | str
"""A string is an id or the address of a client."""
_COUNT = re.compile(r"([0-9]{1,9}) found")
_RULING = re.compile(rf"([0-9a-f]{{16}}) ({'|'.join(Decision)})")
_LIST = re.compile(rf"({'|'.join(ListName)}|duplicate)(?: (.*))?", re.DOTALL)
"""Older versions wrote `duplicate open`."""


def spell_subject(subject: AuditSubject) -> str:
    """Returns the text that is stored; `read_subject` is the inverse."""
    match subject:
        case StaffList(name, part):
            return f"{name} {part}" if part else name
        case MatchCount(found):
            return f"{found} found"
        case Ruling(cluster, decision):
            return f"{cluster} {decision}"
        case str():
            return subject


def read_subject(text: str) -> AuditSubject:
    """Returns the subject that a stored text states, also one of an older version."""
    if count := _COUNT.fullmatch(text):
        return MatchCount(int(count[1]))
    if ruling := _RULING.fullmatch(text):
        return Ruling(ruling[1], Decision(ruling[2]))
    if listed := _LIST.fullmatch(text):
        name = listed[1] if listed[1] in set(ListName) else ListName.DUPLICATES
        return StaffList(ListName(name), listed[2] or "")
    return text
