"""The city's own colour and logo, on top of the shipped style sheets."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gongkai.settings import Settings

_TYPES: Mapping[str, str] = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}
_STYLES = ":root:not(.contrast) {{ --accent: {}; --on-accent: #fff; }}\n"


@dataclass(frozen=True, slots=True)
class Theme:
    """A style sheet with the city's colour, and its logo. An empty part is not served."""

    styles: str = ""
    logo: bytes = b""
    logo_type: str = ""

    @property
    def styles_url(self) -> str:
        """Address of the style sheet, which changes with its content; "" without one."""
        return _address("colours.css", self.styles.encode()) if self.styles else ""

    @property
    def logo_url(self) -> str:
        """Address of the logo, which changes with its content; "" without one."""
        return _address("logo", self.logo) if self.logo else ""


def load_theme(settings: Settings) -> Theme:
    """Returns the theme of an installation. High contrast keeps its own colours."""
    accent, logo = settings.site_accent, settings.site_logo
    return Theme(
        styles=write_styles(accent) if accent else "",
        logo=logo.read_bytes() if logo else b"",
        logo_type=_type_of(logo) if logo else "",
    )


def write_styles(accent: str) -> str:
    """Returns the style sheet for a colour written as #rrggbb."""
    return _STYLES.format(accent)


def _address(name: str, content: bytes) -> str:
    return f"/theme/{name}?v={hashlib.sha256(content).hexdigest()[:8]}"


def _type_of(path: Path) -> str:
    return _TYPES[path.suffix.lower()]
