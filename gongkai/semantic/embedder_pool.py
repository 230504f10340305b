"""A pool of processes that compute the model's vectors of texts."""

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from gongkai.errors import EndedProcessError
from gongkai.semantic.model_port import EmbeddingModel, Vectors
from gongkai.semantic.models import open_model

SENT = 32
"""Passages sent to a process at a time."""


class EmbedderPool:
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
def open_embedder_pool(folder: Path, processes: int) -> Iterator[EmbedderPool]:
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
        yield EmbedderPool(pool)
    except BrokenProcessPool:
        raise EndedProcessError from None
    finally:
        pool.shutdown(cancel_futures=True)


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
