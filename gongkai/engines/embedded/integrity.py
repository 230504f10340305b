"""Checks the files of one tantivy index and lists every fault; repairs what can be derived.

Every file that tantivy writes ends with a footer: JSON with the CRC-32 of what stands before it,
then the footer's length and a number that marks it (tantivy, src/directory/footer.rs).
"""

import re
import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import tantivy

from gongkai.catalog.disclosure import Disclosure
from gongkai.engines.embedded.schema import STORED, build_schema, open_index
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
    """A sentence for each fault; none for an index that is whole.

    Where every file is whole, the index is opened and searched as well: a checksum says nothing
    of the two lists that tantivy keeps without one. Only this program's own can be opened.
    """
    try:
        meta = _read_meta(folder)
    except ValueError:
        return ["meta.json is torn."]
    if meta is None:
        return ["meta.json is missing."]
    files = [fault for file in _list_files(folder, meta) if (fault := examine_file(file))]
    locks = (f"{lock.name} is no file." for lock in _find_blocked_locks(folder))
    faults = [*files, *_examine_managed_list(folder), *locks]
    return faults or (_examine_by_searching(folder, meta) if is_own else [])


def drop_orphans(folder: Path) -> None:
    """Delete what no commit holds: a run that was killed or ran out of disk leaves it behind.

    Only for the holder of the write lock, with no writer open. tantivy does it with the next
    commit; a full disk has no next commit.
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
    """Move away what is in the place of a lock; write the list of tantivy's own files again.

    tantivy opens no index whose list it can't read; the list only says what it may delete.
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
    """What is wrong with one file of a segment."""
    try:
        with path.open("rb") as file:
            return _examine(file, path.name, path.stat().st_size)
    except FileNotFoundError:
        return f"{path.name} is missing."
    except OSError as error:
        return f"{path.name} can't be read ({error.strerror})."


def _read_meta(folder: Path) -> Mapping[str, Any] | None:
    """tantivy's list of segments; None where it is missing. Raises ValueError if it is damaged."""
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
        return [f"{_MANAGED} is damaged."]
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return [] if is_list else [f"{_MANAGED} is damaged."]


def _examine_by_searching(folder: Path, meta: Mapping[str, Any]) -> list[str]:
    expected = _read_own_meta()
    if any(meta.get(key) != expected[key] for key in ("schema", "index_settings")):
        return ["meta.json has another schema than this program writes."]
    try:
        counts = _count_records(folder)
    # What tantivy does not expect ends in a panic, which is no Exception.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return [f"It can't be searched ({type(error).__name__})."]
    written = sum(segment["max_doc"] for segment in meta["segments"])
    deleted = sum(
        each["deletes"]["num_deleted_docs"] for each in meta["segments"] if each["deletes"]
    )
    if counts != (written, written - deleted, written - deleted):
        return ["meta.json has another number of records than its segments."]
    return []


def _count_records(folder: Path) -> tuple[int, int, int]:
    """Records ever written to the segments, records left, and records that a search finds.

    tantivy makes lock files beside what it opens, which a read-only disk does not allow: it is
    given links to the files in a folder of their own.
    """
    with tempfile.TemporaryDirectory() as linked:
        for file in folder.iterdir():
            if file.is_file() and file.suffix != ".lock":
                (Path(linked) / file.name).symlink_to(file.resolve())
        index = open_index(Path(linked))
        index.reload()
        searcher = index.searcher()
        written = sum(searcher.doc_freq("disclosure", kind.value) for kind in Disclosure)
        found = searcher.search(tantivy.Query.all_query(), limit=1, count=True)
        for _, address in found.hits:
            searcher.doc(address).get_first(STORED)
        return written, searcher.num_docs, int(found.count)  # type: ignore[attr-defined]


@cache
def _read_own_meta() -> Mapping[str, Any]:
    """The meta.json of an empty index of this program's schema."""
    with tempfile.TemporaryDirectory() as folder:
        tantivy.Index(build_schema(), path=folder)
        meta: Mapping[str, Any] = orjson.loads((Path(folder) / "meta.json").read_bytes())
        return meta


def _list_files(folder: Path, meta: Mapping[str, Any]) -> Iterator[Path]:
    for segment in meta["segments"]:
        name = segment["segment_id"].replace("-", "")
        yield from (folder / f"{name}.{part}" for part in _PARTS)
        if deletes := segment["deletes"]:
            yield folder / f"{name}.{deletes['opstamp']}.del"


def _examine(file: BinaryIO, name: str, size: int) -> str | None:
    if size < _TAIL.size:
        return f"{name} is cut off."
    file.seek(size - _TAIL.size)
    length, mark = _TAIL.unpack(file.read())
    end = size - _TAIL.size - length
    if mark != _MARK or length > _LONGEST_FOOTER or end < 0:
        return f"{name} is cut off."
    file.seek(end)
    try:
        expected = orjson.loads(file.read(length))["crc"]
    except (ValueError, KeyError, TypeError):
        return f"{name} has a damaged end."
    return None if _count_crc(file, end) == expected else f"{name} is damaged."


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
