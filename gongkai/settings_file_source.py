"""The source of settings that reads the settings file, for Pydantic."""

import os
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from gongkai.settings_file import find_unknown_variables, read_settings_file


class FileSource(PydanticBaseSettingsSource):
    """Reads the settings file.

    Unknown names of the file and of the environment are values too. Pydantic rejects them together
    with all wrong values, so that one run reports every mistake.
    """

    def __call__(self) -> dict[str, Any]:
        known = self.settings_cls.model_fields
        file = read_settings_file()
        # Paths are relative to the file, so that commands work in any folder.
        folder = file.path.parent
        return {
            **dict.fromkeys(find_unknown_variables(os.environ, known)),
            "data_dir": folder / known["data_dir"].default,
            **{name: _locate(folder, known.get(name), each) for name, each in file.values.items()},
        }

    def get_field_value(
        self,
        field: FieldInfo,  # noqa: ARG002
        field_name: str,
    ) -> tuple[Any, str, bool]:
        """Unused: `__call__` returns all values."""
        return None, field_name, False


def _locate(folder: Path, info: FieldInfo | None, value: object) -> object:
    """Returns a path of the file as a path from the working folder, other values unchanged."""
    is_path = info is not None and Path in (get_args(info.annotation) or (info.annotation,))
    if not (is_path and isinstance(value, str)) or not value.strip() or value.startswith("~"):
        return value
    return str(folder / value)
