"""How one reader wants the pages: text size and colours, kept in one cookie that names no one.

Source of the elder version's figures (text of 18 pt, targets of 60 px, contrast 4.5:1):
互联网网站适老化通用设计规范, Ministry of Industry and Information Technology, 2021.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

COOKIE = "appearance"
COOKIE_SECONDS = 365 * 24 * 3600


class Layout(StrEnum):
    """The standard version or the elder version with large type."""

    STANDARD = "standard"
    ELDER = "elder"


class Colours(StrEnum):
    """As the reader's system has it, or one of three."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


LAYOUT_LABELS: Mapping[Layout, str] = {
    Layout.STANDARD: "标准版",
    Layout.ELDER: "大字版（适老版）",
}
COLOUR_LABELS: Mapping[Colours, str] = {
    Colours.SYSTEM: "跟随系统设置",
    Colours.LIGHT: "浅色",
    Colours.DARK: "深色",
    Colours.CONTRAST: "高对比度（黑底黄字）",
}


@dataclass(frozen=True, slots=True)
class Appearance:
    """Both choices; `classes` are those of the element html."""

    layout: Layout = Layout.STANDARD
    colours: Colours = Colours.SYSTEM

    @property
    def classes(self) -> str:
        return f"{self.layout} {self.colours}"

    @property
    def is_elder(self) -> bool:
        return self.layout is Layout.ELDER

    def write(self) -> str:
        """The value of the cookie."""
        return f"{self.layout}.{self.colours}"


def read_appearance(cookie: str | None) -> Appearance:
    """What a cookie says; the default for none and for one that nobody wrote."""
    layout, _, colours = (cookie or "").partition(".")
    try:
        return Appearance(Layout(layout), Colours(colours))
    except ValueError:
        return Appearance()


def local_path(back: str) -> str:
    """Where to go back to after a choice: a path of this site, or the start page.

    `//host` and `/\\host` are other sites to a browser.
    """
    is_local = back.startswith("/") and not back.startswith(("//", "/\\"))
    return back if is_local and back.isprintable() and "\\" not in back else "/"
