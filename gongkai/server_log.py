"""The server's log: one JSON object a line, with the request's number, without its words."""

import json
import logging
import logging.config
from datetime import UTC, datetime

_EXTRAS = ("request", "status", "ms")


class JsonLines(logging.Formatter):
    """time (UTC), level, logger, message and what a record brings of _EXTRAS."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in _EXTRAS if hasattr(record, name)})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
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
