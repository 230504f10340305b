"""Folds short labels (headings, coded values): width, spaces, case, character variants."""

import unicodedata
from functools import cache
from importlib import resources

from analyzers.lazy_pattern import lazy_re

_UNSEEN = lazy_re(
    "[\\s\\x00-\\x1f\\x7f-\\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffe]+"
)


def fold_label(text: str) -> str:
    """Returns NFKC, simplified, lower-case text without spaces and zero-width characters."""
    return fold_width(text).casefold()


def fold_width(text: str) -> str:
    """Like `fold_label`, but keeps case, so that camelCase still shows its words."""
    # Applied twice, because a compatibility form may decompose to a space (U+FFA0).
    visible = _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))
    return visible if visible.isascii() else visible.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    """Returns OpenCC's character table, Traditional to Simplified, one to one."""
    table = resources.files("opencc").joinpath("dictionary", "TSCharacters.txt")
    rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines())
    return {ord(key): forms.split()[0] for key, forms in rows if len(key) == 1}
