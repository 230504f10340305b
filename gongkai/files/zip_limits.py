"""Rejects zip files (XLSX, DOCX) that unpack to far more than their size."""

import zipfile
from gettext import gettext as _
from typing import BinaryIO

from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_PACKING_RATIO, MAX_WORKBOOK_BYTES, RATIO_APPLIES_FROM


def check_packing(file: BinaryIO, ratio_applies_from: int = RATIO_APPLIES_FROM) -> None:
    """Checks the sizes in the zip directory; zipfile never unpacks more than these.

    A file that unpacks to less than `ratio_applies_from` bytes may have any ratio. Raises
    BrokenFileError.
    """
    try:
        members = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BrokenFileError("bad_file", _("The file is not a zip archive.")) from error
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if size > min(MAX_WORKBOOK_BYTES, max(ratio_applies_from, packed * MAX_PACKING_RATIO)):
        raise BrokenFileError(
            "unpacks_too_large", _("The unpacked file is too large for its packed size.")
        )
