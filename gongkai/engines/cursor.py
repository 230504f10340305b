"""Where a list goes on, as an opaque text, and back. Every engine hands out such cursors."""

import base64
from collections.abc import Sequence

import orjson

from gongkai.errors import BadRequestError
from gongkai.query.request import Sort


def write_cursor(sort: Sort, generation: str, position: Sequence[object]) -> str:
    """URL-safe text; `position` is the engine's own, of what JSON holds."""
    content = orjson.dumps([sort.value, generation, *position])
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def read_cursor(cursor: str, sort: Sort, generation: str | None) -> list[object]:
    """The position behind a cursor. Raises BadRequestError for one that is not of this list.

    `generation` None takes a cursor of any generation.
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
    """For a text that is no cursor."""
    return BadRequestError("cursor", "翻页标记无法识别")


def outlived() -> BadRequestError:
    """For a cursor of another list, or of an index that is no longer there."""
    return BadRequestError("cursor", "翻页标记已失效，请从第一页重新开始")
