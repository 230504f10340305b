"""Recognises the text of scans: PDF pages and images become text by OCR.

It needs the extra `ocr`, whose package holds its models. It must only run in an extraction worker.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from gettext import gettext as _
from importlib.util import find_spec
from itertools import islice
from typing import Any, BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.containers import Container, find_container
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_IMAGE_PIXELS

_SIDE = 2_000
"""Pixels of the longer side of a page, about 170 dpi for A4; the model reduces larger images."""
_MOST_SCALE = 300 / 72
"""Small pages are not enlarged beyond 300 dpi."""
_PACKAGES = ("rapidocr", "onnxruntime")


def find_ocr_fault() -> str:
    """Returns a sentence for an operator if a package of the extra is missing, or ""."""
    missing = next((name for name in _PACKAGES if find_spec(name) is None), None)
    if missing is None:
        return ""
    return _(
        "GONGKAI_OCR needs a package that is not installed ({name}): install gongkai[ocr], "
        "or switch the setting off."
    ).format(name=missing)


def recognize_document(file: BinaryIO, pages: int, characters: int) -> tuple[str, AttachmentText]:
    """Returns the text of the first pages of a PDF or image, up to about `characters`.

    The state is NO_TEXT_LAYER if no text is found. Raises BrokenFileError or an error of a parser
    for a file that can't be read.
    """
    container = find_container(file)
    if container not in (Container.PDF, Container.BINARY):
        raise BrokenFileError("unknown_format", "The file is neither a PDF nor an image.")
    draw = _draw_pdf if container is Container.PDF else _draw_images
    recognize = _open_model()
    lines: list[str] = []
    for image in islice(draw(file), pages):
        lines.extend(recognize(image).txts or ())
        if sum(map(len, lines)) > characters:
            break
    return "\n".join(lines), AttachmentText.MACHINE_READ if lines else AttachmentText.NO_TEXT_LAYER


@cache
def _open_model() -> Callable[[Any], Any]:
    from rapidocr import RapidOCR  # noqa: PLC0415 - an optional package

    # Several workers may run at once, so each uses one processor.
    threads = dict.fromkeys(("intra_op_num_threads", "inter_op_num_threads"), 1)
    engine = {f"EngineConfig.onnxruntime.{name}": number for name, number in threads.items()}
    model: Callable[[Any], Any] = RapidOCR(params={"Global.log_level": "critical", **engine})
    return model


def _draw_pdf(file: BinaryIO) -> Iterator[Any]:
    import pypdfium2  # noqa: PLC0415 - the parent process never loads PDFium

    with closing(pypdfium2.PdfDocument(file)) as document:
        for number in range(len(document)):
            with closing(document[number]) as page:
                scale = min(_SIDE / max(page.get_size()), _MOST_SCALE)
                with closing(page.render(scale=scale)) as bitmap:
                    yield bitmap.to_numpy().copy()


def _draw_images(file: BinaryIO) -> Iterator[Any]:
    """Yields the image, or every page of a TIFF file, dark on white."""
    import numpy as np  # noqa: PLC0415 - few workers need it
    from PIL import Image, ImageOps, ImageSequence  # noqa: PLC0415 - an optional package

    with Image.open(file, formats=("PNG", "JPEG", "TIFF")) as image:
        for frame in ImageSequence.Iterator(image):
            if frame.width * frame.height > MAX_IMAGE_PIXELS:
                raise BrokenFileError("bad_file", "The image is too large.")
            page = ImageOps.exif_transpose(frame)
            if page.has_transparency_data:
                above = page.convert("RGBA")
                page = Image.new("L", above.size, "white")
                page.paste(above.convert("L"), mask=above.getchannel("A"))
            page = page.convert("L")
            page.thumbnail((_SIDE, _SIDE))
            yield np.asarray(page.convert("RGB"))
