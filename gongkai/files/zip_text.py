"""Extracts the texts of the members of a zip file, each below its name."""

import io
import zipfile
from collections.abc import Callable
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.limits import MIB
from gongkai.files.zip_limits import check_packing

Extract = Callable[[BinaryIO, str, int], tuple[str, AttachmentText]]
MOST_MEMBERS = 200
LARGEST_MEMBER = 64 * MIB
_RATIO_APPLIES_FROM = 8 * MIB
_UTF_8, _ENCRYPTED = 0x800, 0x1
_SYSTEM = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def read_zip(file: BinaryIO, characters: int, extract: Extract) -> tuple[str, AttachmentText]:
    """Returns names and texts of the members; a member that can't be read has its name only.

    Raises BrokenFileError for a file that is no archive or unpacks to too much.
    """
    check_packing(file, _RATIO_APPLIES_FROM)
    file.seek(0)
    parts: list[str] = []
    states: set[AttachmentText] = set()
    left = characters
    with zipfile.ZipFile(file) as archive:
        members = [each for each in archive.infolist() if _is_document(each)]
        for member in members[:MOST_MEMBERS]:
            name = _name_of(member)
            text, state = _read_member(archive, member, name, left, extract)
            states.add(state)
            parts.append(f"{name}\n{text}".strip())
            left -= len(parts[-1])
            if left <= 0:
                break
    for state in (AttachmentText.READ, AttachmentText.NO_TEXT_LAYER):
        if state in states:
            return "\n".join(parts), state
    return "\n".join(parts), AttachmentText.UNREADABLE


def _is_document(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    hidden = any(part.startswith(".") for part in name.split("/"))
    return not (member.is_dir() or hidden or name.startswith(_SYSTEM) or name.endswith(_SYSTEM))


def _name_of(member: zipfile.ZipInfo) -> str:
    """Returns the name of a member; programs in China write GBK names without saying so."""
    name = member.filename
    if not member.flag_bits & _UTF_8:
        raw = name.encode("cp437", "replace")
        for codec in ("utf-8", "gb18030"):
            try:
                name = raw.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    return name.rpartition("/")[2]


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, left: int, extract: Extract
) -> tuple[str, AttachmentText]:
    suffix = "." + name.rpartition(".")[2].lower()
    if member.flag_bits & _ENCRYPTED or member.file_size > LARGEST_MEMBER or suffix == ".zip":
        return "", AttachmentText.UNREADABLE
    try:
        return extract(io.BytesIO(archive.read(member)), suffix, left)
    except MemoryError:
        raise
    except Exception:  # parsers raise errors of any class; the other members are still read
        return "", AttachmentText.UNREADABLE
