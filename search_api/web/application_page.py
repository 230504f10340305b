"""The page on applying for information that is not public (依申请公开), with its form."""

from collections.abc import Mapping

from gongkai.query.request import TEXT_LIMIT
from gongkai.search.responses import RecordView
from search_api.web.application_form import (
    APPLICANTS,
    HINTS,
    LABELS,
    PROVIDED,
    RECEIVED,
    ApplicationForm,
)
from search_api.web.public_matches import NO_MATCHES, PublicMatches
from search_api.web.rendering import PageContext, render, shorten

_CHOICES = {"applicant": APPLICANTS, "provided": PROVIDED, "received": RECEIVED}


def render_application(
    text: str,
    form: ApplicationForm,
    context: PageContext,
    faults: Mapping[str, str] | None = None,
    matches: PublicMatches = NO_MATCHES,
) -> str:
    """Renders the page.

    `text` is a query without results; `faults` are messages by field. `matches` are public records
    for what is wanted.
    """
    return render(
        "apply.html",
        context,
        form=form.model_dump(),
        labels=LABELS,
        hints=HINTS,
        choices=_CHOICES,
        faults=faults or {},
        text=text,
        shown_text=shorten(text),
        matches=matches,
    )


def prefill(text: str, record: RecordView | None) -> ApplicationForm:
    """Returns the form for a query without results, or for a record disclosed on request."""
    if record is None:
        return ApplicationForm(wanted=text.strip()[:TEXT_LIMIT])
    lines = [f"《{record.title}》"]
    lines += [f"文号：{record.document_number}"] if record.document_number else []
    lines += [f"索引号：{record.index_number}"] if record.index_number else []
    return ApplicationForm(agency=record.publisher.name, wanted="\n".join(lines))
