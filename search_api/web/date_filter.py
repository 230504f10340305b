"""The filter by publication date: two periods to choose, and two days to pick."""

from dataclasses import dataclass, replace
from datetime import date

from gongkai.catalog.dates import PartialDate
from gongkai.query.request import SearchRequest
from search_api.web.urls import search_url, without_dates

_PERIODS = {"近一年": 1, "近三年": 3}


@dataclass(frozen=True, slots=True)
class PickedDates:
    """The values of the two pickers, as ISO days or ""."""

    first: str
    last: str


def build_periods(request: SearchRequest, today: date) -> list[tuple[str, str, bool]]:
    """Returns label, address and state of each period; the address of a chosen one removes it."""
    return [_build_period(request, label, _years_before(today, n)) for label, n in _PERIODS.items()]


def pick_dates(request: SearchRequest) -> PickedDates:
    """Returns the range of a request for pickers. A month or a year is shown as its days."""
    start, end = request.published_from, request.published_to
    return PickedDates(
        start.first_day.isoformat() if start else "", end.last_day.isoformat() if end else ""
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
