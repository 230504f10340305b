"""Builds an entry of the vocabulary from what staff typed."""

from analyzers.synonyms import ONE_WAY
from gongkai.query.vocabulary import key_of
from gongkai.staff.vocabulary import Entry, EntryKind
from search_api.staff.typed_id import read_record_id


def make_entry(kind: EntryKind, term: str, target: str, direction: str, expires: str) -> Entry:
    """Returns an entry with the form that it is stored in."""
    words = " ".join(target.split())
    return Entry(
        kind,
        key_of(term),
        {EntryKind.PIN: read_record_id(target), EntryKind.SYNONYM: words, EntryKind.WORD: ""}[kind],
        direction if kind is EntryKind.SYNONYM else ONE_WAY,
        expires.strip(),
    )
