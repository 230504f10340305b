"""Chooses an id for every accepted row, so that no document replaces another.

It is the id that the row states or that follows from the row, unless another document has it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gongkai.catalog.identity import (
    ADDRESS,
    TEXT,
    by_kind,
    derive_ids,
    differs,
    is_hash_id,
    is_other_document,
    is_same_content,
)
from gongkai.engines.port import GenerationWriter, IndexDocument
from indexer.documents import rename_document
from indexer.run_register import Place, RunRegister
from indexer.transform import Chunk, Ready


@dataclass(frozen=True, slots=True)
class Named:
    """A document under its id.

    `clash` is the id it shares with another document; `other` is the place of that document in this
    run (None if it is of an earlier run).
    """

    document: IndexDocument
    clash: str | None = None
    other: Place | None = None


def read_keys(document: IndexDocument) -> tuple[str, ...]:
    keys = document.fields["identities"]
    return tuple(keys) if not isinstance(keys, str | int) else ()


def list_ids(chunk: Chunk) -> Iterator[str]:
    """Yields the ids under which records of a chunk may be written."""
    for _, prepared in chunk:
        if isinstance(prepared, Ready):
            document = prepared.document
            yield document.id
            yield from derive_ids(document.id, read_keys(document))


def choose_id(document: IndexDocument, writer: GenerationWriter, register: RunRegister) -> Named:
    """Returns the document under an id that is unique in this run and in the index."""
    stated, keys = document.id, read_keys(document)
    taken = register.get(stated)
    if taken is not None:
        if is_same_content(by_kind(taken.keys), by_kind(keys)):
            return Named(document)
        return Named(_derive(document, by_kind(taken.keys), register), stated, taken.place)
    if writer.contains(stated, document.revision):
        return Named(document)
    for derived in derive_ids(stated, keys):
        if writer.contains(derived) and register.get(derived) is None:
            # An earlier run has already separated it from the document with that id.
            return Named(rename_document(document, derived))
    held = by_kind(writer.identities(stated)) if writer.contains(stated) else {}
    if held and _is_another(stated, held, by_kind(keys)):
        return Named(_derive(document, held, register), stated)
    return Named(document)


def _is_another(record_id: str, held: Mapping[str, str], said: Mapping[str, str]) -> bool:
    if is_hash_id(record_id):
        # Agency, title and date are equal, or the id would differ.
        return differs(ADDRESS, held, said) and differs(TEXT, held, said)
    return is_other_document(held, said)


def _derive(
    document: IndexDocument, other: Mapping[str, str], register: RunRegister
) -> IndexDocument:
    keys = read_keys(document)
    said = by_kind(keys)
    derived = derive_ids(document.id, keys)
    if said.get(ADDRESS) == other.get(ADDRESS):
        derived = derived[-1:]
    for record_id in derived:
        taken = register.get(record_id)
        if taken is None or is_same_content(by_kind(taken.keys), said):
            break
    return rename_document(document, record_id)
