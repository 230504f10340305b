"""The server's log: one JSON object a line, with the request's number, without its words."""

import json
import logging
import logging.config
import traceback
from datetime import UTC, datetime

_EXTRAS = ("request", "status", "ms")


class JsonLines(logging.Formatter):
    """time (UTC), level, logger, message, what a record brings of _EXTRAS, frames of an error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in _EXTRAS if hasattr(record, name)})
        if record.exc_info and record.exc_info[0]:
            # Where it happened, without the error's own words: they may quote what was asked.
            kind, _, trace = record.exc_info
            line["trace"] = [*traceback.format_tb(trace), kind.__name__]
        return json.dumps(line, ensure_ascii=False)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {
        "lines": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"handlers": ["lines"], "level": "INFO"},
    # Elasticsearch's client writes a line a request, addresses and all.
    "loggers": {"elastic_transport": {"level": "WARNING"}, "uvicorn.access": {"level": "WARNING"}},
}
"""For `logging.config.dictConfig`; uvicorn takes it for every worker."""
