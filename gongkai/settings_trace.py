"""Lists every setting with its value and the place that sets it; secrets are masked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import SecretStr

from gongkai.settings import Settings
from gongkai.settings_file import PREFIX, SettingsFile, find_variable, read_settings_file

MASK = "********"
_CREDENTIALS = re.compile(r"//[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class TracedSetting:
    """A setting: `place` is a variable or file:line, None for the default."""

    name: str
    variable: str
    value: object
    place: str | None
    description: str


def trace_settings(settings: Settings) -> Iterator[TracedSetting]:
    """Yields all settings in the order of their definition."""
    file = read_settings_file()
    for name, info in Settings.model_fields.items():
        yield TracedSetting(
            name=name,
            variable=f"{PREFIX}{name.upper()}",
            value=_show(getattr(settings, name)),
            place=_find_place(name, file),
            description=info.description or "",
        )


def mask_credentials(text: str) -> str:
    """Returns a text with user names and passwords of addresses replaced."""
    return _CREDENTIALS.sub("//…@", text)


def _find_place(name: str, file: SettingsFile) -> str | None:
    if variable := find_variable(name):
        return variable
    return file.place(name) if name in file.values else None


def _show(value: object) -> object:
    if isinstance(value, SecretStr):
        return MASK
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask_credentials(str(value))
