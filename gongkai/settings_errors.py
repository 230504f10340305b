"""Explains settings errors in sentences: the source of the value and the fix."""

import os
from collections.abc import Mapping
from enum import Enum
from gettext import gettext as _
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from gongkai.errors import SettingsError
from gongkai.settings import Settings
from gongkai.settings_file import (
    FILE,
    SettingsFile,
    explain_key,
    find_unknown_variables,
    find_variable,
    read_settings_file,
)
from gongkai.settings_trace import mask_credentials

_LONGEST_SHOWN = 60


def explain_settings(error: ValidationError) -> str:
    """Returns one line for each mistake; secrets are never quoted."""
    faults = error.errors(include_url=False)
    return "\n".join(
        dict.fromkeys(_explain(str(f["loc"][0]) if f["loc"] else "", f) for f in faults)
    )


def _explain(name: str, fault: Any) -> str:
    info = Settings.model_fields.get(name)
    if info is None:
        return _explain_unknown(name, fault)
    variable = find_variable(name)
    place = _place_in_file(name)
    if variable:
        place = _("{name} (environment)").format(name=variable)
    if fault["type"] == "value_error":
        return f"{place} {fault['ctx']['error']}"
    expected = _describe(info, in_file=variable is None)
    return _("{place} is {show}; write {expected}.").format(
        place=place, show=_show(info, fault["input"]), expected=expected
    )


def _explain_unknown(name: str, fault: Any) -> str:
    known = Settings.model_fields
    file = _read_file()
    if name in file.values:
        return f"{file.place(name)}: {explain_key(name, file.values[name], known)}"
    return find_unknown_variables(os.environ, known).get(
        name, "{name}: {fault}.".format(name=name or _("A setting"), fault=fault["msg"])
    )


def _place_in_file(name: str) -> str:
    file = _read_file()
    return f"{file.place(name)}: {name}" if name in file.values else name


def _read_file() -> SettingsFile:
    try:
        return read_settings_file()
    except SettingsError:
        return SettingsFile(FILE)


def _show(info: FieldInfo, value: object) -> str:
    if SecretStr in _kinds(info):
        return _("not text")
    text = mask_credentials(str(value))
    quoted = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return f'"{quoted}"' if isinstance(value, str) else quoted


def _kinds(info: FieldInfo) -> tuple[Any, ...]:
    return get_args(info.annotation) or (info.annotation,)


def _describe(info: FieldInfo, *, in_file: bool) -> str:
    """Returns the allowed values in words."""
    for kind in _kinds(info):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return _("one of {choices}").format(choices=", ".join(str(each.value) for each in kind))
    if info.examples:
        return _("it like {value}").format(value=info.examples[0])
    return _describe_kind(info, in_file=in_file)


def _describe_kind(info: FieldInfo, *, in_file: bool) -> str:
    kinds = _kinds(info)
    if bool in kinds:
        return _("true or false")
    if int in kinds:
        return _("a whole number{range}").format(range=_range(info))
    if float in kinds:
        return _("a number{range}").format(range=_range(info))
    if Path in kinds:
        return _("a path in quotes") if in_file else _("a path")
    return _("text in quotes") if in_file else _("text")


def _range(info: FieldInfo) -> str:
    bounds = {
        name: getattr(each, name)
        for each in info.metadata
        for name in ("ge", "gt", "le")
        if getattr(each, name, None) is not None
    }
    return describe_range(bounds)


def describe_range(bounds: Mapping[str, float]) -> str:
    """Returns the bounds of a number (`ge` or `gt`, and `le`) in words, "" if it has none."""
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le")
    is_above = "gt" in bounds
    if low is None:
        return ""
    if high is None:
        said = _(" above {low}") if is_above else _(" of {low} or more")
        return said.format(low=low)
    said = _(" above {low}, to {le}") if is_above else _(" from {low} to {le}")
    return said.format(low=low, le=high)
