"""The files of one index in, all that is wrong with them out. `store` calls it for the doctor.

Every file that tantivy writes ends with a footer: JSON with the CRC-32 of what stands before it,
then the footer's length and a number that marks it (tantivy, src/directory/footer.rs).
"""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import orjson

from files.durable import read_json

_MARK = 1337
_TAIL = struct.Struct("<II")
_LONGEST_FOOTER = 50_000
_CHUNK = 1 << 20
_WRITTEN = re.compile(r"[0-9a-f]{32}\.|\.tmp")
_PARTS = ("idx", "pos", "term", "store", "fast", "fieldnorm")


def examine_index(folder: Path) -> list[str]:
    """A sentence for each fault; none for an index that is whole."""
    try:
        meta = read_json(folder / "meta.json")
    except ValueError:
        return ["meta.json is torn."]
    if meta is None:
        return ["meta.json is missing."]
    return [fault for file in _list_files(folder, meta) if (fault := examine_file(file))]


def drop_orphans(folder: Path) -> None:
    """Delete what no commit holds: a run that was killed or ran out of disk leaves it behind.

    Only for the holder of the write lock, with no writer open. tantivy does it with the next
    commit; a full disk has no next commit.
    """
    try:
        meta = read_json(folder / "meta.json")
    except ValueError:
        return
    if meta is None:
        return
    held = {file.name for file in _list_files(folder, meta)}
    for file in folder.iterdir():
        if file.name not in held and _WRITTEN.match(file.name):
            file.unlink(missing_ok=True)


def examine_file(path: Path) -> str | None:
    """What is wrong with one file of a segment."""
    try:
        with path.open("rb") as file:
            return _examine(file, path.name, path.stat().st_size)
    except FileNotFoundError:
        return f"{path.name} is missing."
    except OSError as error:
        return f"{path.name} can't be read ({error.strerror})."


def _list_files(folder: Path, meta: dict[str, list[dict[str, object]]]) -> Iterator[Path]:
    for segment in meta["segments"]:
        name = str(segment["segment_id"]).replace("-", "")
        yield from (folder / f"{name}.{part}" for part in _PARTS)
        deletes = segment["deletes"]
        if isinstance(deletes, dict):
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
