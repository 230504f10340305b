"""Streams the whole public index as lines, to feed the replica of a kiosk.

The format is engine-neutral: a portal on Elasticsearch can feed a kiosk on the embedded engine. A
line holds no more of a record than the API shows.
"""

from collections.abc import AsyncIterator

import orjson

from gongkai.engines.port import REPLICA_FORMAT, SearchEngine
from gongkai.engines.scan import read_pages

END = b'{"end":'
"""How the last line of a copy starts."""


async def stream_replica(engine: SearchEngine) -> AsyncIterator[bytes]:
    """Yields a first line with the format, a line a record, and a last line with their number.

    A copy without the last line is incomplete. Records are in date order, so that a commit between
    two pages neither repeats nor skips earlier records.
    """
    count: int | None = None
    async for result in read_pages(engine):
        if count is None:
            count = 0
            head = {"format": REPLICA_FORMAT, "generation": result.generation}
            yield _line({**head, "records": result.total})
        if result.hits:
            count += len(result.hits)
            yield b"".join(hit.stored + b"\n" for hit in result.hits)
    yield _line({"end": count})


def _line(content: dict[str, object]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)
