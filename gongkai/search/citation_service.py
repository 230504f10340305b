"""Answers what a record cites and what cites it."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.engines.installation import Installation
from gongkai.engines.port import SearchEngine
from gongkai.search.citations import CitationFinder
from gongkai.search.responses import CitedView
from gongkai.search.views import Views


@dataclass(kw_only=True)
class CitationsAnswer:
    """The public records that a record cites, and a page of those that cite it."""

    cites: Annotated[
        list[CitedView],
        Field(description="正文引用的公开信息，按正文的次序，至多 50 条。"),
    ]
    cited_by_total: Annotated[int, Field(description="引用本信息的公开信息的条数。")]
    page: Annotated[int, Field(description="`cited_by` 的页码。")]
    size: Annotated[int, Field(description="`cited_by` 每页的条数。")]
    cited_by: Annotated[list[CitedView], Field(description="引用本信息的公开信息，新发布的在前。")]


class CitationService:
    """Answers for one engine; keeps no state."""

    def __init__(self, installation: Installation, engine: SearchEngine, views: Views) -> None:
        self._engine = engine
        self._finder = CitationFinder(engine, installation.analyzer)
        self._views = views

    async def answer(self, record_id: str, page: int, size: int) -> CitationsAnswer | None:
        """Returns the citations of a record, or None where no public record has this id."""
        stored = await self._engine.fetch(record_id)
        if stored is None:
            return None
        return await self.describe(await asyncio.to_thread(decode_record, stored), page, size)

    async def describe(self, record: StoredRecord, page: int, size: int) -> CitationsAnswer:
        """Returns the citations of a record that was read already."""
        cited, citing = await asyncio.gather(
            self._finder.cited(record), self._finder.citing(record, page, size)
        )
        return CitationsAnswer(
            cites=[self._views.cited(each.record, is_basis=each.is_basis) for each in cited],
            cited_by_total=citing.total,
            page=page,
            size=size,
            cited_by=[
                self._views.cited(each.record, is_basis=each.is_basis) for each in citing.records
            ],
        )
