"""Disclosure and validity of a record in, the marks beside its title out. List and record page."""

from dataclasses import dataclass

from gongkai.catalog.disclosure import Disclosure

_VALIDITY_TONES = {"废止": "ended", "失效": "ended", "已修改": "changed", "尚未生效": "pending"}
IN_FORCE = "有效"
"""Every other value warns the reader; a city's own value warns as 已修改 does."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A mark in words; `tone` names its colour, which says nothing that the words do not."""

    text: str
    tone: str


def build_badges(
    disclosure: str, validity: str | None, *, related: bool = False
) -> tuple[Badge, ...]:
    """What a reader has to know before opening the record."""
    badges = [Badge("相关", "related")] if related else []
    if disclosure == Disclosure.ON_REQUEST:
        badges.append(Badge(disclosure, "request"))
    if validity:
        tone = "valid" if validity == IN_FORCE else _VALIDITY_TONES.get(validity, "changed")
        badges.append(Badge(validity, tone))
    return tuple(badges)
