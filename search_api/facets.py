"""Counts a value from an engine in, the facet a person sees out: labels, order, trees, chosen marks.

Labels come from the catalog's tables here, at the last step; the index holds codes and paths.
"""

from collections.abc import Iterable, Mapping

from catalog.classifications import MISSING, MISSING_LABEL
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
    """One facet. `whole` shows every class of a tree, those without records with 0."""
    known = {**dict.fromkeys(chosen, 0), **counts}
    if name in TREES:
        if whole:
            known = {**{node.path: 0 for node in tables.tree(name).walk()}, **known}
        return _build_tree(name, known, chosen, tables)
    ordered = sorted(known, key=lambda value: _flat_order(name, value, known[value]))
    shown = ordered if whole else ordered[:VALUES_SHOWN]
    shown += [value for value in sorted(chosen) if value not in shown]
    return [_view(name, value, known[value], chosen, tables) for value in shown]


def label_of(name: str, value: str, tables: Tables) -> str:
    """What a person reads for a value: an agency's name, a class's last label, 未分类."""
    if value == MISSING:
        return _UNSTATED.get(name, MISSING_LABEL)
    if name == "publisher":
        return tables.agencies.label_of(value)
    return tables.tree(name).label_of(value) if name in TREES else value


def _flat_order(name: str, value: str, count: int) -> tuple[object, ...]:
    if value == MISSING:
        return (1, 0, value)
    if name == "year":
        return (0, -int(value) if value.isdigit() else 0, value)
    return (0, -count, value)


def _build_tree(
    name: str, counts: Mapping[str, int], chosen: frozenset[str], tables: Tables
) -> list[FacetValueView]:
    tree = tables.tree(name)
    below: dict[str, list[str]] = {}
    for path in sorted(counts, key=tree.order_of):
        below.setdefault(_parent(path), []).append(path)

    def views(paths: Iterable[str]) -> list[FacetValueView]:
        return [
            _view(name, path, counts[path], chosen, tables, views(below.get(path, ())))
            for path in paths
        ]

    top = [path for path in sorted(counts, key=tree.order_of) if _parent(path) not in counts]
    return views(top)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _view(  # noqa: PLR0913 - the parts of one value
    name: str,
    value: str,
    count: int,
    chosen: frozenset[str],
    tables: Tables,
    children: list[FacetValueView] | None = None,
) -> FacetValueView:
    return FacetValueView.model_construct(
        value=value,
        label=label_of(name, value, tables),
        count=count,
        selected=value in chosen,
        children=children or [],
    )
