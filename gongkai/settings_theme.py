"""Checks of the city's colour and logo. Contrast is that of WCAG 2.2 (1.4.3)."""

from gettext import gettext as _
from pathlib import Path

CONTRAST_LEAST = 4.5
"""Contrast ratio of normal text at level AA."""
_WHITE = "#ffffff"
_LOGO_SUFFIXES = frozenset({".svg", ".png", ".webp"})
_LOGO_LIMIT = 100_000
"""Bytes. A page with style sheet and logo stays below 100 KB compressed."""


def check_accent(colour: str | None) -> str | None:
    """Returns the colour. Raises ValueError if white text on it is hard to read."""
    if colour and (ratio := contrast_ratio(colour, _WHITE)) < CONTRAST_LEAST:
        raise ValueError(
            _(
                "has a contrast of {ratio:.1f} to white text; choose a darker "
                "colour ({least} or more)."
            ).format(ratio=ratio, least=CONTRAST_LEAST)
        )
    return colour


def check_logo(path: Path | None) -> Path | None:
    """Returns the path. Raises ValueError if it is no small picture file."""
    if path is None:
        return None
    if path.suffix.lower() not in _LOGO_SUFFIXES or not path.is_file():
        raise ValueError(_("is {path}; name an SVG, PNG or WebP file.").format(path=path))
    if path.stat().st_size > _LOGO_LIMIT:
        raise ValueError(_("is {path}, which is larger than 100 KB; shrink it.").format(path=path))
    return path


def contrast_ratio(one: str, other: str) -> float:
    """Returns the contrast ratio, from 1 to 21, of two colours written as #rrggbb."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    """Returns a channel of sRGB (0 to 1) as linear light."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
