"""The public index in, all of it as lines out: what a kiosk's own machine is fed with.

Engine-neutral: a portal on Elasticsearch feeds a kiosk on the embedded engine. What is sent is
what the API shows of each record, no more. `indexer.replicas` reads it.
"""

from collections.abc import AsyncIterator

import orjson

from gongkai.engines.port import REPLICA_FORMAT, SearchEngine
from gongkai.engines.scan import read_pages


async def stream_replica(engine: SearchEngine) -> AsyncIterator[bytes]:
    """A first line that names the format, a line a record, a last line with their number.

    Without the last line a copy is half a copy. In order of dates a commit between two pages
    neither repeats nor skips what was there.
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
