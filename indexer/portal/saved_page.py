"""Decides whether a page of a portal is a record, and adds its address to the saved copy."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.catalog.headings import gather_by_key
from indexer.portal.links import parse_content
from indexer.portal.web_client import normalize
from indexer.sources.headers import known_keys
from indexer.sources.portal_page import read_page_fields

_CATALOG = frozenset(("index_number", "document_number", "disclosure"))
_FEWEST_LETTERS = 10
_MARK = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A record page: the addresses of its attachments."""

    files: Sequence[str]


def read_saved_page(address: str, content: bytes) -> SavedPage | None:
    """Returns the record of a page, or None for a list or another page.

    A record has a title and an article, or a catalog block. Raises BrokenFileError if the content
    is not HTML.
    """
    page = parse_content(content)
    fields, has_article = read_page_fields(page, stamp_address(address, content))
    keys = known_keys(fields)
    body = str(fields.get("正文", ""))
    is_filled = len("".join(body.split())) >= _FEWEST_LETTERS or "attachments" in keys
    if "title" not in keys or not (keys & _CATALOG or (has_article and is_filled)):
        return None
    known, _ = gather_by_key(fields)
    found = known.get("attachments", ())
    named = [each.get("url", "") for each in _flatten(found) if isinstance(each, dict)]
    return SavedPage([normalize(url) for url in dict.fromkeys(named) if url.startswith("http")])


def _flatten(values: Sequence[object]) -> list[object]:
    return [each for value in values for each in (value if isinstance(value, list) else [value])]


def stamp_address(address: str, content: bytes) -> bytes:
    """Returns a page with the comment that browsers write for the address of a saved page."""
    if content.startswith(_WIDE) or b"saved from url=" in content[:4096]:
        return content
    match = _MARK.match(content)
    start = match.end() if match else 0
    safe = address.replace("--", "%2D%2D").replace(">", "%3E").replace("<", "%3C")
    comment = f"<!-- saved from url=({len(safe):04d}){safe} -->\n".encode("ascii", "ignore")
    return content[:start] + comment + content[start:]
