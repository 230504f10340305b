"""Makes an embedding vector for every public record that lacks one or has changed.

Where many lack one, static vectors come first: a city is searchable within minutes, and the model's
vectors replace them in hours. A run that was interrupted continues where it stopped.
"""

import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.fingerprint import name_parts
from gongkai.engines.installation import Installation
from gongkai.engines.port import Hit, SearchEngine
from gongkai.engines.scan import read_pages
from gongkai.engines.vector_port import StoredVector, VectorStore
from gongkai.errors import EndedProcessError
from gongkai.query.tree import MatchAll
from gongkai.semantic.model_port import EmbeddingModel, Vectors
from gongkai.semantic.models import open_model
from gongkai.semantic.parts import embed_in_parts, text_part
from gongkai.semantic.passages import choose_passage, name_passage
from gongkai.semantic.static_model import (
    StaticVectors,
    Tokenize,
    distill,
    load_static_vectors,
    name_static,
    save_static_vectors,
)

BULK = 10_000
"""Missing vectors from which static vectors come first; the model takes some minutes for them."""
SENT = 32
"""Passages sent to a process at a time."""
KEPT_AT_ONCE = 128
"""Vectors written together."""
_VOCABULARY_RECORDS = 20_000
"""Records whose words get static vectors, the newest."""
OnProgress = Callable[[int, int, int], None]
"""Receives records seen, total records, and vectors made."""


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

    Ends after static vectors, if many are missing, unless `until_complete`. Raises
    MissingModelError, EndedProcessError, EngineUnavailableError.
    """
    settings = installation.settings
    processes = settings.index_processes or os.cpu_count() or 1
    engine = installation.open_engine()
    try:
        with (
            open_embedders(settings.model_folder, processes) as embedders,
            _open_stores(installation, embedders) as (store, static_store),
        ):
            (total,) = await engine.count([MatchAll()])
            if total - store.count() > BULK:
                static = await _open_static(installation, engine, embedders)
                first = await _embed(engine, static_store, static.embed, on_progress)
                if not until_complete:
                    return Embedded(embedders.model, *first, is_static=True)
            done = await _embed(engine, store, embedders.embed, on_progress)
            static_store.prune([])
            return Embedded(embedders.model, *done)
    finally:
        await engine.close()


@contextmanager
def _open_stores(
    installation: Installation, embedders: "Embedders"
) -> Iterator[tuple[VectorStore, VectorStore]]:
    """Opens the store of the model's vectors and that of static vectors."""
    names = embedders.model, name_static(embedders.model)
    first, second = (installation.open_vector_store(n, embedders.dimensions) for n in names)
    with closing(first), closing(second):
        yield first, second


class _StaticEmbedder:
    """Embeds title and text of passages by static vectors."""

    def __init__(self, static: StaticVectors, tokenize: Tokenize) -> None:
        self._static, self._tokenize = static, tokenize

    def embed(self, texts: Sequence[str]) -> Vectors:
        return embed_in_parts(texts, self._embed)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        return self._static.embed([self._tokenize(text) for text in texts])


async def _open_static(
    installation: Installation, engine: SearchEngine, embedders: "Embedders"
) -> _StaticEmbedder:
    """Returns the static vectors of this installation's words, distilled at the first call."""
    name = f"static-{name_parts(embedders.model)}.npz"
    path = installation.settings.data_dir / "models" / name
    tokenize = installation.analyzer.tokenize
    if not path.exists():
        texts: list[str] = []
        async for result in read_pages(engine):
            texts += (text_part(_passage(hit)) for hit in result.hits)
            if len(texts) >= _VOCABULARY_RECORDS:
                break
        random.Random(0).shuffle(texts)
        static = distill(texts, tokenize, lambda some: np.array(list(embedders.embed(some))))
        save_static_vectors(static, path)
    return _StaticEmbedder(load_static_vectors(path), tokenize)


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
    engine: SearchEngine,
    store: VectorStore,
    embed: Callable[[Sequence[str]], Iterable[Vectors]],
    on_progress: OnProgress,
) -> tuple[int, int, int]:
    """Makes the missing vectors of one store; returns how many were made, kept and dropped."""
    every: list[str] = []
    made = kept = 0
    async for result in read_pages(engine):
        passages = {hit.id: _passage(hit) for hit in result.hits}
        known = store.digests(list(passages))
        wanted = {i: text for i, text in passages.items() if known.get(i) != name_passage(text)}
        kept += len(passages) - len(wanted)
        for rows in _make_rows(wanted, embed):
            store.put(rows)
            made += len(rows)
            on_progress(made + kept, max(result.total, made + kept), made)
        every += passages
        on_progress(made + kept, max(result.total, made + kept), made)
    return made, kept, store.prune(every)


def _make_rows(
    passages: Mapping[str, str], embed: Callable[[Sequence[str]], Iterable[Vectors]]
) -> Iterator[list[StoredVector]]:
    """Yields small batches, so that an interrupted run loses little.

    Texts of similar length are sent together, since a model pads a batch to its longest text.
    """
    pairs = sorted(passages.items(), key=lambda pair: len(pair[1]))
    vectors = embed([text for _id, text in pairs])
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
