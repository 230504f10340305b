"""Rows in, index documents out, by the product's own way: intake, then analysis."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from gongkai.catalog.intake import Accepted, IntakeRules, take_row
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, IndexDocument
from gongkai.query.tree import MatchAll
from indexer.documents import build_document

BASE: Mapping[str, object] = {
    "title": "关于加强农村饮水安全工作的通知",
    "publisher": "安庆市水利局",
    "published_on": "2020-05-06",
    "disclosure": "主动公开",
}


def read_contents(installation: Installation) -> dict[str, bytes]:
    """What searches show of a small index: id -> what is stored."""

    async def read() -> dict[str, bytes]:
        engine = installation.open_engine()
        found = await engine.search(EngineQuery(MatchAll(), limit=1_000))
        await engine.close()
        return {hit.id: hit.stored for hit in found.hits}

    return asyncio.run(read())


def make_document(installation: Installation, **fields: object) -> IndexDocument:
    """One accepted record with these fields on top of a plain one."""
    outcome = take_row({**BASE, **fields}, IntakeRules(installation.tables))
    assert isinstance(outcome, Accepted), outcome
    return build_document(outcome.record, installation.analyzer)


def changed(installation: Installation, **settings: object) -> Installation:
    """The same with other settings."""
    return replace(installation, settings=installation.settings.model_copy(update=settings))
