"""Short labels (headings, coded values) folded to one spelling: width, blanks, case, characters."""

import re
import unicodedata
from functools import cache
from importlib import resources

_UNSEEN = re.compile(
    "[\\s\\x00-\\x1f\\x7f-\\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffe]+"
)


def fold_label(text: str) -> str:
    """NFKC, simplified characters, lower case, no blanks and no characters without a width."""
    return fold_width(text).casefold()


def fold_width(text: str) -> str:
    """`fold_label` with upper and lower case kept: camelCase still shows its words."""
    # Twice: a compatibility form may unfold to a blank, as U+FFA0 does.
    visible = _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))
    return visible if visible.isascii() else visible.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    """Traditional -> simplified, one character each: the character table of OpenCC."""
    table = resources.files("opencc").joinpath("dictionary", "TSCharacters.txt")
    rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines())
    return {ord(key): forms.split()[0] for key, forms in rows if len(key) == 1}
