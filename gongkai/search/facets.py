"""Builds facets from value counts: labels, order, trees, selected values.

The index holds codes and paths. Labels come from the catalog's tables in this last step.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import overload

import orjson

from gongkai.catalog.classifications import (
    MISSING,
    ancestors_and_self,
    is_within_limits,
)
from gongkai.catalog.fields import FACETS, MISSING_LABELS, TREES
from gongkai.catalog.tables import Tables
from gongkai.search.responses import FacetValueView

VALUES_SHOWN = 100
"""Most frequent values of one flat facet in an answer; chosen values are always included."""
TREE_VALUES_SHOWN = 1_000
"""Most frequent classes of one tree in an answer, with their ancestors."""
_HEADS_KEPT = 20_000


class FacetValues(Sequence[FacetValueView]):
    """The values of one facet in order, as views or as JSON.

    `below` maps a value to the values below it in order, and None to the first level. This is no
    dataclass, because orjson would serialize its fields.
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
        """Returns the JSON of the views, as `default` of orjson's `dumps` needs it."""
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
    """Builds facets with the labels of one city's tables; one instance serves all requests."""

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
        """Returns one facet.

        `whole` includes every value, and in a tree the classes without records, with count 0. Tree
        paths over the limits are left out, because an older index may contain some.
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
        below = _group_by_parent(tree.sort_paths(known), known)
        return FacetValues(below, known, chosen, self._labels[name])


def label_of(name: str, value: str, tables: Tables) -> str:
    """Returns the label of a value: an agency's name, the last label of a class, 未分类."""
    return _label_reader(name, tables)(value)


def _group_by_parent(paths: Sequence[str], known: Mapping[str, int]) -> dict[str | None, list[str]]:
    """Groups paths by their parent class, or under None where the parent is unknown."""
    below: dict[str | None, list[str]] = {}
    for path in paths:
        above = path.rpartition("/")[0]
        below.setdefault(above if above in known else None, []).append(path)
    return below


def _most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """Returns the TREE_VALUES_SHOWN most frequent paths.

    Of equal counts a class comes before its descendants, which never have more records.
    """
    order = sorted(counts, key=lambda path: (-counts[path], path.count("/")))
    return {path: counts[path] for path in order[:TREE_VALUES_SHOWN]}


def _sort_values(name: str, counts: Mapping[str, int]) -> list[str]:
    """Sorts values by count, years latest first; a missing value comes last."""
    stated = sorted(value for value in counts if value != MISSING)
    if name == "year":
        stated.sort(key=lambda year: int(year) if year.isdigit() else 0, reverse=True)
    else:
        stated.sort(key=counts.__getitem__, reverse=True)
    return [*stated, MISSING] if MISSING in counts else stated


def _with_ancestors(paths: Iterable[str]) -> list[str]:
    """Returns the chosen classes and all their ancestors, even those without results."""
    return sorted({step for path in paths for step in ancestors_and_self(path)})


def _label_reader(name: str, tables: Tables) -> Callable[[str], str]:
    missing = MISSING_LABELS[name]
    read: Callable[[str], str] = str
    if name == "publisher":
        read = tables.agencies.label_of
    elif name in TREES:
        read = tables.tree(name).label_of
    return lambda value: missing if value == MISSING else read(value)


class _Labels:
    """Labels of one facet's values, with a cache for the start of their JSON."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self.read = read
        self.head = lru_cache(_HEADS_KEPT)(self._write_head)

    def _write_head(self, value: str) -> str:
        named = orjson.dumps({"value": value, "label": self.read(value)}).decode()
        return f'{named[:-1]},"count":'
