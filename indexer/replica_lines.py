"""Reads the lines of a replica or backup, validates them, and applies the intake rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, create_model

from gongkai.catalog.addresses import parse_url
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.intake import IntakeRules, Refused, Withheld, take_row
from gongkai.catalog.plain_text import clean_line, clean_text
from gongkai.catalog.published_part import disclose, holds_personal_data
from gongkai.catalog.record import Attachment, AttachmentText, Record
from gongkai.catalog.record_builder import BODY_LIMIT
from gongkai.catalog.row_names import ID_LIMIT
from gongkai.catalog.tables import Tables
from gongkai.catalog.value_limits import SUMMARY_LIMIT
from gongkai.engines.port import REPLICA_FORMAT
from gongkai.errors import GongkaiError, RefusedValueError

LONGEST_LINE = 128 << 20
"""Maximum bytes of a line: more than the longest accepted record with its attachments."""
_MOST_VALUES = 1_000
_SHORT = 4_000


class BrokenReplicaError(GongkaiError):
    """A copy is incomplete, damaged or of another format. The previous index is still served."""


_Short = Annotated[str, Field(max_length=_SHORT)]
_Values = Annotated[tuple[_Short, ...], Field(max_length=_MOST_VALUES)]


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class _Head(_Line):
    format: StrictInt
    records: Annotated[int, Field(ge=0)]


class _End(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    end: Annotated[int, Field(ge=0)]


class _StoredAttachment(_Line):
    name: _Short
    url: _Short | None
    text: Annotated[str, Field(max_length=BODY_LIMIT)]
    text_state: AttachmentText


class _Entry(_Line):
    """The members of a stored record that have a limit of their own or are read here."""

    id: Annotated[str, Field(min_length=1, max_length=ID_LIMIT)]
    publisher: _Short
    publisher_name: _Short
    disclosure: _Short
    summary: Annotated[str, Field(max_length=SUMMARY_LIMIT)]
    body: Annotated[str, Field(max_length=BODY_LIMIT)]
    attachments: Annotated[tuple[_StoredAttachment, ...], Field(max_length=_MOST_VALUES)]
    extra: dict[str, Any]


_TYPES: Mapping[object, object] = {
    str: _Short,
    str | None: _Short | None,
    PartialDate: _Short,
    PartialDate | None: _Short | None,
    tuple[str, ...]: _Values,
    bool: bool,
}
"""The types of a line by those of a record."""
_OTHERS: dict[str, Any] = {
    each.name: (_TYPES[each.type], ...)
    for each in fields(Record)
    if each.name not in _Entry.model_fields
}
_StoredLine = create_model("_StoredLine", __base__=_Entry, **_OTHERS)


@dataclass(frozen=True, slots=True)
class Checked:
    """A line that was read: its id, and the record or the reason for its rejection."""

    id: str
    outcome: Record | Refused | Withheld


def check_replica(copy: Path) -> int:
    """Returns the number of records. Raises BrokenReplicaError unless the copy is complete."""
    count, last = -1, b""
    for line in _read_lines(copy):
        if count < 0:
            _check_head(line)
        count, last = count + 1, line
    if count < 1 or not last.endswith(b"\n") or _parse_end(last) != count - 1:
        raise BrokenReplicaError(_("The copy is truncated; the previous index is still served."))
    return count - 1


def read_replica(copy: Path, tables: Tables) -> Iterator[Checked]:
    """Yields every record of a copy that passed `check_replica`, under the local rules.

    Raises BrokenReplicaError for a line with invalid types.
    """
    rules, previous = IntakeRules(tables), None
    lines = enumerate(_read_lines(copy), 1)
    next(lines)
    for number, line in lines:
        if previous is not None:
            yield _check_line(*previous, rules)
        previous = number, line


def list_ids(copy: Path) -> Iterator[tuple[str, str]]:
    """Yields id and disclosure of every record of a checked copy, and validates each line."""
    previous = None
    for number, line in enumerate(_read_lines(copy), 1):
        if previous is not None and number > 2:
            stored = _parse_record(*previous)
            yield stored.id, stored.disclosure
        previous = number, line


def _read_lines(copy: Path) -> Iterator[bytes]:
    with copy.open("rb") as file:
        while line := file.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise BrokenReplicaError(_("A line of the copy is too long; nothing was imported."))
            yield line


def _check_head(line: bytes) -> None:
    try:
        head = _Head.model_validate_json(line)
    except ValidationError:
        raise BrokenReplicaError(
            _("The download is not a gongkai replica; nothing was imported.")
        ) from None
    if head.format != REPLICA_FORMAT:
        raise BrokenReplicaError(_("The copy has another format, or is from another program."))


def _parse_end(line: bytes) -> int | None:
    try:
        return _End.model_validate_json(line).end
    except ValidationError:
        return None


def _check_line(number: int, line: bytes, rules: IntakeRules) -> Checked:
    stored = _parse_record(number, line)
    return Checked(stored.id, _take(stored, rules))


def _parse_record(number: int, line: bytes) -> _Entry:
    try:
        return _StoredLine.model_validate_json(line)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
        raise BrokenReplicaError(
            _("Line {number} of the copy is damaged ({value}); nothing was imported.").format(
                number=number, value=place or "no JSON"
            )
        ) from None


def _take(stored: _Entry, rules: IntakeRules) -> Record | Refused | Withheld:
    """Applies the intake rules to a record, which decide on acceptance and disclosure.

    Texts stay unchanged, because their markup was already reduced. Agency names that the local
    tables do not contain also stay.
    """
    outcome = take_row(_contract_keys(stored), rules)
    if isinstance(outcome, Refused | Withheld):
        return outcome
    if outcome.record.id != stored.id:
        return Refused("id", "unclean", "The id is not as the intake writes it.")
    record = disclose(
        replace(
            outcome.record,
            publisher=clean_line(stored.publisher),
            publisher_name=clean_line(stored.publisher_name),
            summary=clean_text(stored.summary),
            body=clean_text(stored.body),
            attachments=tuple(map(_read_attachment, stored.attachments)),
        )
    )
    return Withheld("personal_data", record.id) if holds_personal_data(record) else record


def _contract_keys(stored: _Entry) -> Mapping[str, object]:
    attachments = [{"name": each.name, "url": each.url} for each in stored.attachments]
    return {**stored.model_dump(exclude={"attachments"}), "attachments": attachments}


def _read_attachment(stored: _StoredAttachment) -> Attachment:
    try:
        url = parse_url(clean_line(stored.url)) if stored.url else None
    except RefusedValueError:
        url = None
    return Attachment(clean_line(stored.name), url, clean_text(stored.text), stored.text_state)
