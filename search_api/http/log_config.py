"""Log configuration: one JSON object per line, with the request id and without the query.

Logs on standard error contain no client address. The access log on disk does, for the retention
period required by law (网络安全法, article 21); it never contains a query.
"""

import logging
import logging.config
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from gongkai.events import JsonLines
from gongkai.files.durable import make_folder, open_private
from gongkai.settings import Settings

_ADDRESS = "address"
_FILE = re.compile(r"access-(\d{4}-\d{2}-\d{2})\.jsonl")


class DailyFiles(logging.Handler):
    """Writes access-DATE.jsonl, one file per UTC day; deletes files older than `days`.

    Every worker appends whole lines to the same file. Files are never renamed. Only the owner can
    read them.
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
        """See logging.Handler.

        A write error is ignored: it must not fail the request or flood the log.
        """
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
            # Unbuffered: each line is one write, so lines of different workers do not mix.
            self._file, self._day = open_private(path, os.O_APPEND, buffering=0), today
        return self._file

    def _drop_old(self, today: date) -> None:
        for path in self._folder.iterdir():
            named = _FILE.fullmatch(path.name)
            if named and date.fromisoformat(named[1]) < today - timedelta(days=self._days):
                path.unlink(missing_ok=True)


def build_logging(settings: Settings) -> dict[str, Any]:
    """Returns the configuration for `logging.config.dictConfig`, used by every uvicorn worker."""
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
            "addressed": {"()": JsonLines, "extras": (_ADDRESS,)},
        },
        "handlers": handlers,
        "root": {"handlers": ["lines"], "level": "INFO"},
        "loggers": {
            # The Elasticsearch client logs one line per request, with its address.
            "elastic_transport": {"level": "WARNING"},
            "uvicorn.access": {"level": "WARNING"},
            "gongkai.access": access,
        },
    }
