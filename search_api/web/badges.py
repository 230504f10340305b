"""Badges for the disclosure and validity of a record, in lists and on the record page."""

from dataclasses import dataclass

from gongkai.catalog.disclosure import Disclosure

IN_FORCE = "有效"
"""The validity without a warning. All other values warn; unknown ones look like 已修改."""
TERM_PASSED = "文中期限已过"
"""The text states a term that has passed. The catalog may still say 有效."""
_VALIDITY_TONES = {
    IN_FORCE: "valid",
    "废止": "ended",
    "失效": "ended",
    "已修改": "changed",
    "尚未生效": "pending",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A label with a colour. `tone` selects the colour; the text carries the full meaning.

    `agent` says who set the mark, to screen readers and as a tooltip.
    """

    text: str
    tone: str
    agent: str = ""


def build_badges(
    disclosure: str,
    validity: str | None,
    *,
    related: bool = False,
    pinned: bool = False,
    term_passed: bool = False,
) -> tuple[Badge, ...]:
    """Returns the badges that a reader should see before opening the record.

    A stated term that has passed replaces 有效 of the catalog, and says more than no validity.
    """
    badges = [Badge("置顶", "pinned", "工作人员")] if pinned else []
    if related and not pinned:
        badges.append(Badge("相关", "related"))
    if disclosure == Disclosure.ON_REQUEST:
        badges.append(Badge(disclosure, "request"))
    is_open = validity in (None, "", IN_FORCE)
    if validity and not (term_passed and is_open):
        badges.append(Badge(validity, choose_tone(validity)))
    if term_passed and is_open:
        badges.append(Badge(TERM_PASSED, "ended"))
    return tuple(badges)


def choose_tone(validity: str) -> str:
    """Returns the colour of a validity."""
    return _VALIDITY_TONES.get(validity, "changed")
