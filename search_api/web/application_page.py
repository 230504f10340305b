"""The page on applying for information that is not public (依申请公开), with a printable form."""

from dataclasses import dataclass

from gongkai.query.request import TEXT_LIMIT
from gongkai.search.responses import RecordView
from search_api.web.rendering import PageContext, render, shorten


@dataclass(frozen=True, slots=True)
class Wanted:
    """The requested information: the agency, if known, and a description."""

    agency: str
    description: str


def render_application(text: str, record: RecordView | None, context: PageContext) -> str:
    """Renders the page. `text` is a query without results; `record` is one disclosed on request."""
    wanted = _describe(text.strip()[:TEXT_LIMIT], record)
    return render("apply.html", context, wanted=wanted, text=text, shown_text=shorten(text))


def _describe(text: str, record: RecordView | None) -> Wanted:
    if record is None:
        return Wanted("", text)
    lines = [f"《{record.title}》"]
    lines += [f"文号：{record.document_number}"] if record.document_number else []
    lines += [f"索引号：{record.index_number}"] if record.index_number else []
    return Wanted(record.publisher.name, "\n".join(lines))
