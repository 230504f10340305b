"""A whole list is read in pages whose stored bytes stay near a limit, each record once."""

import asyncio
from collections.abc import Sequence
from contextlib import closing

import pytest

from gongkai.engines.installation import Installation
from gongkai.engines.port import Hit
from gongkai.engines.scan import EVERY, read_pages
from tests.engines.records import make_document

PAGE_BYTES = 60_000
LARGE = 20_000


@pytest.fixture
def pages(fresh: Installation) -> list[Sequence[Hit]]:
    """Fifty small records, forty large ones, sixty small ones; several share a day."""
    with closing(fresh.open_store()) as store, store.update() as writer:
        for number in range(150):
            body = "水" * LARGE if 50 <= number < 90 else "水"
            day = f"{2000 + number // 20}-05-{number % 20 // 4 + 1:02}"
            writer.put(make_document(fresh, id=f"r{number}", published_on=day, body=body))
        writer.commit()
        store.publish(writer.name)

    async def read() -> list[Sequence[Hit]]:
        engine = fresh.open_engine()
        try:
            return [each.hits async for each in read_pages(engine, EVERY, PAGE_BYTES)]
        finally:
            await engine.close()

    return asyncio.run(read())


def test_pages_shrink_with_large_records_and_miss_none(pages: list[Sequence[Hit]]) -> None:
    ids = [hit.id for page in pages for hit in page]
    assert len(ids) == len(set(ids)) == 150
    sizes = [sum(len(hit.stored) for hit in page) for page in pages]
    too_large = [at for at, size in enumerate(sizes) if size > 2 * PAGE_BYTES]
    assert len(too_large) <= 1, "only the page that follows small records may be too large"
    assert len(pages[-1]) > 1
