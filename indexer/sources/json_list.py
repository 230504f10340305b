"""An object around a list of records in, the place of that list out. Used by the reader of JSON."""

from dataclasses import dataclass, field

import orjson

from catalog.headings import key_of
from indexer.sources.headers import known_keys
from indexer.sources.json_cutter import JsonCutter

_ENOUGH_HEADINGS = 2


def find_list(cutter: JsonCutter) -> bool:
    """Move to the `[` of the list of records in the object that begins here.

    False, without moving, where the object is a record itself, or holds no such list. Exports
    state their columns in a list as well (`"fields": [{"id": …}]`), so the list taken is the
    first whose first record has two known headings.
    """
    search = _Search()
    for offset, token in cutter.look_ahead():
        if token[:1] != b'"':
            search.see_bracket(token, offset)
        elif cutter.next_after(offset + len(token)) == b":":
            search.see_key(_read_key(token))
        if search.is_over:
            break
    if search.found is None or len(known_keys(search.outer_keys)) >= _ENOUGH_HEADINGS:
        return False
    cutter.at += search.found
    return True


def _read_key(token: bytes) -> str:
    try:
        return str(orjson.loads(token))
    except orjson.JSONDecodeError:
        return ""


@dataclass(slots=True)
class _Search:
    """Where the look ahead is: depth of objects and of lists, and the list that may be it."""

    found: int | None = None
    is_over: bool = False
    outer_keys: list[str] = field(default_factory=list)
    _key: str = ""
    _objects: int = 0
    _lists: int = 0
    _candidate: int | None = None
    _candidate_objects: int = 0
    _row_keys: list[str] = field(default_factory=list)

    def see_key(self, key: str) -> None:
        if not self._lists:
            self._key = key
            if self._objects == 1:
                self.outer_keys.append(key)
        elif self._lists == 1 and self._objects == self._candidate_objects + 1:
            self._row_keys.append(key)
            if self._candidate is not None and len(known_keys(self._row_keys)) >= _ENOUGH_HEADINGS:
                self.found, self.is_over = self._candidate, True

    def see_bracket(self, bracket: bytes, offset: int) -> None:
        match bracket:
            case b"[":
                self._open_list(offset)
            case b"]":
                self._lists -= 1
            case b"{":
                self._objects += 1
            case _:
                self._close_object()

    def _open_list(self, offset: int) -> None:
        if not self._lists and key_of(self._key) is None:
            self._candidate, self._candidate_objects = offset, self._objects
            self._row_keys.clear()
        self._lists += 1

    def _close_object(self) -> None:
        self._objects -= 1
        if self._lists == 1 and self._objects == self._candidate_objects:
            self._candidate = None
        self.is_over = not self._objects
