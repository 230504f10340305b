"""Reads the id of a record that staff typed or pasted."""

from urllib.parse import unquote


def read_record_id(text: str) -> str:
    """Returns the id that a text states, which may be the address of the record's page."""
    _, mark, rest = text.strip().partition("/records/")
    return unquote(rest.partition("?")[0]) if mark else text.strip()
