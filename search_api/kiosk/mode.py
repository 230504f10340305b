"""What a kiosk's address says of the hall, the size of type and the contrast; nothing else is kept.

No cookie and no storage: every link carries it on, and the start without it is the hall's own.
"""

from dataclasses import dataclass, replace
from urllib.parse import quote

SIZES = (1, 2, 3)
_PIXELS = {1: 24, 2: 30, 3: 38}


@dataclass(frozen=True, slots=True)
class Mode:
    """`hall`: its code; `size`: 1, 2 or 3."""

    hall: str = ""
    size: int = 1
    is_contrast: bool = False

    @property
    def classes(self) -> str:
        return f"size-{self.size}{' contrast' if self.is_contrast else ''}"

    @property
    def pixels(self) -> int:
        """Height of the main text."""
        return _PIXELS[self.size]

    def link(self, path: str, *parameters: tuple[str, str]) -> str:
        """An address of the kiosk that keeps the mode."""
        kept = [("hall", self.hall)] if self.hall else []
        kept += [("size", str(self.size))] if self.size != 1 else []
        kept += [("contrast", "on")] if self.is_contrast else []
        pairs = [f"{name}={quote(value, safe='')}" for name, value in (*parameters, *kept)]
        return f"{path}?{'&'.join(pairs)}" if pairs else path

    def sized(self, size: int) -> "Mode":
        """With another size of type."""
        return replace(self, size=size)

    def contrasted(self) -> "Mode":
        """With the other contrast."""
        return replace(self, is_contrast=not self.is_contrast)
