"""What someone could not find in, how to apply for it (依申请公开) out: a page and a form to print.

Source of the rules: 政府信息公开条例 (2019), articles 27, 29, 30, 33.
"""

from dataclasses import dataclass

from gongkai.query.request import TEXT_LIMIT
from gongkai.search.responses import RecordView
from search_api.web.rendering import PageContext, render, shorten


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says of the information: an agency where it is known, and a description."""

    agency: str
    description: str


def render_application(text: str, record: RecordView | None, context: PageContext) -> str:
    """`text`: the words that found nothing; `record`: an entry whose text is given on request."""
    wanted = _describe(text.strip()[:TEXT_LIMIT], record)
    return render("apply.html", context, wanted=wanted, text=text, shown_text=shorten(text))


def _describe(text: str, record: RecordView | None) -> Wanted:
    if record is None:
        return Wanted("", text)
    lines = [f"《{record.title}》"]
    lines += [f"文号：{record.document_number}"] if record.document_number else []
    lines += [f"索引号：{record.index_number}"] if record.index_number else []
    return Wanted(record.publisher.name, "\n".join(lines))
