"""What a published record (目录条目) is, once every rule has been met. Made by intake only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.dates import PartialDate
from catalog.disclosure import Disclosure


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a record (附件); `text` is what was read out of it."""

    name: str
    url: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One catalog entry as it may be published; keys are those of the outside contract."""

    id: str
    title: str
    publisher: str
    publisher_name: str
    published_on: PartialDate
    disclosure: Disclosure
    index_number: str | None = None
    document_number: str | None = None
    document_number_original: str | None = None
    issued_on: PartialDate | None = None
    issued_on_original: str | None = None
    category: str | None = None
    topic: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    life_event: tuple[str, ...] = ()
    genre: str | None = None
    genre_inferred: bool = False
    format: str | None = None
    validity: str | None = None
    keywords: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    url: str | None = None
    attachments: tuple[Attachment, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
