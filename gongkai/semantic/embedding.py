"""Makes an embedding vector for every public record that lacks one or has changed.

Where many lack one, static vectors come first: a city is searchable within minutes, and the model's
vectors replace them in hours, those of records that queries find first. A run that was interrupted
continues where it stopped.
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import numpy as np

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.fingerprint import name_parts
from gongkai.engines.installation import Installation
from gongkai.engines.port import Hit, SearchEngine
from gongkai.engines.scan import fetch_hits, read_pages
from gongkai.engines.vector_port import StoredVector, VectorStore
from gongkai.query.tree import MatchAll
from gongkai.semantic.embedder_pool import EmbedderPool, open_embedder_pool
from gongkai.semantic.found_records import FoundRecords
from gongkai.semantic.model_port import Vectors
from gongkai.semantic.parts import embed_in_parts, text_part
from gongkai.semantic.passages import (
    choose_passage,
    is_static,
    is_vector_of,
    name_passage,
    name_static,
)
from gongkai.semantic.static_model import (
    StaticVectors,
    Tokenize,
    distill,
    load_static_vectors,
    save_static_vectors,
)

BULK = 10_000
"""Missing vectors from which static vectors come first; the model takes some minutes for them."""
KEPT_AT_ONCE = 128
"""Vectors written together."""
_TAKEN_AT_ONCE = 500
"""Records that queries found, between two pages of all records."""
_VOCABULARY_RECORDS = 20_000
"""Records whose words get static vectors, the newest."""
OnProgress = Callable[[int, int, int], None]
"""Receives records seen, total records, and vectors made."""
Embed = Callable[[Sequence[str]], Iterable[Vectors]]


@dataclass(frozen=True, slots=True)
class Embedded:
    """The result of a run: vectors `made`, `kept` unchanged, and `dropped` for deleted records.

    `is_static` where the model's own vectors are still missing.
    """

    model: str
    made: int
    kept: int
    dropped: int
    is_static: bool = False


async def embed_records(
    installation: Installation, on_progress: OnProgress, *, until_complete: bool = True
) -> Embedded:
    """Makes the missing vectors of all public records.

    Leaves static vectors as they are, unless `until_complete`. Raises MissingModelError,
    EndedProcessError, EngineUnavailableError.
    """
    settings = installation.settings
    processes = settings.index_processes or os.cpu_count() or 1
    engine, found = installation.open_engine(), FoundRecords(settings.data_dir)
    try:
        with (
            open_embedder_pool(settings.model_folder, processes) as pool,
            closing(installation.open_vector_store(pool.model, pool.dimensions)) as store,
        ):
            (total,) = await engine.count([MatchAll()])
            kinds = [_Kind(pool.embed, replaces_static=until_complete)]
            if total - store.count() > BULK:
                static = await _open_static(installation, engine, pool)
                kinds = [_Kind(static.embed, makes_static=True), *(kinds if until_complete else ())]
            runs = [_Run(engine, store, found, on_progress, kind) for kind in kinds]
            for run in runs:
                await run.embed_all()
            return runs[-1].report(pool.model)
    finally:
        await engine.close()


class _StaticEmbedder:
    """Embeds title and text of passages by static vectors."""

    def __init__(self, static: StaticVectors, tokenize: Tokenize) -> None:
        self._static, self._tokenize = static, tokenize

    def embed(self, texts: Sequence[str]) -> Vectors:
        return embed_in_parts(texts, self._embed)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        return self._static.embed([self._tokenize(text) for text in texts])


async def _open_static(
    installation: Installation, engine: SearchEngine, pool: EmbedderPool
) -> _StaticEmbedder:
    """Returns the static vectors of this installation's words, distilled at the first call."""
    name = f"static-{name_parts(pool.model)}.npz"
    path = installation.settings.data_dir / "models" / name
    tokenize = installation.analyzer.tokenize
    if not path.exists():
        texts: list[str] = []
        async for result in read_pages(engine):
            texts += (text_part(_passage(hit)) for hit in result.hits)
            if len(texts) >= _VOCABULARY_RECORDS:
                break
        random.Random(0).shuffle(texts)
        static = distill(texts, tokenize, lambda some: np.array(list(pool.embed(some))))
        save_static_vectors(static, path)
    return _StaticEmbedder(load_static_vectors(path), tokenize)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Which vectors a pass makes, and whether it replaces static ones."""

    embed: Embed
    makes_static: bool = False
    replaces_static: bool = False

    def wants(self, digest: str | None, passage: str) -> bool:
        """Whether the passage needs a vector; `digest` is that of the record's vector."""
        if digest is None or (self.replaces_static and is_static(digest)):
            return True
        return not is_vector_of(digest, passage)

    def name(self, passage: str) -> str:
        digest = name_passage(passage)
        return name_static(digest) if self.makes_static else digest


class _Run:
    """One pass over all records; counts what it did."""

    def __init__(
        self,
        engine: SearchEngine,
        store: VectorStore,
        found: FoundRecords,
        on_progress: OnProgress,
        kind: _Kind,
    ) -> None:
        self._engine, self._store, self._kind = engine, store, kind
        self._found, self._on_progress = found, on_progress
        self._made = self._seen = self._static = self._dropped = 0

    async def embed_all(self) -> None:
        """Makes the missing vectors and deletes those of records that are gone."""
        every: list[str] = []
        async for result in read_pages(self._engine):
            if self._kind.replaces_static:
                await self._embed_found()
            self._embed_hits(result.hits, result.total)
            self._seen += len(result.hits)
            every += (hit.id for hit in result.hits)
            self._report_progress(result.total)
        self._dropped = self._store.prune(every)

    def report(self, model: str) -> Embedded:
        """Returns the counts of the pass."""
        kept = max(self._seen - self._made, 0)
        return Embedded(model, self._made, kept, self._dropped, is_static=self._static > 0)

    async def _embed_found(self) -> None:
        """Makes the vectors of records that queries found since the last page."""
        while ids := self._found.take(_TAKEN_AT_ONCE):
            hits = await fetch_hits(self._engine, ids)
            self._embed_hits(list(hits.values()), 0)

    def _embed_hits(self, hits: Sequence[Hit], total: int) -> None:
        kind = self._kind
        passages = {hit.id: _passage(hit) for hit in hits}
        known = self._store.digests(list(passages))
        wanted = {i: text for i, text in passages.items() if kind.wants(known.get(i), text)}
        self._static += sum(is_static(known.get(i, "")) for i in passages if i not in wanted)
        for rows in _make_rows(wanted, kind):
            self._store.put(rows)
            self._made += len(rows)
            self._static += len(rows) * kind.makes_static
            self._report_progress(total)

    def _report_progress(self, total: int) -> None:
        seen = max(self._seen, self._made)
        self._on_progress(seen, max(total, seen), self._made)


def _make_rows(passages: Mapping[str, str], kind: _Kind) -> Iterator[list[StoredVector]]:
    """Yields small batches, so that an interrupted run loses little.

    Texts of similar length are sent together, since a model pads a batch to its longest text.
    """
    pairs = sorted(passages.items(), key=lambda pair: len(pair[1]))
    vectors = kind.embed([text for _id, text in pairs])
    rows = (
        StoredVector(record_id, kind.name(text), vector)
        for (record_id, text), vector in zip(pairs, vectors, strict=True)
    )
    while some := list(islice(rows, KEPT_AT_ONCE)):
        yield some


def _passage(hit: Hit) -> str:
    return choose_passage(decode_record(hit.stored))
