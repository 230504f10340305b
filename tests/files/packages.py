"""Small PDF and DOCX files written by hand, with exactly the structure that a test needs."""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def pack_docx(path: Path, body: str, **parts: str) -> Path:
    """A DOCX of a body and of further parts, each the content of its root element."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("_rels/.rels", _RELATIONS)
        packed.writestr(
            "word/document.xml", f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>"
        )
        for name, content in parts.items():
            packed.writestr(f"word/{name}.xml", f"<w:{name} {_NAMESPACES}>{content}</w:{name}>")
    return path


def run(text: str, properties: str = "") -> str:
    """A run of one text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str, properties: str = "") -> str:
    """A paragraph of runs and whatever may be between them."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(content)}</w:p>"


def pack_pdf(path: Path, objects: Sequence[bytes]) -> Path:
    """A PDF of numbered objects; the first is the catalog."""
    out, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    path.write_bytes(
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )
    return path


def pdf_stream(content: bytes, entries: bytes = b"") -> bytes:
    """A compressed stream object."""
    packed = zlib.compress(content, 9)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (
        entries,
        len(packed),
        packed,
    )


PAGE = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>",
)
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pack_page(path: Path, content: bytes, forms: Sequence[bytes] = ()) -> Path:
    """A PDF of one page. Form number n (from 0) may draw the next one as `/X Do`."""
    entries = (
        b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]"
        b"/Resources<</Font<</F 5 0 R>>/XObject<</X %d 0 R>>>>"
    )
    drawn = [pdf_stream(form, entries % (7 + n)) for n, form in enumerate(forms)]
    return pack_pdf(path, (*PAGE, pdf_stream(content), FONT, *drawn))


def pack_parts(path: Path, parts: Mapping[str, str]) -> Path:
    """A zip package of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path
