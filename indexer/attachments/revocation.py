"""Removes attachment texts from public records if a closed record owns the file too."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.stored_record import decode_record
from gongkai.engines.port import DISCLOSURE, GenerationWriter, IndexDocument, IndexStore
from indexer.attachments.owners import FileOwners
from indexer.documents import build_document
from indexer.record_ids import read_keys
from indexer.replicas import drop_texts


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as stored in an engine, with its identity keys."""

    text: bytes
    identities: Sequence[str]


class TextRevoker:
    """Keeps documents with shared files until they are committed, and removes closed texts."""

    def __init__(self, owners: FileOwners, analyzer: TextAnalyzer) -> None:
        self._owners = owners
        self._analyzer = analyzer
        self._unseen: dict[str, Stored] = {}
        self.revoked: dict[str, IndexDocument] = {}

    def keep(self, document: IndexDocument, files: Sequence[tuple[bytes, int]]) -> None:
        """Keeps a written document: the engine cannot read it back before the commit."""
        self._unseen.pop(document.id, None)
        if any(file in self._owners.shared for file, _ in files):
            self._unseen[document.id] = Stored(document.stored, read_keys(document))

    def clear(self) -> None:
        """Drops the kept documents after a commit."""
        self._unseen.clear()

    def revoke(self, writer: GenerationWriter, off: Iterable[str]) -> None:
        """Rewrites the records that show a file of a closed record.

        `off` are the records that are not public at the end of the run.
        """
        for record_id, places in self._owners.find_affected(off).items():
            stored = self._unseen.get(record_id) or _read(writer, record_id)
            if stored:
                self.revoked[record_id] = _strip(stored, places, self._analyzer)
                writer.put(self.revoked[record_id])

    def restate(self, writer: GenerationWriter, record_ids: Iterable[str]) -> None:
        """Marks these records for removal of their older text from older generations."""
        for record_id in record_ids:
            if stored := _read(writer, record_id):
                self.revoked[record_id] = _strip(stored, (), self._analyzer)

    def erase_older(self, store: IndexStore, writer: GenerationWriter) -> None:
        """Removes the older versions from every generation, like those of closed records.

        The caller has to reopen the ids after the commit.
        """
        if self.revoked:
            store.withdraw(self.revoked, cause=DISCLOSURE)
        for document in self.revoked.values():
            writer.put(document)


def _strip(stored: Stored, places: Collection[int], analyzer: TextAnalyzer) -> IndexDocument:
    record = drop_texts(decode_record(stored.text), places)
    document = build_document(record, analyzer)
    # The places of the files are not stored, but they are part of the record's identity.
    fields = {**document.fields, "identities": tuple(stored.identities)}
    return replace(document, fields=fields)


def _read(writer: GenerationWriter, record_id: str) -> Stored | None:
    text = writer.stored(record_id)
    return Stored(text, writer.identities(record_id)) if text else None
