"""Structured log events: a name and fields, formatted as one JSON line each.

A field is a count, a name or a state. It never contains the text or the id of a record, nor the
name of a source file, which may be a title.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from gongkai.settings import Settings

Value = str | int | float | None


def log_event(logger: logging.Logger, event: str, **fields: Value) -> None:
    """Logs an event such as `generation.published` at level INFO; its name is the message."""
    logger.info(event, extra={"fields": fields})


def configure_logging(settings: Settings) -> None:
    """Writes the log of a command to standard error as JSON lines, from the level that is set."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("gongkai")
    logger.handlers = [handler]
    logger.setLevel(settings.log_level.upper())


class JsonLines(logging.Formatter):
    """Formats a log record as JSON: time (UTC), level, logger, message, fields, stack frames.

    `extras` names further attributes of a record to format.
    """

    def __init__(self, extras: tuple[str, ...] = ()) -> None:
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
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0]:
            # Log the stack without the error message, which may quote the query.
            kind, _, trace = record.exc_info
            line["trace"] = [*traceback.format_tb(trace), kind.__name__]
        return json.dumps(line, ensure_ascii=False)
