"""The kiosk settings in an address: hall, text size, contrast and rows of a list.

There is no cookie and no storage. Every link repeats the settings; a start without them uses the
hall's defaults.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote

SIZES = (1, 2, 3)
LIST_PATH = "/kiosk/list"
NAMES = ("hall", "size", "contrast", "rows")
"""Parameters that hold the settings."""
HITS = 5
"""Records of a list until the screen has measured how many fit."""
_ROWS = range(1, 33)
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Mode:
    """`hall` is the hall's code; `size` is 1, 2 or 3.

    `rows` is 0 until the screen has measured it. The script of the kiosk updates it, and the page
    number with it, for another text size.
    """

    hall: str = ""
    size: int = 1
    is_contrast: bool = False
    rows: int = 0

    @property
    def classes(self) -> str:
        return f"size-{self.size}{' contrast' if self.is_contrast else ''}"

    @property
    def hits(self) -> int:
        """Number of records on one screen."""
        return self.rows if self.rows in _ROWS else HITS

    def link(self, path: str, *parameters: tuple[str, str]) -> str:
        """Returns a kiosk address that keeps these settings."""
        kept = [("hall", self.hall)] if self.hall else []
        kept += [("size", str(self.size))] if self.size != 1 else []
        kept += [("contrast", "on")] if self.is_contrast else []
        kept += [("rows", str(self.rows))] if self.rows in _ROWS else []
        pairs = [f"{name}={quote(value, safe='')}" for name, value in (*parameters, *kept)]
        return f"{path}?{'&'.join(pairs)}" if pairs else path

    def with_rows_of(self, query: str) -> "Mode":
        """Returns the settings with the rows of a list address: its page number counts in them."""
        rows = dict(parse_qsl(query)).get("rows", "")
        is_number = rows.isascii() and rows.isdigit() and len(rows) < _DIGITS
        return replace(self, rows=int(rows) if is_number else 0)

    def sized(self, size: int) -> "Mode":
        """Returns the settings with another text size."""
        return replace(self, size=size)

    def contrasted(self) -> "Mode":
        """Returns the settings with the other contrast."""
        return replace(self, is_contrast=not self.is_contrast)


def carry(query: str, mode: Mode) -> Iterator[tuple[str, str]]:
    """Yields the parameters of a screen that links in this mode keep."""
    for name, value in parse_qsl(query):
        if name == "back":
            value = read_back(value, mode) or ""  # noqa: PLW2901
        if value and name not in NAMES:
            yield name, value


def read_list_query(back: str) -> str | None:
    """Returns the query string of a list address, or None for any other address."""
    path, _, rest = back.partition("?")
    return rest.partition("#")[0] if path == LIST_PATH else None


def read_back(back: str, mode: Mode) -> str | None:
    """Returns the list to go back to, rebuilt in this mode, or None for any other address."""
    query = read_list_query(back)
    if query is None:
        return None
    return mode.with_rows_of(query).link(LIST_PATH, *carry(query, mode))
