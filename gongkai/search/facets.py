"""Counts a value in, the facet a person sees out: labels, order, trees, chosen marks.

Labels come from the catalog's tables here, at the last step; the index holds codes and paths.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import overload

import orjson

from gongkai.catalog.classifications import (
    MISSING,
    MISSING_LABEL,
    ancestors_and_self,
    is_within_limits,
)
from gongkai.catalog.fields import FACETS, TREES
from gongkai.catalog.tables import Tables
from gongkai.search.responses import FacetValueView

VALUES_SHOWN = 100
"""Values of one flat facet in an answer, the most frequent; chosen ones are always there."""
TITLES: Mapping[str, str] = {
    "category": "组配分类",
    "topic": "主题分类",
    "audience": "服务对象",
    "life_event": "生命周期",
    "genre": "体裁",
    "format": "信息格式",
    "publisher": "发布机构",
    "year": "年份",
    "validity": "有效性",
    "disclosure": "公开方式",
}
TREE_VALUES_SHOWN = 1_000
"""Classes of one tree in an answer, the most frequent with those above them."""
_UNSTATED = {"validity": "未标注"}
_HEADS_KEPT = 20_000


class FacetValues(Sequence[FacetValueView]):
    """One facet in order. A page looks at views of its values; JSON is written without any.

    `below` holds the values below one in order, and the first level below None. No dataclass, for
    orjson would write its fields.
    """

    def __init__(
        self,
        below: Mapping[str | None, Sequence[str]],
        counts: Mapping[str, int],
        chosen: frozenset[str],
        labels: "_Labels",
    ) -> None:
        self._first = below.get(None, ())
        self._below = below
        self._counts = counts
        self._chosen = chosen
        self._labels = labels

    def as_json(self) -> orjson.Fragment:
        """What orjson would write of the views, for `default` of its `dumps`."""
        return orjson.Fragment(self._write(self._first))

    @overload
    def __getitem__(self, index: int) -> FacetValueView: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FacetValueView]: ...
    def __getitem__(self, index: int | slice) -> FacetValueView | Sequence[FacetValueView]:
        return self._views[index]

    def __iter__(self) -> Iterator[FacetValueView]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._first)

    @cached_property
    def _views(self) -> list[FacetValueView]:
        return [self._view(value) for value in self._first]

    def _view(self, value: str) -> FacetValueView:
        return FacetValueView(
            value=value,
            label=self._labels.read(value),
            count=self._counts[value],
            selected=value in self._chosen,
            children=[self._view(each) for each in self._below.get(value, ())],
        )

    def _write(self, values: Iterable[str]) -> str:
        head, counts = self._labels.head, self._counts
        chosen, below = self._chosen, self._below
        written = (
            f'{head(value)}{counts[value]},"selected":{"true" if value in chosen else "false"},'
            f'"children":{self._write(below[value]) if value in below else "[]"}}}'
            for value in values
        )
        return f"[{','.join(written)}]"


class FacetBuilder:
    """Facets with the labels of one city's tables; one object serves a whole process."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._labels = {name: _Labels(_label_reader(name, tables)) for name in FACETS}

    def build(
        self,
        name: str,
        counts: Mapping[str, int],
        chosen: frozenset[str] = frozenset(),
        *,
        whole: bool = False,
    ) -> FacetValues:
        """One facet. `whole`: every value, and of a tree those without records too, with 0.

        Of a tree, paths over the limits are left out: an index may hold some that were published
        before there were limits.
        """
        if name in TREES:
            return self._build_tree(name, counts, chosen, whole=whole)
        known = {**dict.fromkeys(chosen, 0), **counts}
        order = _sort_values(name, known)
        if not whole:
            order, rest = order[:VALUES_SHOWN], order[VALUES_SHOWN:]
            order += sorted(chosen.intersection(rest))
        return FacetValues({None: order}, known, chosen, self._labels[name])

    def _build_tree(
        self, name: str, counts: Mapping[str, int], chosen: frozenset[str], *, whole: bool
    ) -> FacetValues:
        tree = self._tables.tree(name)
        counted = {path: count for path, count in counts.items() if is_within_limits(path)}
        if whole:
            counted = {**{node.path: 0 for node in tree.walk()}, **counted}
        elif len(counted) > TREE_VALUES_SHOWN:
            counted = _most_frequent(counted)
        shown = _with_ancestors(filter(is_within_limits, chosen))
        known = {**{path: counts.get(path, 0) for path in shown}, **counted}
        below = _part_levels(tree.sort_paths(known), known)
        return FacetValues(below, known, chosen, self._labels[name])


def label_of(name: str, value: str, tables: Tables) -> str:
    """What a person reads for a value: an agency's name, a class's last label, 未分类."""
    return _label_reader(name, tables)(value)


def _part_levels(paths: Sequence[str], known: Mapping[str, int]) -> dict[str | None, list[str]]:
    """Each path below the class above it, or below None where that is not known."""
    below: dict[str | None, list[str]] = {}
    for path in paths:
        above = path.rpartition("/")[0]
        below.setdefault(above if above in known else None, []).append(path)
    return below


def _most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """TREE_VALUES_SHOWN of the paths. A class comes before those below it, which are no more."""
    order = sorted(counts, key=lambda path: (-counts[path], path.count("/")))
    return {path: counts[path] for path in order[:TREE_VALUES_SHOWN]}


def _sort_values(name: str, counts: Mapping[str, int]) -> list[str]:
    """The most frequent first, of years the latest; what is not stated comes last."""
    stated = sorted(value for value in counts if value != MISSING)
    if name == "year":
        stated.sort(key=lambda year: int(year) if year.isdigit() else 0, reverse=True)
    else:
        stated.sort(key=counts.__getitem__, reverse=True)
    return [*stated, MISSING] if MISSING in counts else stated


def _with_ancestors(paths: Iterable[str]) -> list[str]:
    """A chosen class stands below its parents, even where nothing is found in any of them."""
    return sorted({step for path in paths for step in ancestors_and_self(path)})


def _label_reader(name: str, tables: Tables) -> Callable[[str], str]:
    missing = _UNSTATED.get(name, MISSING_LABEL)
    read: Callable[[str], str] = str
    if name == "publisher":
        read = tables.agencies.label_of
    elif name in TREES:
        read = tables.tree(name).label_of
    return lambda value: missing if value == MISSING else read(value)


class _Labels:
    """What one facet's values are called, and the beginning of their JSON, which stays."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self.read = read
        self.head = lru_cache(_HEADS_KEPT)(self._write_head)

    def _write_head(self, value: str) -> str:
        named = orjson.dumps({"value": value, "label": self.read(value)}).decode()
        return f'{named[:-1]},"count":'
