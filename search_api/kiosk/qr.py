"""An address in, its QR code out as an SVG for a page. The record screen of a kiosk calls it."""

import io

import segno
from markupsafe import Markup

_ERROR_CORRECTION = "m"
"""15 % may be hidden by a finger or a reflection."""


def draw_qr(address: str) -> Markup:
    """A square without a size of its own: the style sheet sets it."""
    code = segno.make_qr(address, error=_ERROR_CORRECTION)
    drawn = io.BytesIO()
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, light="#fff",
        svgclass="qr", lineclass=None, title="本页网址的二维码",
    )  # fmt: skip
    # segno escapes the title; the address is in the picture, not in the markup.
    return Markup(drawn.getvalue().decode())  # noqa: S704
