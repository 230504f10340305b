"""The filter by publication date: two periods to choose, and two days to pick."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from gongkai.catalog.dates import PartialDate
from gongkai.query.request import DATED, SearchRequest
from search_api.web.urls import search_url, without_dates

DATE_TITLES = {"published": "发布日期", "issued": "成文日期", "effective": "施行日期"}
"""Labels of the dates with a range, in the order of DATED."""
IN_FORCE_LABEL = "不含已失效的"
_PERIODS = {"近一年": 1, "近三年": 3}


@dataclass(frozen=True, slots=True)
class PickedDates:
    """A date with the values of its two pickers, as ISO days or ""; `error` is a fault of them."""

    name: str
    title: str
    first: str
    last: str
    error: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.first or self.last or self.error)


def build_periods(request: SearchRequest, today: date) -> list[tuple[str, str, bool]]:
    """Returns label, address and state of each period; the address of a chosen one removes it."""
    return [_build_period(request, label, _years_before(today, n)) for label, n in _PERIODS.items()]


def pick_dates(request: SearchRequest, faults: Mapping[str, str]) -> list[PickedDates]:
    """Returns the ranges of a request for pickers. A month or a year is shown as its days.

    `faults` maps names of dates to the fault of their range.
    """
    return [_pick(request, name, faults.get(name, "")) for name in DATED]


def _pick(request: SearchRequest, name: str, fault: str) -> PickedDates:
    start, end = (getattr(request, f"{name}_{part}") for part in ("from", "to"))
    return PickedDates(
        name,
        DATE_TITLES[name],
        start.first_day.isoformat() if start else "",
        end.last_day.isoformat() if end else "",
        fault,
    )


def _build_period(request: SearchRequest, label: str, start: PartialDate) -> tuple[str, str, bool]:
    is_chosen = request.published_from == start and request.published_to is None
    plain = without_dates(request)
    return (
        label,
        search_url(plain if is_chosen else replace(plain, published_from=start)),
        is_chosen,
    )


def _years_before(today: date, years: int) -> PartialDate:
    # 29 February becomes 28 February.
    day = min(today.day, 28) if today.month == 2 else today.day
    return PartialDate(today.year - years, today.month, day)
