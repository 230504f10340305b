"""Writes the files of a backup with a manifest of digests, and checks them before a restore."""

import hashlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gongkai.catalog.date_patterns import UTC_TIME
from gongkai.catalog.disclosure import Disclosure
from gongkai.duplicates.decisions import Decisions, read_decision_lines
from gongkai.engines.database import Database
from gongkai.engines.earlier_versions import EarlierVersions, read_versions
from gongkai.engines.withdrawals import Withdrawal
from gongkai.errors import GongkaiError
from gongkai.files.durable import replace_file
from gongkai.staff.job_merge import JobCopy, read_job_copy
from gongkai.staff.jobs import open_jobs
from gongkai.staff.merge import StaffCopy, read_staff_copy
from gongkai.staff.staff_database import open_ledger
from indexer.attachments.owners import OwnerRow, open_owners, read_owners
from indexer.replica_lines import BrokenReplicaError, check_replica, list_ids

RECORDS, WITHDRAWN, MANIFEST = "records.jsonl", "withdrawn.json", "manifest.json"
_FORMAT = 1
_CHUNK = 1 << 20
_Content = TypeVar("_Content")


class BackupError(GongkaiError):
    """A backup folder that cannot be written to or restored from."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class _File(_Strict):
    bytes: int
    sha256: str


class _Manifest(_Strict):
    format: Literal[1]
    created: str
    records: int
    files: dict[str, _File]


class _State(_Strict):
    when: Annotated[str, Field(pattern=UTC_TIME)]
    cause: Literal["staff", "disclosure", "reopened"]
    public: bool = True


class _Withdrawn(_Strict):
    format: Literal[1]
    entries: dict[str, _State]


_FirstWithdrawn = TypeAdapter(dict[str, Literal["staff", "disclosure"]])


@dataclass(frozen=True, slots=True)
class CheckedBackup:
    """A backup whose files have all been read completely.

    `public` are ids of records with text. `versions` is the file of earlier versions, None if there
    are none.
    """

    records: Path
    ids: frozenset[str]
    public: frozenset[str]
    withdrawals: dict[str, Withdrawal]
    staff: StaffCopy = field(default_factory=StaffCopy)
    decisions: tuple[tuple[object, ...], ...] = ()
    owners: tuple[OwnerRow, ...] = ()
    jobs: JobCopy = field(default_factory=JobCopy)
    versions: Database | None = None


def write_withdrawals(path: Path, entries: dict[str, Withdrawal]) -> None:
    """Writes time, cause and former publicity of each withdrawal, for a later merge."""
    states = {
        key: {"when": each.when, "cause": each.cause, "public": each.public}
        for key, each in entries.items()
    }
    replace_file(path, orjson.dumps({"format": _FORMAT, "entries": states}))


def write_manifest(folder: Path, created: str, records: int) -> None:
    """Writes the last file of a backup, after every other file is on disk."""
    files = {}
    for path in sorted(folder.iterdir()):
        _sync(path)
        files[path.name] = {"bytes": path.stat().st_size, "sha256": _digest(path)}
    manifest = {"format": _FORMAT, "created": created, "records": records, "files": files}
    replace_file(folder / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))


def check_backup(folder: Path) -> CheckedBackup:
    """Reads all files of a backup. Raises BackupError with the name of a damaged file."""
    if not (folder / RECORDS).is_file() or not (folder / WITHDRAWN).is_file():
        raise BackupError(_("{folder} is not a complete backup.").format(folder=folder))
    withdrawals, is_first_format = _read_withdrawals(folder / WITHDRAWN)
    if (folder / MANIFEST).exists() or not is_first_format:
        _check_manifest(folder)
    try:
        check_replica(folder / RECORDS)
        kinds = dict(list_ids(folder / RECORDS))
    except BrokenReplicaError as error:
        raise BackupError(
            _("{value} is damaged: {error}").format(value=folder / RECORDS, error=error)
        ) from error
    versions = EarlierVersions(folder).file
    return CheckedBackup(
        records=folder / RECORDS,
        ids=frozenset(kinds),
        public=frozenset(key for key, kind in kinds.items() if kind == Disclosure.PUBLIC),
        withdrawals=withdrawals,
        staff=_read(open_ledger(folder), read_staff_copy, StaffCopy()),
        decisions=_read(Decisions(folder).file, _read_decisions, ()),
        owners=_read(open_owners(folder), _read_owners, ()),
        jobs=_read(open_jobs(folder), read_job_copy, JobCopy()),
        versions=versions if _read(versions, _count_versions, 0) else None,
    )


def _read_withdrawals(path: Path) -> tuple[dict[str, Withdrawal], bool]:
    """Returns the withdrawals, and whether the file has the first format, without times."""
    content = path.read_bytes()
    try:
        states = _Withdrawn.model_validate_json(content).entries
    except ValidationError:
        return _read_first_withdrawals(path, content), True
    read = {
        key: Withdrawal(each.when, each.cause, public=each.public) for key, each in states.items()
    }
    return read, False


def _read_first_withdrawals(path: Path, content: bytes) -> dict[str, Withdrawal]:
    try:
        causes = _FirstWithdrawn.validate_json(content)
    except ValidationError:
        raise BackupError(_("{path} is damaged; nothing was restored.").format(path=path)) from None
    return {key: Withdrawal("", cause) for key, cause in causes.items()}


def _check_manifest(folder: Path) -> None:
    path = folder / MANIFEST
    try:
        manifest = _Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise BackupError(
            _("{path} is missing or damaged; nothing was restored.").format(path=path)
        ) from None
    for name, stated in manifest.files.items():
        file = folder / Path(name).name
        try:
            is_whole = file.stat().st_size == stated.bytes and _digest(file) == stated.sha256
        except OSError:
            is_whole = False
        if not is_whole:
            raise BackupError(
                _("{file} is missing or damaged; nothing was restored.").format(file=file)
            )


def _read(
    database: Database, read: Callable[[sqlite3.Connection], _Content], empty: _Content
) -> _Content:
    """Returns what a database of a backup contains; `empty` where the backup has none."""
    if not database.path.exists():
        return empty
    try:
        with database.read_unchanged() as connection:
            _check_integrity(connection)
            return read(connection)
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise BackupError(
            _("{path} is damaged; nothing was restored.").format(path=database.path)
        ) from error


def _read_decisions(connection: sqlite3.Connection) -> tuple[tuple[object, ...], ...]:
    return tuple(read_decision_lines(connection))


def _read_owners(connection: sqlite3.Connection) -> tuple[OwnerRow, ...]:
    return tuple(read_owners(connection))


def _count_versions(connection: sqlite3.Connection) -> int:
    return sum(1 for _each in read_versions(connection))


def _check_integrity(connection: sqlite3.Connection) -> None:
    (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
