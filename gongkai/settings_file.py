"""Reads the settings file and explains names of settings that are unknown.

A fault of the file as a whole is a SettingsError with file, line and fix.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import Any

from gongkai.errors import SettingsError, name_fault
from gongkai.files.encodings import detect_encoding

FILE = Path("gongkai.toml")
PREFIX = "GONGKAI_"
CONFIG = "GONGKAI_CONFIG"
"""Variable that names the settings file; without it, FILE of the working folder is read."""
_RESERVED = re.compile(
    r"GONGKAI_(?:(?:TEST|SOAK|FUZZ|BENCH)_\w+|MEMORY|EXPORTS|TABLES|DICTIONARY|CONFIG)"
)
"""Variables of our tests, of docker-compose.yml and CONFIG, which are no settings."""
_SERVICE_LINK = re.compile(r"GONGKAI_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_\w+)?)")
_SERVICE_VALUE = re.compile(r"(?:tcp|udp|sctp)|(?:(?:tcp|udp|sctp)://)?[\d.:a-f\[\]]+:?\d*")
"""Kubernetes and Docker set these for a service named gongkai: GONGKAI_PORT=tcp://10.0.0.1:8000."""
_OPTIONS = {"HOST": "--host", "PORT": "--port", "WORKERS": "--workers"}
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_ASSIGNMENT = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[=:：＝]\s*(.*)")
_FULL_WIDTH = re.compile("[“”‘’＝：＂＇]")


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The settings of one file, and the line of each."""

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, name: str) -> str:
        """Returns file:line of a setting."""
        return f"{self.path}:{self.lines.get(name, 1)}"


def find_settings_file() -> Path:
    """Returns the path that CONFIG names, else FILE, which need not exist. Raises SettingsError."""
    named = os.environ.get(CONFIG, "").strip()
    if not named:
        return FILE
    path = Path(named).expanduser()
    if not path.exists():
        raise SettingsError(
            _("{path}: is missing; name the settings file in {config} or --config.").format(
                path=path, config=CONFIG
            )
        )
    return path


def read_settings_file() -> SettingsFile:
    """Reads the settings file; empty where there is none. Raises SettingsError.

    Accepts UTF-8 with or without BOM, UTF-16 with BOM, and GB18030.
    """
    path = find_settings_file()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            raise SettingsError(
                _("{path}: is a link to a file that is missing.").format(path=path)
            ) from None
        return SettingsFile(path)
    except OSError as error:
        raise SettingsError(
            _("{path}: can't be read ({strerror}); make it a file that this user can read.").format(
                path=path, strerror=name_fault(error)
            )
        ) from None
    text = _decode(path, content)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_explain_syntax(path, text, str(error))) from None
    except RecursionError:
        raise SettingsError(
            _("{path}:1: is nested too deeply; write key = value lines.").format(path=path)
        ) from None
    return SettingsFile(path, values, _number_keys(text))


def find_unknown_variables(
    environment: Mapping[str, str], known: Collection[str]
) -> dict[str, str]:
    """Returns the variables GONGKAI_* that are no settings, each with its explanation."""
    explained = {
        name: explain_variable(name, value, known)
        for name, value in sorted(environment.items())
        if name.upper().startswith(PREFIX)
    }
    return {name: fault for name, fault in explained.items() if fault}


def find_variable(name: str) -> str | None:
    """Returns the variable that sets `name`, as spelled in the environment; empty ones do not."""
    wanted = f"{PREFIX}{name}".upper()
    return next(
        (each for each, value in os.environ.items() if value and each.upper() == wanted), None
    )


def _decode(path: Path, content: bytes) -> str:
    encoding = detect_encoding(content)
    try:
        text = content[encoding.mark :].decode(encoding.name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, encoding.mark + error.start) + 1
        raise SettingsError(
            _("{path}:{line}: is neither UTF-8 nor GB18030; save the file as UTF-8.").format(
                path=path, line=line
            )
        ) from None
    if "\0" in text:
        raise SettingsError(_("{path}:1: is not text; save the file as UTF-8.").format(path=path))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number_keys(text: str) -> dict[str, int]:
    """Returns the first line of each key; a table heading counts for its name."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        named = re.match(r"\s*\[*\s*[\"']?([^\s\"'=.\[\]]+)", line)
        if named and not line.lstrip().startswith("#"):
            lines.setdefault(named[1], number)
    return lines


def _explain_syntax(path: Path, text: str, message: str) -> str:
    place = _PLACE.search(message)
    lines = text.splitlines()
    number = int(place[1]) if place else max(1, len(lines))
    line = lines[number - 1] if number <= len(lines) else ""
    return f"{path}:{number}: {_find_remedy(line, _PLACE.sub('', message))}"


def _find_remedy(line: str, message: str) -> str:
    return next(_remedies(line, message))


def _remedies(line: str, message: str) -> Iterator[str]:
    """Yields possible faults of a line, the likeliest first."""
    named = _ASSIGNMENT.match(line)
    key, value = (named[1], named[2].strip()) if named else ("", "")
    if _FULL_WIDTH.search(line):
        yield _('has full-width quotes or signs; write them half-width: key = "value".')
    if value.startswith('"') and "\\" in value:
        plain = value.strip('"').partition('"')[0]
        yield _(
            "\\ has a meaning of its own between double quotes; write {key} = '{plain}'."
        ).format(key=key, plain=plain)
    if "overwrite" in message or "twice" in message:
        yield _("{value} is set a second time; delete one of the lines.").format(
            value=key or "a key"
        )
    if key and "=" not in line:
        yield _("is not key = value; write {key} = {quote}.").format(key=key, quote=_quote(value))
    if value.lower() in ("true", "false") and value not in ("true", "false"):
        yield _("write {key} = {lower}, in small letters.").format(key=key, lower=value.lower())
    if value[:1] in ("'", '"'):
        yield _(
            "the quotes of {key} are not paired ({message}); close them on the same line."
        ).format(key=key, message=message)
    if named:
        quoted = f"{key} = {_quote(value)}"
        yield _("the value of {key} is not understood; write text in quotes: {quoted}.").format(
            key=key, quoted=quoted
        )
    yield _("is not understood ({message}); write one key = value on each line.").format(
        message=message
    )


def _quote(value: str) -> str:
    is_quoted = value[:1] in ("'", '"') or value in ("true", "false") or value.isdecimal()
    return value if is_quoted else f"'{value}'"


def explain_key(name: str, value: object, known: Collection[str]) -> str:
    """Returns why a key of the file is no setting, with the nearest name."""
    if isinstance(value, Mapping):
        joined = next((f"{name}_{key}" for key in value if f"{name}_{key}" in known), None)
        if joined:
            return _(
                "settings are not grouped in tables; write {joined} = … on a line of its own."
            ).format(joined=joined)
        return _("[{name}] is no setting; write the settings without the line [{name}].").format(
            name=name
        )
    return _suggest(_("{name} is no setting").format(name=name), name, known)


def explain_variable(name: str, value: str, known: Collection[str]) -> str | None:
    """Returns why a variable is no setting, with the nearest name; None for one that is."""
    folded = name.upper()
    rest = folded.removeprefix(PREFIX)
    if rest.lower() in known or _RESERVED.fullmatch(folded):
        return None
    if _SERVICE_LINK.fullmatch(folded) and ("://" in value or rest not in _OPTIONS):
        return (
            None
            if _SERVICE_VALUE.fullmatch(value)
            else _("{name} (environment) is no setting.").format(name=name)
        )
    if rest in _OPTIONS:
        return _("{name} (environment) is no setting; use `gongkai serve {value}`.").format(
            name=name, value=_OPTIONS[rest]
        )
    fault = _("{name} (environment) is no setting").format(name=name)
    return _suggest(fault, rest, known, PREFIX)


def _suggest(fault: str, name: str, known: Collection[str], prefix: str = "") -> str:
    near = [f"{prefix}{each.upper()}" if prefix else each for each in _find_near(name, known)]
    if not near:
        return _("{fault}; delete it, or see the README for all settings.").format(fault=fault)
    return _("{fault}; did you mean {choices}?").format(fault=fault, choices=_(" or ").join(near))


def _find_near(name: str, known: Collection[str]) -> list[str]:
    """Returns the setting with a similar name, else those with the same last word (es_url)."""
    folded = re.sub(r"[\s.-]+", "_", name.strip().lower()).removeprefix(PREFIX.lower())
    squeezed = {each.replace("_", ""): each for each in known}
    if folded.replace("_", "") in squeezed:
        return [squeezed[folded.replace("_", "")]]
    last = f"_{folded.rpartition('_')[2]}"
    same_end = sorted(each for each in known if each.endswith(last))
    return difflib.get_close_matches(folded, known, 1, 0.75) or same_end
