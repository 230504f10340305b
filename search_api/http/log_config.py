"""The server's logs: one JSON object a line, with the request's number, without its words.

What goes to standard error has no address. The access log on the disk has, for the months that the
law wants it kept (网络安全法, article 21), and nothing in it says what was asked.
"""

import json
import logging
import logging.config
import os
import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from gongkai.files.durable import make_folder, open_private
from gongkai.settings import Settings

_EXTRAS = ("request", "status", "ms")
_ADDRESS = "address"
_FILE = re.compile(r"access-(\d{4}-\d{2}-\d{2})\.jsonl")


class JsonLines(logging.Formatter):
    """time (UTC), level, logger, message, what a record brings of `extras`, frames of an error."""

    def __init__(self, extras: tuple[str, ...] = _EXTRAS) -> None:
        super().__init__()
        self._extras = extras

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in self._extras if hasattr(record, name)})
        if record.exc_info and record.exc_info[0]:
            # Where it happened, without the error's own words: they may quote what was asked.
            kind, _, trace = record.exc_info
            line["trace"] = [*traceback.format_tb(trace), kind.__name__]
        return json.dumps(line, ensure_ascii=False)


class DailyFiles(logging.Handler):
    """access-DATE.jsonl in a folder, a file a day (UTC), those older than `days` deleted.

    Every worker appends whole lines to the same file; nothing is ever renamed. For the owner only.
    """

    def __init__(
        self,
        folder: Path,
        days: int,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        super().__init__()
        self._folder = folder
        self._days = days
        self._today = today
        self._day: date | None = None
        self._file: IO[bytes] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler; a disk that takes nothing costs no answer, nor a word each time."""
        with suppress(OSError):
            self._open().write(self.format(record).encode() + b"\n")

    def close(self) -> None:
        if self._file:
            self._file.close()
        super().close()

    def _open(self) -> IO[bytes]:
        today = self._today()
        if self._file is None or today != self._day:
            if self._file:
                self._file.close()
            make_folder(self._folder)
            self._drop_old(today)
            path = self._folder / f"access-{today.isoformat()}.jsonl"
            # Unbuffered: a line is one write, which no other worker's line can part.
            self._file, self._day = open_private(path, os.O_APPEND, buffering=0), today
        return self._file

    def _drop_old(self, today: date) -> None:
        for path in self._folder.iterdir():
            named = _FILE.fullmatch(path.name)
            if named and date.fromisoformat(named[1]) < today - timedelta(days=self._days):
                path.unlink(missing_ok=True)


def build_logging(settings: Settings) -> dict[str, Any]:
    """For `logging.config.dictConfig`; uvicorn takes it for every worker."""
    handlers: dict[str, Any] = {
        "lines": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
    }
    access: dict[str, Any] = {"level": "INFO"}
    if settings.access_log_dir is not None:
        handlers["days"] = {
            "()": DailyFiles,
            "folder": settings.access_log_dir,
            "days": settings.access_log_days,
            "formatter": "addressed",
        }
        access["handlers"] = ["days"]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": JsonLines},
            "addressed": {"()": JsonLines, "extras": (*_EXTRAS, _ADDRESS)},
        },
        "handlers": handlers,
        "root": {"handlers": ["lines"], "level": "INFO"},
        "loggers": {
            # Elasticsearch's client writes a line a request, addresses and all.
            "elastic_transport": {"level": "WARNING"},
            "uvicorn.access": {"level": "WARNING"},
            "gongkai.access": access,
        },
    }
