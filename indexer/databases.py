"""The databases of a data folder whose content no export can reproduce."""

from pathlib import Path

from gongkai.duplicates.decisions import Decisions
from gongkai.engines.database import Database
from gongkai.engines.earlier_versions import EarlierVersions
from gongkai.staff.jobs import open_jobs
from gongkai.staff.staff_database import open_ledger
from indexer.attachments.owners import open_owners


def list_databases(folder: Path) -> tuple[Database, ...]:
    """Returns the databases that a backup contains and `gongkai doctor` reads."""
    return (
        open_ledger(folder),
        Decisions(folder).file,
        open_owners(folder),
        open_jobs(folder),
        EarlierVersions(folder).file,
    )
