"""Encodes the position in a result list as an opaque cursor, and decodes it."""

import base64
from collections.abc import Sequence

import orjson

from gongkai.errors import BadRequestError
from gongkai.query.request import Sort


def write_cursor(sort: Sort, generation: str, position: Sequence[object]) -> str:
    """Returns a cursor as URL-safe text; `position` is JSON data that the engine chooses."""
    content = orjson.dumps([sort.value, generation, *position])
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def read_cursor(cursor: str, sort: Sort, generation: str | None) -> list[object]:
    """Returns the position in a cursor. Raises BadRequestError for a cursor of another list.

    With `generation` None, a cursor of any generation is accepted.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        position: list[object]
        written_sort, made_for, *position = orjson.loads(base64.urlsafe_b64decode(padded))
        is_sort = Sort(written_sort) is sort
    except (ValueError, TypeError):
        raise unreadable() from None
    if not is_sort or generation not in (None, made_for):
        raise outlived()
    return position


def unreadable() -> BadRequestError:
    """Returns the error for a text that is no cursor."""
    return BadRequestError("cursor", "翻页标记无法识别")


def outlived() -> BadRequestError:
    """Returns the error for a cursor of another list, or of an index that no longer exists."""
    return BadRequestError("cursor", "翻页标记已失效，请从第一页重新开始")
