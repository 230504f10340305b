"""Makes an embedding vector for every public record that lacks one or has changed.

A run that was interrupted continues where it stopped.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.installation import Installation
from gongkai.engines.port import Hit, SearchEngine
from gongkai.engines.scan import read_pages
from gongkai.engines.vector_port import StoredVector, VectorStore
from gongkai.errors import EndedProcessError
from gongkai.semantic.model_port import EmbeddingModel, Vectors
from gongkai.semantic.models import open_model
from gongkai.semantic.passages import choose_passage, name_passage

SENT = 32
"""Passages sent to a process at a time."""
KEPT_AT_ONCE = 128
"""Vectors written together."""
OnProgress = Callable[[int, int, int], None]
"""Receives records seen, total records, and vectors made."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The result of a run: vectors `made`, `kept` unchanged, and `dropped` for deleted records."""

    model: str
    made: int
    kept: int
    dropped: int


async def embed_records(installation: Installation, on_progress: OnProgress) -> Embedded:
    """Makes the missing vectors of all public records.

    Raises MissingModelError, EndedProcessError, EngineUnavailableError.
    """
    settings = installation.settings
    processes = settings.index_processes or os.cpu_count() or 1
    engine = installation.open_engine()
    try:
        with open_embedders(settings.model_folder, processes) as embedders:
            store = installation.open_vector_store(embedders.model, embedders.dimensions)
            with closing(store):
                return await _embed(engine, store, embedders, on_progress)
    finally:
        await engine.close()


class Embedders:
    """A pool of processes with one model each."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self.model, self.dimensions = pool.submit(_describe).result()

    def embed(self, texts: Sequence[str]) -> Iterator[Vectors]:
        """Yields the vectors of the texts, in order."""
        parts = [texts[start : start + SENT] for start in range(0, len(texts), SENT)]
        for part in self._pool.map(_embed_here, parts):
            yield from part


@contextmanager
def open_embedders(folder: Path, processes: int) -> Iterator[Embedders]:
    """Opens a pool of spawned processes; the threads of a model do not survive a fork."""
    # Opened here first, so that a faulty model is reported once and not by each process.
    open_model(folder)
    pool = ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(folder,),
    )
    try:
        yield Embedders(pool)
    except BrokenProcessPool:
        raise EndedProcessError from None
    finally:
        pool.shutdown(cancel_futures=True)


async def _embed(
    engine: SearchEngine, store: VectorStore, embedders: Embedders, on_progress: OnProgress
) -> Embedded:
    every: list[str] = []
    made = kept = 0
    async for result in read_pages(engine):
        passages = {hit.id: _passage(hit) for hit in result.hits}
        known = store.digests(list(passages))
        wanted = {i: text for i, text in passages.items() if known.get(i) != name_passage(text)}
        kept += len(passages) - len(wanted)
        for rows in _make_rows(wanted, embedders):
            store.put(rows)
            made += len(rows)
            on_progress(made + kept, max(result.total, made + kept), made)
        every += passages
        on_progress(made + kept, max(result.total, made + kept), made)
    return Embedded(embedders.model, made, kept, store.prune(every))


def _make_rows(passages: Mapping[str, str], embedders: Embedders) -> Iterator[list[StoredVector]]:
    """Yields small batches, so that an interrupted run loses little.

    Texts of similar length are sent together, since a model pads a batch to its longest text.
    """
    pairs = sorted(passages.items(), key=lambda pair: len(pair[1]))
    vectors = embedders.embed([text for _id, text in pairs])
    rows = (
        StoredVector(record_id, name_passage(text), vector)
        for (record_id, text), vector in zip(pairs, vectors, strict=True)
    )
    while some := list(islice(rows, KEPT_AT_ONCE)):
        yield some


def _passage(hit: Hit) -> str:
    return choose_passage(decode_record(hit.stored))


_model: EmbeddingModel


def _begin(folder: Path) -> None:
    global _model  # noqa: PLW0603 # what a process of the pool has to work with
    # The parent process handles Ctrl-C and ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _model = open_model(folder).model


def _describe() -> tuple[str, int]:
    return _model.name, _model.dimensions


def _embed_here(texts: Sequence[str]) -> Vectors:
    return _model.embed_passages(texts)
