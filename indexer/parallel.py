"""Transforms source rows in several processes, in order.

Analysis takes most of a run's time, and one Python process uses one processor. The processes are
forked with the loaded dictionary. They have to start before any object is opened that must not be
forked: locks, connections, threads of an engine.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.intake import IntakeRules
from gongkai.errors import EndedProcessError
from indexer.sources.row import Row, SourceRow
from indexer.transform import (
    DEFAULT_OPTIONS,
    Chunk,
    FileDigests,
    Prepared,
    TransformOptions,
    cut_chunks,
    transform_rows,
)

SENT_ROWS = 64
SENT_CHARACTERS = 300_000
"""Maximum size of one task. The texts of attachments come back with their row."""
Prepare: TypeAlias = Callable[[Iterable[Row], FileDigests], Iterator[Chunk]]
"""Takes rows, and attachment files that no record may show (see `transform_rows`)."""


@contextmanager
def open_transform(
    rules: IntakeRules,
    analyzer: TextAnalyzer,
    processes: int,
    options: TransformOptions = DEFAULT_OPTIONS,
) -> Iterator[Prepare]:
    """Returns `transform_rows` run by several processes, or by this one if one is enough.

    Raises EndedProcessError if a process was killed.
    """
    if processes < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield partial(transform_rows, rules=rules, analyzer=analyzer, options=options)
        return
    analyzer.prepare()
    pool = ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("fork"),
        initializer=_begin,
        initargs=(rules, analyzer, options),
    )
    try:
        # The first task starts all processes.
        pool.submit(os.getpid).result()
        yield partial(_prepare_beside, pool, 2 * processes)
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare_beside(
    pool: ProcessPoolExecutor, ahead: int, rows: Iterable[Row], closed: FileDigests
) -> Iterator[Chunk]:
    """Yields chunks in order. At most `ahead` are in progress, which limits memory."""
    waiting: deque[tuple[Sequence[Row], Future[Sequence[Prepared]]]] = deque()
    try:
        for chunk in cut_chunks(rows, _count_characters, SENT_ROWS, SENT_CHARACTERS):
            waiting.append((chunk, pool.submit(_prepare_chunk, chunk, closed)))
            if len(waiting) >= ahead:
                yield _join(*waiting.popleft())
        while waiting:
            yield _join(*waiting.popleft())
    except BrokenProcessPool:
        raise EndedProcessError from None


def _join(rows: Sequence[Row], made: Future[Sequence[Prepared]]) -> Chunk:
    return list(zip(rows, made.result(), strict=True))


def _count_characters(row: Row) -> int:
    if not isinstance(row, SourceRow):
        return 0
    return sum([len(each) for each in row.fields.values() if isinstance(each, str)])


_given: tuple[IntakeRules, TextAnalyzer, TransformOptions]


def _begin(rules: IntakeRules, analyzer: TextAnalyzer, options: TransformOptions) -> None:
    global _given  # noqa: PLW0603 # what a process of the pool has to work with
    _given = rules, analyzer, options
    # Ctrl-C is handled by the main process, which stops its children. They also end with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _prepare_chunk(rows: Sequence[Row], closed: FileDigests) -> Sequence[Prepared]:
    rules, analyzer, options = _given
    chunks = transform_rows(rows, closed, rules, analyzer, options)
    return [prepared for chunk in chunks for _, prepared in chunk]
