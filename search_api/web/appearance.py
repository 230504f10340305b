"""The reader's display settings: text size and colours, stored in one cookie without identity.

Source for the elder version (text 18 pt, touch targets 60 px, contrast 4.5:1):
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
    """The reader's system setting, or one of three schemes."""

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
    """The display settings. `classes` are the CSS classes of the html element."""

    layout: Layout = Layout.STANDARD
    colours: Colours = Colours.SYSTEM

    @property
    def classes(self) -> str:
        return f"{self.layout} {self.colours}"

    @property
    def is_elder(self) -> bool:
        return self.layout is Layout.ELDER

    def write(self) -> str:
        """Returns the value of the cookie."""
        return f"{self.layout}.{self.colours}"


def read_appearance(cookie: str | None) -> Appearance:
    """Returns the settings of a cookie. A missing or invalid cookie gives the defaults."""
    layout, _, colours = (cookie or "").partition(".")
    try:
        return Appearance(Layout(layout), Colours(colours))
    except ValueError:
        return Appearance()


def local_path(back: str) -> str:
    """Returns the path to go back to: `back` if it is a path of this site, else the start page.

    Browsers treat `//host` and `/\\host` as other sites.
    """
    is_local = back.startswith("/") and not back.startswith(("//", "/\\"))
    return back if is_local and back.isprintable() and "\\" not in back else "/"
