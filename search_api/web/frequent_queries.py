"""The frequent queries of a hall's table that find records."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService

_COUNTED = SearchRequest(size=1, facets=(), highlight=False, correct=False, semantic=False)


async def find_frequent(service: SearchService, words: Iterable[str]) -> list[str]:
    """Returns the queries that find records, in the given order."""
    listed = list(words)
    answers = await asyncio.gather(
        *(service.search(replace(_COUNTED, text=word)) for word in listed)
    )
    return [word for word, answer in zip(listed, answers, strict=True) if answer.total]
