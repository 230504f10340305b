"""Compiles the translations of messages, so that wheels and checkouts contain them."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("gongkai") / "locale"


def compile_messages(root: Path) -> None:
    """Writes the .mo file of each .po file that is newer."""
    for source in (root / LOCALE).rglob("*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parents[1].name)
        beside = target.with_suffix(".new")
        with beside.open("wb") as file:
            write_mo(file, catalog)
        beside.replace(target)


class MessagesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles before files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """See BuildHookInterface."""
        compile_messages(Path(self.root))
