"""Checks of the settings that are paths. Each check returns the value or raises ValueError."""

import os
import ssl
import unicodedata
from gettext import gettext as _
from pathlib import Path


def read_path(value: object) -> object:
    """Returns the path of a text, with the home folder for `~`; other values unchanged."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise ValueError(_("is empty; name a path, or delete the setting."))
    if any(unicodedata.category(sign) == "Cc" for sign in value):
        raise ValueError(_("holds a tab or another control character; write \\ as / in paths."))
    return Path(value).expanduser()


def check_folder(path: Path | None) -> Path | None:
    """Returns the path of a folder, which need not exist."""
    taken = path and next((each for each in (path, *path.parents) if os.path.lexists(each)), None)
    if taken and not taken.is_dir():
        raise ValueError(
            _("is {path}, but {taken} is no folder; name a folder.").format(path=path, taken=taken)
        )
    return path


def check_tables(path: Path | None) -> Path | None:
    """Returns the path of a folder that can be read."""
    if path is not None and not (path.is_dir() and os.access(path, os.R_OK | os.X_OK)):
        raise ValueError(
            _("is {path}, which is no readable folder; name the tables' folder.").format(path=path)
        )
    return path


def check_certificate(path: Path | None) -> Path | None:
    """Returns the path of a file of certificates."""
    if path is None:
        return None
    if not (path.is_file() and os.access(path, os.R_OK)):
        raise ValueError(
            _("is {path}, which is no readable file; name the ca.crt file.").format(path=path)
        )
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        raise ValueError(
            _("is {path}, which holds no certificate in PEM form.").format(path=path)
        ) from None
    return path
