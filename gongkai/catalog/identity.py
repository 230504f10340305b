"""What makes a row and a record the same document: keys to compare them by, and ids to tell them.

A key is a kind and a digest, so that a row that is not public can be compared without its text.
"""

import hashlib
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.document_number import parse_document_number
from gongkai.catalog.placeholders import has_document_serial
from gongkai.catalog.record import Record

BETWEEN = "~"
"""Between a source's name and an id, and between an id and what makes it another document's."""
SOURCE_NAME = re.compile(r"[\w.-]{1,40}")
_DERIVED = re.compile(rf"{BETWEEN}[0-9a-f]{{12}}\Z")
_HASHED = re.compile(r"[0-9a-f]{24}")
_FRONT_PAGE = re.compile(r"(?:/(?:index|default)\.\w+)?")

GIVEN, INDEX, NUMBER, ADDRESS, LONG_TEXT = "id", "index", "number", "url", "long"
DAY, AGENCY_TITLE = "day", "same"
TITLE, PUBLISHER, DATE, TEXT = "title", "publisher", "date", "text"
OPEN, SOURCE = "open", "source"
SEARCHED = (GIVEN, INDEX, NUMBER, ADDRESS, LONG_TEXT, DAY, AGENCY_TITLE)
"""Kinds by which a public record is looked for; the others only confirm or contradict."""
SHORTEST_TEXT = 20
"""Letters of a text that says which document it is; 详见附件 says nothing."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a row says of its document, as far as it can be read; empty where it says nothing."""

    id: str = ""
    index_number: str = ""
    document_number: str = ""
    title: str = ""
    publisher: str = ""
    published_on: str = ""
    url: str = ""
    text: str = ""


def read_particulars(record: Record) -> Particulars:
    """Of a record as it may be shown: nothing else may leave a digest in the index."""
    files = (f"{each.name} {each.url or each.path or ''}" for each in record.attachments)
    return Particulars(
        id=record.id,
        index_number=record.index_number or "",
        document_number=record.document_number or "",
        title=record.title,
        publisher=record.publisher,
        published_on=record.published_on.iso,
        url=record.url or "",
        text="\n".join((record.body, *files)),
    )


def record_keys(record: Record) -> tuple[str, ...]:
    """Every key of a record, and of which source it is."""
    keys = list(document_keys(read_particulars(record)))
    if record.disclosure is Disclosure.PUBLIC:
        keys.append(f"{OPEN}:")
    return (*keys, source_key(source_of(record.id)))


def document_keys(said: Particulars) -> tuple[str, ...]:
    """Keys that rows of one document share however each is spelled."""
    title, publisher, text = _letters(said.title), _letters(said.publisher), _letters(said.text)
    values = {
        GIVEN: base_id(said.id),
        INDEX: said.index_number,
        NUMBER: said.document_number if names_document(said.document_number) else "",
        ADDRESS: _fold_address(said.url),
        LONG_TEXT: text if len(text) >= SHORTEST_TEXT else "",
        TEXT: text,
        DAY: title and said.published_on and f"{title}\n{said.published_on}",
        AGENCY_TITLE: title and publisher and f"{title}\n{publisher}",
        TITLE: title,
        PUBLISHER: publisher,
        DATE: said.published_on,
    }
    return tuple(f"{kind}:{_digest(value)}" for kind, value in values.items() if value)


def is_open(keys: Iterable[str]) -> bool:
    """Whether the keys are of a record that is public with its text (主动公开)."""
    return f"{OPEN}:" in keys


def names_document(number: str) -> bool:
    """Whether a document number has a serial, so that it names one document."""
    if not number:
        return False
    form = parse_document_number(number).form
    return form != "odd" or has_document_serial(number)


def by_kind(keys: Iterable[str]) -> Mapping[str, str]:
    """Kind -> digest."""
    return dict(key.split(":", 1) for key in keys)


def is_same(kind: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether both say it, and say the same."""
    return kind in one and one[kind] == other.get(kind)


def differs(kind: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether both say it, and say it otherwise; what one leaves out contradicts nothing."""
    return kind in one and kind in other and one[kind] != other[kind]


def is_same_content(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two rows of one run agree in title, text and address."""
    return all(one.get(kind) == other.get(kind) for kind in (TITLE, TEXT, ADDRESS))


def is_other_document(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two versions of one id, of different runs, are of two documents.

    A revision keeps its title or its text. Numbers and ids that two departments count for
    themselves meet in neither, nor in the agency, the address or (of an index number) the day.
    """
    if not differs(TITLE, one, other) or is_same(TEXT, one, other):
        return False
    kinds = (PUBLISHER, ADDRESS, DATE) if is_same(INDEX, one, other) else (PUBLISHER, ADDRESS)
    return any(differs(kind, one, other) for kind in kinds)


def own_id(source: str, record_id: str) -> str:
    """An id as that of a named source: 财政局~1; an id that is of it already stays."""
    prefix = f"{source}{BETWEEN}" if source else ""
    return record_id if record_id.startswith(prefix) else prefix + record_id


def source_of(record_id: str) -> str:
    """The name of the source that an id is of, or an empty text."""
    name, between, _ = base_id(record_id).partition(BETWEEN)
    return name if between else ""


def source_key(source: str) -> str:
    """The key of every record of a source."""
    return f"{SOURCE}:{_digest(source)}"


def base_id(record_id: str) -> str:
    """The id that its row stated, of one that was derived."""
    return _DERIVED.sub("", record_id)


def hash_id(publisher: str, number: str, title: str, day: str) -> str:
    """The id of a row without id or index number."""
    parts = "\x1f".join((publisher, number, title, day))
    return hashlib.blake2b(parts.encode(), digest_size=12).hexdigest()


def is_hash_id(record_id: str) -> bool:
    return bool(_HASHED.fullmatch(base_id(record_id).rpartition(BETWEEN)[2]))


def derive_ids(record_id: str, keys: Iterable[str]) -> tuple[str, ...]:
    """The ids of a document whose own id is another's: by its address, then by all that it says.

    The address comes first: it stays when the text is revised.
    """
    said = by_kind(keys)
    whole = [said.get(kind, "") for kind in (ADDRESS, TITLE, TEXT)]
    parts: Sequence[Sequence[str]] = [whole[:1], whole] if whole[0] else [whole]
    return tuple(f"{record_id}{BETWEEN}{_short(part)}" for part in parts)


def _short(parts: Sequence[str]) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=6).hexdigest()


def _digest(value: str) -> str:
    raw = hashlib.blake2b(value.encode(), digest_size=9).digest()
    return urlsafe_b64encode(raw).decode()


def _letters(text: str) -> str:
    """Letters and digits alone: width, case, blanks and punctuation make no other document."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _fold_address(url: str) -> str:
    """An address without scheme, default port and fragment; a site's first page names nothing."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    except ValueError:
        return url
    path = parts.path.rstrip("/")
    if not parts.query and _FRONT_PAGE.fullmatch(path):
        return ""
    return f"{(parts.hostname or '').lower()}{port}{path}?{parts.query}"
