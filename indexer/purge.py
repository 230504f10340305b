"""The live index in, the same records in fresh files out, and every older file gone.

A deleted record's bytes stay in the files of the index until they are merged by chance. `gongkai
purge` calls this so that they are gone when it returns.
"""

import asyncio
from contextlib import closing
from dataclasses import dataclass

import orjson

from gongkai.catalog.intake import IntakeRules
from gongkai.engines.installation import Installation
from gongkai.engines.port import GenerationWriter
from gongkai.engines.scan import read_hits
from indexer.documents import build_document
from indexer.kept_rejects import purge_rejects
from indexer.replicas import restore_record


@dataclass(frozen=True, slots=True)
class Purged:
    """The new generation, its records, and the generations that were dropped."""

    generation: str
    records: int
    dropped: tuple[str, ...]


def purge(installation: Installation) -> Purged:
    """Copy what is public now into a new generation, switch in one step, drop all others.

    There is nothing to roll back to afterwards: an older generation may hold what has to go.
    Rejects files lose the cells of rows that may not be kept by the rules of today.
    Raises AnotherWriterError, EngineUnavailableError, IndexMismatchError.
    """
    with closing(installation.open_store()) as store:
        with store.rebuild() as writer:
            records = asyncio.run(_copy(installation, writer))
            writer.commit()
            store.publish(writer.name)
        rules = IntakeRules(installation.tables, installation.settings.disclosure)
        purge_rejects(installation.settings.data_dir, rules, store.withdrawn())
        return Purged(writer.name, records, tuple(store.drop_others()))


async def _copy(installation: Installation, writer: GenerationWriter) -> int:
    engine = installation.open_engine()
    count = 0
    try:
        async for hit in read_hits(engine):
            record = restore_record(orjson.loads(hit.stored))
            writer.put(build_document(record, installation.analysis))
            count += 1
    finally:
        await engine.close()
    return count
