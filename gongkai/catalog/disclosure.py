"""Determines the disclosure (公开属性) of a row: the disclosure boundary.

The three kinds follow 政府信息公开条例 (国务院令第711号), articles 13-16, 19, 27.
"""

from collections.abc import Iterable
from enum import StrEnum
from gettext import gettext as _

from gongkai.catalog.disclosure_columns import ColumnKind
from gongkai.catalog.disclosure_statements import Column, Statement, find_statements
from gongkai.catalog.disclosure_values import Verdict, is_channel, judge
from gongkai.errors import RefusedValueError


class Disclosure(StrEnum):
    """The kinds of disclosure, strictest last."""

    PUBLIC = "主动公开"
    ON_REQUEST = "依申请公开"
    NOT_PUBLIC = "不予公开"


_STRICTNESS = list(Disclosure)
_KINDS = {
    Verdict.OPEN: Disclosure.PUBLIC,
    Verdict.ON_REQUEST: Disclosure.ON_REQUEST,
    Verdict.CLOSED: Disclosure.NOT_PUBLIC,
}


def settle_disclosure(
    stated: Iterable[object], columns: Iterable[Column], fill: Disclosure | None
) -> Disclosure:
    """Returns the strictest disclosure that any column of a row states, else `fill`.

    `stated` are the cells under the catalog's own headings (公开方式). `columns` are all other
    columns that may state disclosure, secrecy or publication state; they can only make a row
    stricter. An unknown value in one of them is never replaced by `fill`. Raises RefusedValueError
    (`unknown_disclosure`, `missing_disclosure`) with the column, unless a column states 不予公开.
    """
    kinds = [parse_disclosure(value) for value in stated if not is_way_of_publishing(value)]
    statements = list(find_statements(columns))
    verdicts = {statement.verdict for statement in statements}
    if Disclosure.NOT_PUBLIC in kinds or Verdict.CLOSED in verdicts:
        return Disclosure.NOT_PUBLIC
    if None in kinds:
        raise RefusedValueError(
            "disclosure", "unknown_disclosure", _("The disclosure has an unknown value.")
        )
    _refuse_unknown(statements)
    known = [kind for kind in kinds if kind] or ([fill] if fill else [])
    if not known:
        raise RefusedValueError("disclosure", "missing_disclosure", _("The disclosure is missing."))
    on_request = [Disclosure.ON_REQUEST] if Verdict.ON_REQUEST in verdicts else []
    return strictest([*known, *on_request])


def parse_disclosure(value: object) -> Disclosure | None:
    """Returns the disclosure stated by one cell (公开方式), or None for unknown words."""
    return _KINDS.get(judge(ColumnKind.DISCLOSURE, value))


def strictest(kinds: Iterable[Disclosure]) -> Disclosure:
    """Returns the strictest of several kinds; raises ValueError if there is none."""
    return max(kinds, key=_STRICTNESS.index)


def is_way_of_publishing(value: object) -> bool:
    """Whether 公开方式 contains a channel (政府网站) instead of a kind of disclosure."""
    return is_channel(value)


def _refuse_unknown(statements: Iterable[Statement]) -> None:
    for statement in statements:
        if statement.verdict is Verdict.UNKNOWN:
            raise RefusedValueError(
                statement.heading,
                "unknown_disclosure",
                _("The column has an unknown value about disclosure."),
            )
