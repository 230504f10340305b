"""Contrast of colours, as WCAG 2.2 defines it (1.4.3)."""

CONTRAST_LEAST = 4.5
"""Contrast ratio of normal text at level AA."""
WHITE = "#ffffff"


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
