"""A writer that keeps the content of the public records that it replaces."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from gongkai.catalog.disclosure import Disclosure
from gongkai.engines.earlier_versions import EarlierVersions
from gongkai.engines.fingerprint import read_digest
from gongkai.engines.port import GenerationWriter, IndexDocument
from gongkai.errors import StorageError

_RECORDS, _BYTES = 500, 1_000_000
"""Records and bytes written before the live content is read. An engine sends more than that at
once, so that it still has the old content, even where it shows writes before their commit.
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where replaced content goes, and how to read what the live generation has now."""

    versions: EarlierVersions
    read_digests: Callable[[Sequence[str]], Iterator[tuple[str, str]]]
    read_live: Callable[[Sequence[str]], Iterator[tuple[str, bytes]]]


class KeepingWriter:
    """See GenerationWriter. Replaced content is kept before each commit.

    A record whose text is not public any more (依申请公开) loses its versions.

    A run that is killed between the two leaves a version that equals the public record.
    """

    def __init__(self, writer: GenerationWriter, kept: Kept) -> None:
        self._writer = writer
        self._kept = kept
        self._digests: dict[str, str] = {}
        self._bytes = 0
        self._closed: set[str] = set()

    @property
    def name(self) -> str:
        return self._writer.name

    def prefetch(self, record_ids: Iterable[str]) -> None:
        self._writer.prefetch(record_ids)

    def contains(self, document_id: str, revision: str | None = None) -> bool:
        return self._writer.contains(document_id, revision)

    def put(self, document: IndexDocument) -> None:
        if _is_open(document):
            self._digests[document.id] = read_digest(document.revision)
        else:
            self._digests.pop(document.id, None)
            self._closed.add(document.id)
        self._bytes += len(document.stored)
        if len(self._digests) >= _RECORDS or self._bytes >= _BYTES:
            self._keep_replaced()
        self._writer.put(document)

    def delete(self, record_id: str) -> None:
        self._writer.delete(record_id)

    def commit(self) -> None:
        self._keep_replaced()
        self._kept.versions.erase(self._closed)
        self._closed = set()
        self._writer.commit()

    def identities(self, record_id: str) -> tuple[str, ...]:
        return self._writer.identities(record_id)

    def stored(self, record_id: str) -> bytes | None:
        return self._writer.stored(record_id)

    def count(self) -> int:
        return self._writer.count()

    def pop_rejected(self) -> Mapping[str, str]:
        return self._writer.pop_rejected()

    def _keep_replaced(self) -> None:
        digests, self._digests, self._bytes = self._digests, {}, 0
        if digests:
            self._kept.versions.keep(self._read_replaced(digests))

    def _read_replaced(self, digests: Mapping[str, str]) -> list[tuple[str, bytes]]:
        """Returns id and stored content of what differs; of a damaged generation, nothing."""
        try:
            live = self._kept.read_digests(list(digests))
            replaced = [each for each, digest in live if digest != digests[each]]
            return list(self._kept.read_live(replaced)) if replaced else []
        except StorageError:
            # A restore or a rebuild replaces it, and `gongkai doctor` reports it.
            return []

    def __enter__(self) -> Self:
        self._writer.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.__exit__(kind, error, trace)


def _is_open(document: IndexDocument) -> bool:
    """Whether the text of a record is public."""
    return document.fields["disclosure"] == (Disclosure.PUBLIC.value,)
