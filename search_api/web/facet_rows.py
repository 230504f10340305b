"""The rows of a facet: each value with a link that chooses it or takes it back."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from gongkai.catalog.classifications import MISSING
from gongkai.query.request import SearchRequest
from gongkai.search.responses import FacetValueView
from search_api.web.urls import ToggleUrls


@dataclass(frozen=True, slots=True)
class FacetRow:
    """One value. `href` toggles its selection; `is_open` shows its children."""

    label: str
    count: int
    href: str
    is_selected: bool
    is_open: bool
    children: tuple["FacetRow", ...]


class FacetRows:
    """Builds the rows of one facet for the list of a request."""

    def __init__(self, request: SearchRequest, name: str) -> None:
        self._urls = ToggleUrls(request, name)

    def build(
        self,
        values: Sequence[FacetValueView],
        above: tuple[str, ...] = (),
        *,
        with_children: bool = True,
    ) -> tuple[FacetRow, ...]:
        """Returns the rows of values in their order; `above` are the values above these.

        An open row always has its children.
        """
        return tuple(
            self._build_row(each, above, with_children or self.is_open(each)) for each in values
        )

    def is_open(self, value: FacetValueView) -> bool:
        """Whether the value or one below it is chosen."""
        return bool(self._urls.chosen) and any(each.selected for each in walk([value]))

    def _build_row(
        self, value: FacetValueView, above: tuple[str, ...], with_children: bool
    ) -> FacetRow:
        return FacetRow(
            label=value.label,
            count=value.count,
            href=self._urls.build(value.value, self._list_branch(value, above)),
            is_selected=value.selected,
            is_open=self.is_open(value),
            children=self._build_children(value, above) if with_children else (),
        )

    def _build_children(
        self, value: FacetValueView, above: tuple[str, ...]
    ) -> tuple[FacetRow, ...]:
        below = [each for each in value.children if each.count or each.selected]
        return self.build(missing_last(below), (*above, value.value)) if below else ()

    def _list_branch(self, value: FacetValueView, above: tuple[str, ...]) -> Collection[str]:
        """Returns the values above and below, of which a choice of this one takes the place."""
        if not self._urls.chosen:
            return ()
        return {*above, *(each.value for each in walk(value.children))}


def missing_last(values: Sequence[FacetValueView]) -> list[FacetValueView]:
    """Returns the values with 未分类 last, otherwise in the given order."""
    return sorted(values, key=lambda each: each.value == MISSING)


def walk(values: Sequence[FacetValueView]) -> Iterator[FacetValueView]:
    """Yields every value of a facet, parents before children."""
    for each in values:
        yield each
        yield from walk(each.children)
