"""Explains why a file is not read as a source."""

from gettext import gettext as _
from pathlib import Path

from gongkai.files.containers import Container

_DOCUMENTS = frozenset(
    (
        *(Container.PDF, Container.DOCX, Container.DOC, Container.PPTX, Container.PPT),
        *(Container.RTF, Container.OFD),
    )
)
_ATTACHMENT = _("It is read only as an attachment, and no record names it as one.")


def explain_unread(path: Path, container: Container) -> str:
    """Returns a sentence on why a file is not read, with the remedy if there is one."""
    if container in _DOCUMENTS or path.suffix.lower() == ".txt":
        return _ATTACHMENT
    if container is Container.ENCRYPTED:
        return _("The file is protected by a password; save it without one.")
    if container is Container.COMPOUND:
        return _("The file is no document or workbook of an office program that can be read.")
    if container is Container.ARCHIVE:
        return _("An archive is read only as an attachment; unpack it to read exports in it.")
    return _("The format of the file is not supported.")
