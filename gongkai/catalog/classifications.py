"""Classification trees: resolves any portal's spelling of a class to its canonical path."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property, lru_cache
from itertools import islice

from analyzers.lazy_pattern import lazy_re

MISSING = "_missing"
"""The value of a missing classification in filters and facets."""

MISSING_LABEL = "未分类"

DEPTH_LIMIT = 16
"""Levels of a path. The shipped trees have 2; the deepest path in real exports has 9."""
PATH_LIMIT = 500
"""Characters of a path; the longest real one has under 100."""
VALUES_LIMIT = 100
"""Values of one field in one record."""

# The lookbehind keeps long runs of dashes linear, since a match starts only at the first dash.
_SEPARATOR = lazy_re(r"(?<![-—–=])[-—–=]*[>＞»›→]|[/／\\＼]")
_VALUE_SEPARATOR = lazy_re(r"[;；|｜\r\n\u2028]")
# Labels contain 、, and some portals separate values by ， or a space. Only the tree can tell.
_DOUBTFUL_SEPARATORS = (lazy_re(r"[,，]"), lazy_re(r"\s+"))
_INVISIBLE = lazy_re(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_MEMO_SIZE = 4096

SortKey = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """One class: full path (`一级/二级`), last label, aliases, and position in its file."""

    path: str
    label: str
    aliases: tuple[str, ...]
    order: int


def is_within_limits(path: str) -> bool:
    """Whether a path has at most DEPTH_LIMIT levels and PATH_LIMIT characters."""
    return len(path) <= PATH_LIMIT and path.count("/") < DEPTH_LIMIT


@lru_cache(_MEMO_SIZE)
def ancestors_and_self(path: str) -> tuple[str, ...]:
    """Returns `("a", "a/b", "a/b/c")` for `"a/b/c"`, at most DEPTH_LIMIT levels."""
    segments = path.split("/", DEPTH_LIMIT)[:DEPTH_LIMIT] if path else []
    return tuple("/".join(segments[:depth]) for depth in range(1, len(segments) + 1))


def split_path(text: str) -> tuple[str, ...]:
    """Returns the labels of a path in any spelling: `财政 > 税务`, `财政\\税务`, `财政—>税务`."""
    parts = _SEPARATOR.split(_INVISIBLE.sub("", text))
    return tuple(tidied for part in parts if (tidied := " ".join(part.split())))


def split_values(value: str | Sequence[str]) -> tuple[str, ...]:
    """Returns the distinct values of a cell, split at ; ； | and line breaks."""
    texts = [value] if isinstance(value, str) else value
    pieces = (" ".join(piece.split()) for text in texts for piece in _VALUE_SEPARATOR.split(text))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def fold_path(segments: Sequence[str]) -> str:
    """Returns a path without differences in width, case, spaces and ， or 、, for comparison."""
    return "/".join(map(_fold_label, segments))


def _fold_label(label: str) -> str:
    folded = unicodedata.normalize("NFKC", label).casefold().replace(",", "、")
    return "".join(folded.split())


@dataclass(frozen=True)
class ClassificationTree:
    """The classes of one field; `nodes` are in file order and include every parent."""

    field: str
    nodes: tuple[Classification, ...]
    _memo: dict[str, str] = dataclass_field(default_factory=dict, repr=False, compare=False)
    _cells: dict[tuple[str, ...], tuple[str, ...]] = dataclass_field(
        default_factory=dict, repr=False, compare=False
    )

    def known(self, path: str) -> bool:
        """Whether `path` is exactly a class of this tree."""
        return path in self._by_path

    def get(self, path: str) -> Classification | None:
        """Returns the class at `path`, or None."""
        return self._by_path.get(path)

    def canonical(self, text: str) -> str:
        """Returns the canonical path for `text`; an unknown path is tidied and kept.

        Tries a path, then an alias, then a label below the first level that is unique in the tree.
        Labels after a known beginning are kept below it (`财政/预算` ->
        `财政、金融、审计/财政/预算`). The function is idempotent.
        """
        if text in self._by_path:
            return text
        found = self._memo.get(text)
        if found is None:
            found = self._resolve(split_path(text))
            if len(self._memo) < _MEMO_SIZE and len(text) <= PATH_LIMIT:
                self._memo[text] = found
        return found

    def canonical_values(self, value: str | Sequence[str]) -> tuple[str, ...]:
        """Returns the distinct canonical paths of a cell with several values, in order.

        Reads at most VALUES_LIMIT + 1 values, so that the caller can detect too many.
        """
        texts = (value,) if isinstance(value, str) else tuple(value)
        known = self._cells.get(texts)
        if known is not None:
            return known
        paths = (self.canonical(piece) for piece in self.split_values(texts))
        found = tuple(dict.fromkeys(path for path in paths if path))
        if len(self._cells) < _MEMO_SIZE and sum(map(len, texts)) + len(texts) <= PATH_LIMIT:
            self._cells[texts] = found
        return found

    def split_values(self, value: str | Sequence[str]) -> tuple[str, ...]:
        """Like the module's `split_values`; also splits at ， or spaces between known classes."""
        most = VALUES_LIMIT + 1
        values = split_values(value)[:most]
        pieces = (part for piece in values for part in self._split_doubtful(piece))
        return tuple(islice(dict.fromkeys(pieces), most))

    def children(self, path: str | None) -> tuple[Classification, ...]:
        """Returns the classes directly below `path` in display order; the first level for None."""
        return self._children.get(path, ())

    def walk(self) -> Iterator[Classification]:
        """Yields every class, parents before children, in display order."""
        yield from self._walk_below(None)

    def order_of(self, path: str) -> SortKey:
        """Returns a sort key for file order; unknown paths follow, `_missing` is last."""
        return self._orders.get(path) or self._order_by_steps(path)

    def sort_paths(self, paths: Collection[str]) -> list[str]:
        """Returns paths in file order, each after its parent; see `order_of`."""
        try:
            return sorted(paths, key=self._ranks.__getitem__)
        except KeyError:
            return sorted(paths, key=self.order_of)

    def label_of(self, path: str) -> str:
        """Returns the label of `path`: its last label, or 未分类 for `_missing`."""
        return MISSING_LABEL if path == MISSING else path.rpartition("/")[2]

    @cached_property
    def _orders(self) -> dict[str, SortKey]:
        return {node.path: self._order_by_steps(node.path) for node in self.nodes}

    @cached_property
    def _ranks(self) -> dict[str, int]:
        known = sorted((*self._orders, MISSING), key=self.order_of)
        return {path: rank for rank, path in enumerate(known)}

    def _order_by_steps(self, path: str) -> SortKey:
        return tuple(
            (self._order_in_file(ancestor), ancestor) for ancestor in ancestors_and_self(path)
        )

    def _order_in_file(self, path: str) -> int:
        if path == MISSING:
            return len(self.nodes) + 1
        node = self._by_path.get(path)
        return node.order if node else len(self.nodes)

    def _walk_below(self, path: str | None) -> Iterator[Classification]:
        for node in self.children(path):
            yield node
            yield from self._walk_below(node.path)

    def _split_doubtful(self, piece: str) -> tuple[str, ...]:
        if self._means_known(piece):
            return (piece,)
        for separator in _DOUBTFUL_SEPARATORS:
            parts = tuple(part for part in separator.split(piece) if part)
            if len(parts) > 1 and all(self._means_known(part) for part in parts):
                return parts
        return (piece,)

    def _means_known(self, text: str) -> bool:
        return self.known(self.canonical(text))

    def _resolve(self, segments: tuple[str, ...]) -> str:
        if len(segments) > DEPTH_LIMIT:
            return "/".join(segments)
        # This ends: each round changes nothing or consumes labels after a known beginning.
        while (rewritten := self._rewrite_beginning(segments)) != segments:
            segments = rewritten
        return "/".join(segments)

    def _rewrite_beginning(self, segments: tuple[str, ...]) -> tuple[str, ...]:
        folded = tuple(map(_fold_label, segments))
        for depth in range(len(segments), 0, -1):
            path = self._by_key.get("/".join(folded[:depth]))
            if path is not None:
                return (*path.split("/"), *segments[depth:])
        return segments

    @cached_property
    def _by_path(self) -> dict[str, Classification]:
        return {node.path: node for node in self.nodes}

    @cached_property
    def _by_key(self) -> dict[str, str]:
        """Maps folded spellings to paths; paths win over aliases, aliases over unique labels."""
        below_first = [node for node in self.nodes if "/" in node.path]
        uses = Counter(_fold_label(node.label) for node in below_first)
        labels = {_fold_label(node.label): node.path for node in below_first}
        keys = {key: path for key, path in labels.items() if uses[key] == 1}
        for node in self.nodes:
            keys.update((fold_path(split_path(alias)), node.path) for alias in node.aliases)
        keys.update((fold_path(node.path.split("/")), node.path) for node in self.nodes)
        return keys

    @cached_property
    def _children(self) -> dict[str | None, tuple[Classification, ...]]:
        below: dict[str | None, list[Classification]] = {}
        for node in sorted(self.nodes, key=lambda node: node.order):
            below.setdefault(node.path.rpartition("/")[0] or None, []).append(node)
        return {parent: tuple(children) for parent, children in below.items()}
