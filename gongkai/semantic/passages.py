"""What the index stored of a record in, the passage that stands for it out, and its digest."""

import hashlib
from collections.abc import Mapping
from typing import Any

LENGTH = 300
"""Characters; of a longer text the rest says little that its beginning does not."""
RULE = 2
"""Raise it when another vector is made of a passage: every one has to be made again then."""


def choose_passage(stored: Mapping[str, Any]) -> str:
    """Title, then summary, then the beginning of the text, as far as there is room.

    Of a record that is public on request only its entry is stored, so no more goes in here.
    """
    parts = (stored["title"], stored["summary"], stored["body"])
    return "\n".join(" ".join(part.split()) for part in parts if part)[:LENGTH]


def name_passage(passage: str) -> str:
    """Equal names, equal passages: its vector need not be made again. 32 hexadecimal digits."""
    return hashlib.blake2b(f"{RULE}\n{passage}".encode(), digest_size=16).hexdigest()
