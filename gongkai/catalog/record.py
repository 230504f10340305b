"""The published record (目录条目) after intake."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure


class AttachmentText(StrEnum):
    """The state of an attachment's text."""

    ABSENT = "absent"
    """The file is not beside the source, or its format is not supported."""
    READ = "read"
    NO_TEXT_LAYER = "no_text_layer"
    """A PDF of images; the little text it has (page numbers, a cover) is kept."""
    MACHINE_READ = "machine_read"
    """Recognised from a scan or an image (OCR); it may have errors."""
    UNREADABLE = "unreadable"
    """Damaged, encrypted, or too large."""
    TOO_COSTLY = "too_costly"
    """Reading it takes more time or memory than one file may use."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a record (附件); `text` is its extracted text.

    `path` is its location beside the source; it is not an address for readers.
    """

    name: str
    url: str | None = None
    text: str = ""
    text_state: AttachmentText = AttachmentText.ABSENT
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One catalog entry as it may be published; keys and their order are those of the public API.

    A new member also needs a row in `gongkai.catalog.fields`.
    """

    id: str
    index_number: str | None = None
    title: str
    document_number: str | None = None
    document_number_original: str | None = None
    publisher: str
    publisher_name: str
    publisher_inferred: bool = False
    issued_on: PartialDate | None = None
    issued_on_original: str | None = None
    published_on: PartialDate
    category: str | None = None
    topic: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    life_event: tuple[str, ...] = ()
    genre: str | None = None
    genre_inferred: bool = False
    format: str | None = None
    disclosure: Disclosure
    validity: str | None = None
    validity_inferred: bool = False
    keywords: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    url: str | None = None
    attachments: tuple[Attachment, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)


def field_names(kind: Any) -> tuple[str, ...]:
    """Returns the names of the fields of a dataclass; `fields` takes longer than reading them."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(each.name for each in fields(kind))
    return _NAMES[kind]


def list_members(value: Any) -> Sequence[tuple[str, Any]]:
    """Returns names and values of the fields of a dataclass with several fields."""
    kind: Any = type(value)
    if kind not in _READERS:
        _READERS[kind] = attrgetter(*field_names(kind))
    return list(zip(field_names(kind), _READERS[kind](value), strict=True))


_NAMES: dict[Any, tuple[str, ...]] = {}
_READERS: dict[Any, Callable[[Any], tuple[Any, ...]]] = {}
