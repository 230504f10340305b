"""QR codes of addresses as SVG."""

import io

from markupsafe import Markup

_ERROR_CORRECTION = "m"
"""Error correction of 15 %: a finger or a reflection may cover part of the code."""


def draw_qr(address: str) -> Markup:
    """Returns the code as SVG without a size; the style sheet sets it."""
    import segno  # noqa: PLC0415 - few processes draw one

    code = segno.make_qr(address, error=_ERROR_CORRECTION)
    drawn = io.BytesIO()
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, light="#fff",
        svgclass="qr", lineclass=None, title="本页网址的二维码",
    )  # fmt: skip
    # segno escapes the title. The address is only in the drawing, not in the markup.
    return Markup(drawn.getvalue().decode())  # noqa: S704
