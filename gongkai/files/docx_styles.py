"""Reads which styles of a DOCX hide their text (`w:vanish`), directly or by inheritance."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from gongkai.files.docx_parts import attribute, is_on, parse_part, short_name


@dataclass(slots=True)
class HiddenStyles:
    """Styles by id; `hides` is None where neither the style nor an ancestor states it."""

    by_default: bool = False
    default_paragraph: str | None = None
    stated: dict[str, bool] = field(default_factory=dict)
    based_on: dict[str, str] = field(default_factory=dict)
    _resolved: dict[str, bool | None] = field(default_factory=dict)

    def hides(self, style: str | None) -> bool | None:
        """Returns the statement of the style or of its nearest ancestor with one."""
        chain: list[str] = []
        seen = self._resolved
        while style is not None and style not in seen:
            seen[style] = self.stated.get(style)
            chain.append(style)
            style = self.based_on.get(style) if seen[style] is None else None
        answer = seen.get(style) if style is not None else seen[chain[-1]] if chain else None
        seen.update(dict.fromkeys(chain, answer))
        return answer

    def hides_paragraph(self, style: str | None) -> bool:
        """Whether a paragraph of the style (without one, the default style) hides its runs."""
        stated = self.hides(style or self.default_paragraph)
        return self.by_default if stated is None else stated


def read_hidden_styles(archive: zipfile.ZipFile, part: str | None) -> HiddenStyles:
    """Reads the styles of a package; without a styles part all are visible."""
    handler = _StyleHandler()
    if part is not None:
        parse_part(archive, part, handler)
    return handler.styles


class _StyleHandler:
    is_full = False

    def __init__(self) -> None:
        self.styles = HiddenStyles()
        self._path: list[str] = []
        self._style: str | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = short_name(tag)
        if name == "w:style":
            self._style = attribute(attributes, "styleId")
            is_paragraph = attribute(attributes, "type") == "paragraph"
            if is_paragraph and (attribute(attributes, "default") or "0").lower() in ("1", "true"):
                self.styles.default_paragraph = self._style
        elif name == "w:basedOn" and self._style and self._path[-1:] == ["w:style"]:
            self.styles.based_on[self._style] = attribute(attributes, "val") or ""
        elif name == "w:vanish":
            self._state_vanish(is_on(attributes))
        self._path.append(name)

    def _state_vanish(self, is_hidden: bool) -> None:
        if self._path[-2:] == ["w:rPrDefault", "w:rPr"]:
            self.styles.by_default = is_hidden
        elif self._path[-2:] == ["w:style", "w:rPr"] and self._style:
            self.styles.stated[self._style] = is_hidden

    def end(self, _tag: str) -> None:
        self._path.pop()

    def data(self, text: str) -> None: ...
