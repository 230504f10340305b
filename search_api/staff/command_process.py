"""Starts a `gongkai` command as a process of low priority with the settings of the server."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import IO, Any

from pydantic import SecretStr

from gongkai.settings import Settings
from gongkai.settings_file import CONFIG

LOW_PRIORITY = 10
_MAIN = "from gongkai.cli import main; main()"


def start_command(
    settings: Settings,
    words: Sequence[str],
    streams: tuple[IO[bytes] | int, IO[bytes] | int] = (subprocess.PIPE, subprocess.PIPE),
    folder: Path | None = None,
    held: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Starts `gongkai WORDS` in a folder; its messages are in Chinese, whatever the server's.

    `streams` are for its output and errors. `held` are file descriptors that stay open as long as
    the process lives.
    """
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
        (sys.executable, "-P", "-c", _MAIN, *words),
        stdin=subprocess.DEVNULL,
        stdout=streams[0],
        stderr=streams[1],
        cwd=folder,
        env=_spell_environment(settings),
        pass_fds=held,
    )
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, LOW_PRIORITY)
    return process


def read_fault(errors: bytes) -> str:
    """Returns the last sentence that a command has printed to standard error, or nothing."""
    said = errors.decode(errors="replace").strip()
    return said.splitlines()[-1].removeprefix("gongkai: ") if said else ""


def _spell_environment(settings: Settings) -> dict[str, str]:
    """Returns the environment of a command: these settings, in Chinese."""
    spelled = {
        f"GONGKAI_{name.upper()}": _spell(value)
        for name, value in settings
        if value is not None and name in settings.model_fields_set
    }
    kept = dict(os.environ)
    if config := kept.get(CONFIG):
        kept[CONFIG] = str(Path(config).absolute())
    return {**kept, **spelled, "GONGKAI_LANGUAGE": "zh"}


def _spell(value: Any) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case Enum():
            return str(value.value)
        case Path():
            return str(value.absolute())
        case _:
            return str(value)
