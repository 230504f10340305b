"""Chooses the passage of a stored record that is embedded, and names it by a digest."""

import hashlib

from gongkai.catalog.record import Record

LENGTH = 300
"""Characters; the rest of a longer text adds little to its beginning."""
RULE = 3
"""Raised when the same passage gets another vector; all vectors are then made again."""


def choose_passage(record: Record) -> str:
    """Returns title, summary and the beginning of the text, up to LENGTH characters.

    Only the entry of a record on request is stored, so its text is not included.
    """
    parts = (record.title, record.summary, record.body)
    return "\n".join(" ".join(part.split()) for part in parts if part)[:LENGTH]


def name_passage(passage: str) -> str:
    """Returns a digest of a passage, 32 hexadecimal digits; equal passages have equal digests."""
    return hashlib.blake2b(f"{RULE}\n{passage}".encode(), digest_size=16).hexdigest()
