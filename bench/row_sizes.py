"""Measures intake and analysis of one row with one oversized field: time and memory by size.

    python -m bench.row_sizes [FACTOR ...]

Each field is filled to FACTOR times its usual length (10, 100, 1,000 and 10,000 by default) with
each filler text. The table shows the slowest filler of each field and size. A row that takes longer
than LIMIT_SECONDS is stopped and shown as such.
"""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from gongkai.catalog.intake import Accepted, IntakeRules, take_row
from gongkai.engines.installation import Installation, open_installation
from gongkai.settings import Settings
from indexer.documents import build_document

LIMIT_SECONDS = 20.0
FACTORS = (10, 100, 1_000, 10_000)
BASE: dict[str, object] = {
    "title": "关于加强农村饮水安全工作的通知",
    "publisher": "安庆市水利局",
    "published_on": "2020-05-06",
    "disclosure": "主动公开",
}
USUAL: dict[str, int] = {
    "id": 20,
    "index_number": 25,
    "title": 25,
    "document_number": 15,
    "publisher": 10,
    "issued_on": 10,
    "published_on": 10,
    "category": 5,
    "topic": 12,
    "audience": 8,
    "life_event": 8,
    "genre": 2,
    "format": 2,
    "disclosure": 4,
    "validity": 2,
    "keywords": 15,
    "summary": 100,
    "body": 1_000,
    "url": 50,
    "attachments": 20,
    "备注": 20,
}
"""Usual number of characters of each field. 备注 is a column unknown to the catalog."""
FILLERS = (
    *("类", "a/", "a>", "-", "=", "—", ">", "a;", "a,", "类 ", " ", "　", "1", "1 ", "一、", "第1"),
    *("号", "年", "2008年", "2008-", "〔", "（", "《", "〔2008〕", "关于", "废止《", "公开", "“"),
    *("国发〔2008〕1号", "003127334/200902-1", "62", "6222 ", "<p>", "<p ", "<", "&", "&amp;"),
    *("http://a", "x@", "Ａ", "\n", "。", "、", "通知", "局", "市", "\u200b", "原", "以及"),
    *(".", "../", "a:", "a\u0300", "第一届"),
)


def build_row(field: str, filler: str, length: int) -> dict[str, object]:
    """Returns the base row with one field of `length` characters."""
    text = (filler * (length // len(filler) + 1))[:length]
    start = "http://a/" if field == "url" else ""
    return {**BASE, field: start + text}


def build_many(field: str, _: str, length: int) -> dict[str, object]:
    """Returns the base row with one field of many values, `length` characters in total."""
    if field == "attachments":
        return {
            **BASE,
            field: [{"name": f"附件{n}", "url": f"{n}.pdf"} for n in range(length // 20)],
        }
    if field == "备注":
        return {**BASE, **{f"列{n}": f"值{n}" for n in range(length // 10)}}
    return {**BASE, field: [f"类{n}/{n}" for n in range(max(length // 8, 1))]}


def build_nested(field: str, _: str, length: int) -> dict[str, object]:
    """Returns the base row with one field of nested lists, `length` levels deep (at most 200)."""
    value: object = "深"
    for _level in range(min(length, 200)):
        value = [value]
    return {**BASE, field: value}


def take(installation: Installation, row: dict[str, object]) -> str:
    """Runs intake and analysis of one row; returns the outcome."""
    outcome = take_row(row, IntakeRules(installation.tables))
    if not isinstance(outcome, Accepted):
        return f"{type(outcome).__name__} {outcome.reason}"
    build_document(outcome.record, installation.analyzer)
    return "Accepted " + " ".join(code for _, code in outcome.warnings)


def _work(installation: Installation, pipe: Connection) -> None:
    while True:
        row = pipe.recv()
        before = _peak()
        started = time.perf_counter()
        outcome = take(installation, row)
        pipe.send((time.perf_counter() - started, max(_peak() - before, 0), outcome))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class Worker:
    """A process that takes rows. It is killed and restarted if a row takes too long."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._begin()

    def measure(self, row: dict[str, object]) -> tuple[float, int, str]:
        """Returns seconds, megabytes and outcome."""
        self._pipe.send(row)
        if not self._pipe.poll(LIMIT_SECONDS):
            self.end()
            self._begin()
            return LIMIT_SECONDS, 0, "STOPPED"
        try:
            seconds, megabytes, outcome = self._pipe.recv()
        except EOFError:
            self.end()
            self._begin()
            return 0.0, 0, "CRASHED"
        return seconds, megabytes, outcome

    def end(self) -> None:
        """Stops the process."""
        self._process.kill()
        self._process.join()

    def _begin(self) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_work, args=(self._installation, other), daemon=True)
        self._process.start()
        other.close()


def measure_field(worker: Worker, field: str, factors: list[int]) -> None:
    """Prints a line for each size: the slowest filler and the outcome of its row."""
    shapes: list[tuple[str, Callable[[str, str, int], dict[str, object]], str]] = [
        *((repr(filler), build_row, filler) for filler in FILLERS),
        ("many values", build_many, ""),
        ("nested", build_nested, ""),
    ]
    stopped: set[str] = set()
    for factor in factors:
        slowest = (0.0, 0, "", "")
        for name, build, filler in shapes:
            if name in stopped:
                continue
            seconds, megabytes, outcome = worker.measure(
                build(field, filler, USUAL[field] * factor)
            )
            if seconds > 5:
                stopped.add(name)
            slowest = max(slowest, (seconds, megabytes, name, outcome))
        seconds, megabytes, name, outcome = slowest
        print(
            f"{field:<16} x{factor:<6} {seconds * 1e3:9.1f} ms {megabytes:6} MB  {name}: {outcome}",
            flush=True,
        )


if __name__ == "__main__":
    installed = open_installation(Settings())
    installed.analyzer.prepare()
    worker = Worker(installed)
    asked = [int(each) for each in sys.argv[1:]] or list(FACTORS)
    for each in USUAL:
        measure_field(worker, each, asked)
    worker.end()
