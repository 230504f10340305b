"""Counts a value in, the facet a person sees out: labels, order, trees, chosen marks.

Labels come from the catalog's tables here, at the last step; the index holds codes and paths.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from catalog.classifications import (
    MISSING,
    MISSING_LABEL,
    ClassificationTree,
    ancestors_and_self,
)
from catalog.fields import TREES
from catalog.tables import Tables
from search_api.answer import FacetValueView

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
_UNSTATED = {"validity": "未标注"}


def build_facet(
    name: str,
    counts: Mapping[str, int],
    chosen: frozenset[str],
    tables: Tables,
    *,
    whole: bool = False,
) -> list[FacetValueView]:
    """One facet. `whole` shows every value, and of a tree those without records too, with 0."""
    shown = _with_ancestors(chosen) if name in TREES else chosen
    known = {**dict.fromkeys(shown, 0), **counts}
    if whole and name in TREES:
        known = {**{node.path: 0 for node in tables.tree(name).walk()}, **known}
    if name in TREES:
        return _build_tree(known, chosen, tables.tree(name))
    facet = _Facet(name, known, chosen, _label_reader(name, tables))
    return facet.as_list(None if whole else VALUES_SHOWN)


def _build_tree(
    counts: Mapping[str, int], chosen: frozenset[str], tree: ClassificationTree
) -> list[FacetValueView]:
    first: list[FacetValueView] = []
    views: dict[str, FacetValueView] = {}
    # In the order of the tree a class comes after the one above it.
    for path in tree.sort_paths(counts):
        views[path] = view = FacetValueView(
            value=path,
            label=tree.label_of(path),
            count=counts[path],
            selected=path in chosen,
        )
        above = views.get(path.rpartition("/")[0])
        (above.children if above else first).append(view)
    return first


def _with_ancestors(paths: Iterable[str]) -> list[str]:
    """A chosen class stands below its parents, even where nothing is found in any of them."""
    return sorted({step for path in paths for step in ancestors_and_self(path)})


def label_of(name: str, value: str, tables: Tables) -> str:
    """What a person reads for a value: an agency's name, a class's last label, 未分类."""
    return _label_reader(name, tables)(value)


def _label_reader(name: str, tables: Tables) -> Callable[[str], str]:
    missing = _UNSTATED.get(name, MISSING_LABEL)
    read: Callable[[str], str] = str
    if name == "publisher":
        read = tables.agencies.label_of
    elif name in TREES:
        read = tables.tree(name).label_of
    return lambda value: missing if value == MISSING else read(value)


@dataclass(frozen=True, slots=True)
class _Facet:
    name: str
    counts: Mapping[str, int]
    chosen: frozenset[str]
    label: Callable[[str], str]

    def as_list(self, limit: int | None) -> list[FacetValueView]:
        ordered = sorted(self.counts, key=self._order)
        shown = ordered[:limit]
        shown += [value for value in sorted(self.chosen) if value not in shown]
        return [self._view(value) for value in shown]

    def _order(self, value: str) -> tuple[object, ...]:
        if value == MISSING:
            return (1, 0, value)
        if self.name == "year":
            return (0, -int(value) if value.isdigit() else 0, value)
        return (0, -self.counts[value], value)

    def _view(self, value: str) -> FacetValueView:
        return FacetValueView(
            value=value,
            label=self.label(value),
            count=self.counts[value],
            selected=value in self.chosen,
        )
