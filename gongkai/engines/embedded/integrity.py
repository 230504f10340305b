"""Checks the files of one tantivy index for faults; repairs files that can be derived.

Every file that tantivy writes ends with a footer: JSON with the CRC-32 of the content before it,
then the footer's length and a magic number (tantivy, src/directory/footer.rs).
"""

import re
import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from gettext import gettext as _
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import tantivy

from gongkai.catalog.disclosure import Disclosure
from gongkai.engines.embedded.schema import STORED, build_schema, open_index
from gongkai.errors import name_fault
from gongkai.files.durable import read_json, replace_file

_MARK = 1337
_TAIL = struct.Struct("<II")
_LONGEST_FOOTER = 50_000
_CHUNK = 1 << 20
_WRITTEN = re.compile(r"[0-9a-f]{32}\.|\.tmp")
_SEGMENT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MANAGED = ".managed.json"
_PARTS = ("idx", "pos", "term", "store", "fast", "fieldnorm")


def examine_index(folder: Path, *, is_own: bool = True) -> list[str]:
    """Returns a sentence for each fault; empty for an intact index.

    Where every file is intact, the index is also opened and searched, because checksums do not
    cover the two lists that tantivy keeps without one. Only an index of this program's schema
    (`is_own`) can be opened.
    """
    try:
        meta = _read_meta(folder)
    except ValueError:
        return [_("meta.json is torn.")]
    if meta is None:
        return [_("meta.json is missing.")]
    files = [fault for file in _list_files(folder, meta) if (fault := examine_file(file))]
    locks = (
        _("{name} is not a file.").format(name=lock.name) for lock in _find_blocked_locks(folder)
    )
    faults = [*files, *_examine_managed_list(folder), *locks]
    return faults or (_examine_by_searching(folder, meta) if is_own else [])


def drop_orphans(folder: Path) -> None:
    """Deletes files that no commit uses, left by a run that was killed or ran out of disk.

    The caller must hold the write lock, with no writer open. tantivy deletes them at the next
    commit, but on a full disk there is none.
    """
    try:
        meta = _read_meta(folder)
    except ValueError:
        return
    if meta is None:
        return
    held = {file.name for file in _list_files(folder, meta)}
    for file in folder.iterdir():
        if file.name not in held and _WRITTEN.match(file.name) and file.is_file():
            file.unlink(missing_ok=True)


def repair_index(folder: Path) -> None:
    """Moves away obstacles to lock files, and rewrites the list of tantivy's own files.

    tantivy opens no index whose list it cannot read. The list only states which files it may
    delete.
    """
    for lock in _find_blocked_locks(folder):
        lock.rename(folder / f"{lock.name.strip('.')}.folder")
    if not _examine_managed_list(folder):
        return
    path = folder / _MANAGED
    if path.is_dir():
        path.rename(folder / "managed.folder")
    names = [file.name for file in folder.iterdir() if _WRITTEN.match(file.name)]
    replace_file(path, orjson.dumps(sorted(["meta.json", *names])))


def examine_file(path: Path) -> str | None:
    """Returns the fault of one file of a segment, or None."""
    try:
        with path.open("rb") as file:
            return _examine(file, path.name, path.stat().st_size)
    except FileNotFoundError:
        return _("{name} is missing.").format(name=path.name)
    except OSError as error:
        return _("{name} can't be read ({strerror}).").format(
            name=path.name, strerror=name_fault(error)
        )


def _read_meta(folder: Path) -> Mapping[str, Any] | None:
    """Returns tantivy's list of segments; None where it is missing.

    Raises ValueError if damaged.
    """
    path = folder / "meta.json"
    try:
        meta = read_json(path)
    except OSError as error:
        raise ValueError(error.strerror) from error
    if meta is None and not path.exists():
        return None
    try:
        for segment in meta["segments"]:
            deletes = segment["deletes"]
            numbers = [segment["max_doc"]]
            if deletes is not None:
                numbers += [deletes["opstamp"], deletes["num_deleted_docs"]]
            if not _SEGMENT.fullmatch(segment["segment_id"]) or not all(map(_is_count, numbers)):
                raise ValueError("no list of segments")
    except (KeyError, TypeError) as error:
        raise ValueError("no list of segments") from error
    return meta if isinstance(meta, dict) else None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _find_blocked_locks(folder: Path) -> list[Path]:
    return [path for path in folder.glob(".tantivy-*.lock") if not path.is_file()]


def _examine_managed_list(folder: Path) -> list[str]:
    path = folder / _MANAGED
    try:
        names = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    except (ValueError, OSError):
        return [_("{name} is damaged.").format(name=_MANAGED)]
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return [] if is_list else [_("{name} is damaged.").format(name=_MANAGED)]


def _examine_by_searching(folder: Path, meta: Mapping[str, Any]) -> list[str]:
    expected = _read_own_meta()
    if any(meta.get(key) != expected[key] for key in ("schema", "index_settings")):
        return [_("meta.json has another schema than this program writes.")]
    try:
        counts = _count_records(folder)
    # A damaged file can make tantivy panic, and a panic is no subclass of Exception.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return [
            _("It can't be searched ({kind}: {value}).").format(
                kind=type(error).__name__, value=str(error)[:200]
            )
        ]
    written = sum(segment["max_doc"] for segment in meta["segments"])
    deleted = sum(
        each["deletes"]["num_deleted_docs"] for each in meta["segments"] if each["deletes"]
    )
    if counts != (written, written - deleted, written - deleted):
        return [_("meta.json has another number of records than its segments.")]
    return []


def _count_records(folder: Path) -> tuple[int, int, int]:
    """Returns the records ever written, the records left, and the records that a search finds.

    tantivy creates lock files beside an index, which a read-only disk does not allow. So it opens a
    temporary folder with links to the files.
    """
    with _open_temporary_folder() as linked:
        for file in folder.iterdir():
            if file.is_file() and file.suffix != ".lock":
                (linked / file.name).symlink_to(file.resolve())
        index = open_index(linked)
        index.reload()
        searcher = index.searcher()
        written = sum(searcher.doc_freq("disclosure", kind.value) for kind in Disclosure)
        found = searcher.search(tantivy.Query.all_query(), limit=1, count=True)
        for _, address in found.hits:
            searcher.doc(address).get_first(STORED)
        return written, searcher.num_docs, int(found.count)  # type: ignore[attr-defined]


@cache
def _read_own_meta() -> Mapping[str, Any]:
    """Returns the meta.json of an empty index of this program's schema."""
    with _open_temporary_folder() as folder:
        tantivy.Index(build_schema(), path=str(folder))
        meta: Mapping[str, Any] = orjson.loads((folder / "meta.json").read_bytes())
        return meta


@contextmanager
def _open_temporary_folder() -> Iterator[Path]:
    """Opens a folder for an index and deletes it on exit.

    A thread of tantivy may still create a lock file during the deletion, which then fails. That is
    no fault of an index.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)


def _list_files(folder: Path, meta: Mapping[str, Any]) -> Iterator[Path]:
    for segment in meta["segments"]:
        name = segment["segment_id"].replace("-", "")
        yield from (folder / f"{name}.{part}" for part in _PARTS)
        if deletes := segment["deletes"]:
            yield folder / f"{name}.{deletes['opstamp']}.del"


def _examine(file: BinaryIO, name: str, size: int) -> str | None:
    if size < _TAIL.size:
        return _("{name} is cut off.").format(name=name)
    file.seek(size - _TAIL.size)
    length, mark = _TAIL.unpack(file.read())
    end = size - _TAIL.size - length
    if mark != _MARK or length > _LONGEST_FOOTER or end < 0:
        return _("{name} is cut off.").format(name=name)
    file.seek(end)
    try:
        expected = orjson.loads(file.read(length))["crc"]
    except (ValueError, KeyError, TypeError):
        return _("{name} has a damaged end.").format(name=name)
    return None if _count_crc(file, end) == expected else _("{name} is damaged.").format(name=name)


def _count_crc(file: BinaryIO, end: int) -> int:
    file.seek(0)
    crc = 0
    while end > 0:
        chunk = file.read(min(_CHUNK, end))
        if not chunk:
            break
        crc = zlib.crc32(chunk, crc)
        end -= len(chunk)
    return crc
