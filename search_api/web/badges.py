"""Badges for the disclosure and validity of a record, in lists and on the record page."""

from dataclasses import dataclass

from gongkai.catalog.disclosure import Disclosure

_VALIDITY_TONES = {"废止": "ended", "失效": "ended", "已修改": "changed", "尚未生效": "pending"}
IN_FORCE = "有效"
"""The validity without a warning. All other values warn; unknown ones look like 已修改."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A label with a colour. `tone` selects the colour; the text carries the full meaning."""

    text: str
    tone: str


def build_badges(
    disclosure: str, validity: str | None, *, related: bool = False
) -> tuple[Badge, ...]:
    """Returns the badges that a reader should see before opening the record."""
    badges = [Badge("相关", "related")] if related else []
    if disclosure == Disclosure.ON_REQUEST:
        badges.append(Badge(disclosure, "request"))
    if validity:
        tone = "valid" if validity == IN_FORCE else _VALIDITY_TONES.get(validity, "changed")
        badges.append(Badge(validity, tone))
    return tuple(badges)
