"""Rewrites the live index into new files and drops all others.

The data of a deleted record stays in the index files until they happen to be merged. A purge
removes it at once.
"""

import asyncio
from contextlib import closing
from dataclasses import dataclass

from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.stored_record import decode_record
from gongkai.engines.installation import Installation
from gongkai.engines.port import GenerationWriter
from gongkai.engines.scan import OnRecords, ignore_records, read_hits
from indexer.documents import build_document
from indexer.kept_rejects import purge_rejects


@dataclass(frozen=True, slots=True)
class Purged:
    """The new generation, its number of records, and the dropped generations."""

    generation: str
    records: int
    dropped: tuple[str, ...]


def purge(installation: Installation, on_records: OnRecords = ignore_records) -> Purged:
    """Copies the public records into a new generation, switches in one step, drops all others.

    A rollback is then impossible: an older generation may contain deleted data. Rejects files lose
    the cells that today's rules do not allow. Raises AnotherWriterError, EngineUnavailableError,
    IndexMismatchError.
    """
    with closing(installation.open_store()) as store:
        with store.rebuild() as writer:
            records = asyncio.run(_copy(installation, writer, on_records))
            writer.commit()
            store.publish(writer.name)
        rules = IntakeRules(installation.tables, installation.settings.disclosure)
        purge_rejects(installation.settings.data_dir, rules, store.withdrawn())
        return Purged(writer.name, records, tuple(store.drop_others()))


async def _copy(installation: Installation, writer: GenerationWriter, on_records: OnRecords) -> int:
    engine = installation.open_engine()
    count = 0
    try:
        async for hit in read_hits(engine):
            writer.put(build_document(decode_record(hit.stored), installation.analyzer))
            count += 1
            on_records(1)
    finally:
        await engine.close()
    return count
