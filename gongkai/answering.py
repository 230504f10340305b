"""An installation in, what answers questions over it out; every command that asks opens it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from engines.opening import Installation
from engines.port import SearchEngine
from queries.relevance import DEFAULT_PROFILE
from search_api.answering import Answering
from semantics.meanings import Meanings


@asynccontextmanager
async def open_answering(
    installation: Installation, profile: str = DEFAULT_PROFILE
) -> AsyncIterator[tuple[Answering, SearchEngine]]:
    """With the words of the index read, and meanings where they are switched on: no hurry here."""
    engine = installation.open_engine()
    meanings = Meanings(installation, engine) if installation.settings.semantic else None
    try:
        answering = Answering(installation, engine, profile=profile, meanings=meanings)
        await answering.vocabulary.words()
        yield answering, engine
    finally:
        if meanings:
            await meanings.close()
        await engine.close()
