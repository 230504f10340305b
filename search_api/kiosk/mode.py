"""The kiosk settings in an address: hall, text size and contrast.

There is no cookie and no storage. Every link repeats the settings; a start without them uses the
hall's defaults.
"""

from dataclasses import dataclass, replace
from urllib.parse import quote

SIZES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Mode:
    """`hall` is the hall's code; `size` is 1, 2 or 3."""

    hall: str = ""
    size: int = 1
    is_contrast: bool = False

    @property
    def classes(self) -> str:
        return f"size-{self.size}{' contrast' if self.is_contrast else ''}"

    def link(self, path: str, *parameters: tuple[str, str]) -> str:
        """Returns a kiosk address that keeps these settings."""
        kept = [("hall", self.hall)] if self.hall else []
        kept += [("size", str(self.size))] if self.size != 1 else []
        kept += [("contrast", "on")] if self.is_contrast else []
        pairs = [f"{name}={quote(value, safe='')}" for name, value in (*parameters, *kept)]
        return f"{path}?{'&'.join(pairs)}" if pairs else path

    def sized(self, size: int) -> "Mode":
        """Returns the settings with another text size."""
        return replace(self, size=size)

    def contrasted(self) -> "Mode":
        """Returns the settings with the other contrast."""
        return replace(self, is_contrast=not self.is_contrast)
