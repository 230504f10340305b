"""Finds the titles in 《》 that a sentence cites, and the document numbers beside them."""

from collections.abc import Iterator

from analyzers.lazy_pattern import lazy_re

_BETWEEN = lazy_re(r"[（(\s]*")
_AGENCY = lazy_re(
    r"(?:最高人民法院、最高人民检察院|[\u4e00-\u9fff]{2,16}?(?:政府|办公厅|办公室|委员会|法院|检察院"
    r"|[部委局厅署行会]))\Z"
)
_LEAD = lazy_re(r".*(?:[0-9日号》）)，,]|原|以及|其中|此前|年|月|与|及|和)")


def find_outermost(clause: str) -> Iterator[tuple[int, int]]:
    """Yields spans of 《…》; nested ones belong to the outer."""
    depth = begin = 0
    for at, sign in enumerate(clause):
        if sign == "《":
            begin = begin if depth else at
            depth += 1
        elif sign == "》" and depth:
            depth -= 1
            if not depth:
                yield begin, at + 1


def is_beside(clause: str, end: int, start: int, until: int) -> bool:
    """Whether a number at `start` belongs to the title that ends at `end`."""
    return end <= start < until and _BETWEEN.fullmatch(clause, end, start) is not None


def with_agency(before: str, title: str) -> str:
    """Prepends the agency: 最高人民法院《关于…的规定》 is 最高人民法院关于…的规定."""
    title = "".join(title.split())
    if not title.startswith("关于"):
        return title
    lead = _LEAD.match(before)
    agency = _AGENCY.search(before[lead.end() if lead else 0 :])
    return agency[0] + title if agency else title
