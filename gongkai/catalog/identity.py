"""Identity keys that tell whether a row and a record are the same document, and record ids.

A key is a kind and a digest, so that a row that is not public can be compared without its text.
"""

import hashlib
import unicodedata
from binascii import b2a_base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.document_number import parse_document_number
from gongkai.catalog.placeholders import has_document_serial
from gongkai.catalog.record import Record

BETWEEN = "~"
"""Separates a source name from an id, and an id from a suffix that distinguishes documents."""
SOURCE_NAME = lazy_re(r"[\w.-]{1,40}")
_DERIVED = lazy_re(rf"{BETWEEN}[0-9a-f]{{12}}\Z")
_HASHED = lazy_re(r"[0-9a-f]{24}")
_KEPT = 4096
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_FRONT_PAGE = lazy_re(r"(?:/(?:index|default)\.\w+)?")

GIVEN, INDEX, NUMBER, ADDRESS, LONG_TEXT = "id", "index", "number", "url", "long"
DAY, AGENCY_TITLE = "day", "same"
TITLE, PUBLISHER, DATE, TEXT = "title", "publisher", "date", "text"
OPEN, SOURCE = "open", "source"
SEARCHED = (GIVEN, INDEX, NUMBER, ADDRESS, LONG_TEXT, DAY, AGENCY_TITLE)
"""Kinds of keys that public records are searched by; the others confirm or contradict."""
_DERIVING = (ADDRESS, TITLE, TEXT)
_DERIVED_FROM = tuple(f"{kind}:" for kind in _DERIVING)
SHORTEST_TEXT = 20
"""Least letters of a text that identifies a document; 详见附件 does not."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """The statements of a row about its document; empty where nothing is readable."""

    id: str = ""
    index_number: str = ""
    document_number: str = ""
    title: str = ""
    publisher: str = ""
    published_on: str = ""
    url: str = ""
    text: str = ""


def read_particulars(record: Record) -> Particulars:
    """Returns the particulars of a record as it may be shown.

    No other content may leave a digest in the index.
    """
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
    """Returns every key of a record, including that of its source."""
    keys = list(document_keys(read_particulars(record)))
    if record.disclosure is Disclosure.PUBLIC:
        keys.append(f"{OPEN}:")
    return (*keys, source_key(source_of(record.id)))


def document_keys(said: Particulars) -> tuple[str, ...]:
    """Returns keys that all rows of one document share, however they are spelled."""
    title, text = _letters(said.title), _letters(said.text)
    publisher = _letters_of_name(said.publisher)
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
    }
    keys = [f"{kind}:{_digest(value)}" for kind, value in values.items() if value]
    # Names and days occur in many records.
    often = ((PUBLISHER, publisher), (DATE, said.published_on))
    return (*keys, *(f"{kind}:{_digest_often(value)}" for kind, value in often if value))


def is_open(keys: Iterable[str]) -> bool:
    """Whether the keys belong to a record that is public with its text (主动公开)."""
    return f"{OPEN}:" in keys


def names_document(number: str) -> bool:
    """Whether a document number has a serial and so identifies one document."""
    if not number:
        return False
    form = parse_document_number(number).form
    return form != "odd" or has_document_serial(number)


def by_kind(keys: Iterable[str]) -> Mapping[str, str]:
    """Returns kind -> digest."""
    return dict(key.split(":", 1) for key in keys)


def is_same(kind: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether both have this kind of key with the same digest."""
    return kind in one and one[kind] == other.get(kind)


def differs(kind: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether both have this kind of key with different digests; a missing key is no difference."""
    return kind in one and kind in other and one[kind] != other[kind]


def is_same_content(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two rows of one run agree in title, text and address."""
    return all(one.get(kind) == other.get(kind) for kind in (TITLE, TEXT, ADDRESS))


def is_other_document(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two versions of one id from different runs are two documents.

    A revision keeps its title or its text. Two departments that number documents separately agree
    in neither, nor in the agency, the address or (for an index number) the date.
    """
    if not differs(TITLE, one, other) or is_same(TEXT, one, other):
        return False
    kinds = (PUBLISHER, ADDRESS, DATE) if is_same(INDEX, one, other) else (PUBLISHER, ADDRESS)
    return any(differs(kind, one, other) for kind in kinds)


def own_id(source: str, record_id: str) -> str:
    """Returns an id within a named source, 财政局~1; an id of that source stays unchanged."""
    prefix = f"{source}{BETWEEN}" if source else ""
    return record_id if record_id.startswith(prefix) else prefix + record_id


def source_of(record_id: str) -> str:
    """Returns the name of the source of an id, or an empty string."""
    name, between, _ = base_id(record_id).partition(BETWEEN)
    return name if between else ""


@lru_cache(_KEPT)
def source_key(source: str) -> str:
    """Returns the key that all records of a source share."""
    return f"{SOURCE}:{_digest(source)}"


def base_id(record_id: str) -> str:
    """Returns the id stated by the row, without a derived suffix."""
    return _DERIVED.sub("", record_id)


def hash_id(publisher: str, number: str, title: str, day: str) -> str:
    """Returns the id of a row that has neither id nor index number."""
    parts = "\x1f".join((publisher, number, title, day))
    return hashlib.blake2b(parts.encode(), digest_size=12).hexdigest()


def is_hash_id(record_id: str) -> bool:
    return bool(_HASHED.fullmatch(base_id(record_id).rpartition(BETWEEN)[2]))


def derive_ids(record_id: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Returns ids for a document whose id is taken: by its address, then by all its keys.

    The address comes first, because it survives a revision of the text.
    """
    said = by_kind(key for key in keys if key.startswith(_DERIVED_FROM))
    whole = [said.get(kind, "") for kind in _DERIVING]
    parts: Sequence[Sequence[str]] = [whole[:1], whole] if whole[0] else [whole]
    return tuple(f"{record_id}{BETWEEN}{_short(part)}" for part in parts)


def _short(parts: Sequence[str]) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=6).hexdigest()


def _digest(value: str) -> str:
    raw = hashlib.blake2b(value.encode(), digest_size=9).digest()
    return b2a_base64(raw, newline=False).translate(_URL_SAFE).decode()


_digest_often = lru_cache(_KEPT)(_digest)


def _letters(text: str) -> str:
    """Returns letters and digits only, without differences in width, case and punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


_letters_of_name = lru_cache(_KEPT)(_letters)


def _fold_address(url: str) -> str:
    """Returns an address without scheme, default port and fragment; empty for a front page."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    except ValueError:
        return url
    path = parts.path.rstrip("/")
    if not parts.query and _FRONT_PAGE.fullmatch(path):
        return ""
    return f"{(parts.hostname or '').lower()}{port}{path}?{parts.query}"
