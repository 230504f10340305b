"""An installation in, what answers questions over it out; every command that asks opens it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gongkai.engines.installation import Installation
from gongkai.engines.port import SearchEngine
from gongkai.query.relevance import DEFAULT_PROFILE
from gongkai.search.service import SearchService
from gongkai.semantic.semantic_search import SemanticSearch


@asynccontextmanager
async def open_service(
    installation: Installation, profile: str = DEFAULT_PROFILE
) -> AsyncIterator[tuple[SearchService, SearchEngine]]:
    """With the words of the index read, and meanings where they are switched on: no hurry here."""
    engine = installation.open_engine()
    meanings = SemanticSearch(installation, engine) if installation.settings.semantic else None
    try:
        service = SearchService(installation, engine, profile=profile, meanings=meanings)
        await service.term_dictionary.words()
        yield service, engine
    finally:
        if meanings:
            await meanings.close()
        await engine.close()
