"""`/staff/certificate`: printable certificates of a search result at one moment."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gongkai.query.request import TEXT_LIMIT, SearchRequest
from gongkai.staff.audit import Action
from gongkai.staff.certificates import Certificate
from search_api.http.dependencies import ContextDependency, SearchServiceDependency
from search_api.http.errors import UnknownPageError
from search_api.staff.page import (
    render_staff,
)
from search_api.staff.staff_dependencies import (
    ActingByForm,
    CertificatesDependency,
    Looking,
)
from search_api.web.urls import search_url

CERTIFIED_HITS = 10
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/certificate")
async def certificate_form(context: ContextDependency, acting: Looking) -> HTMLResponse:
    """Shows the form for a certificate."""
    return HTMLResponse(render_staff("certificate.html", context, acting.session, problem=""))


@dataclass(frozen=True)
class CertificateForm:
    """The query to certify, and the number of the application it belongs to."""

    q: Annotated[str, Form(max_length=TEXT_LIMIT)] = ""
    document_number: Annotated[str, Form(max_length=200)] = ""
    case: Annotated[str, Form(max_length=60)] = ""


@router.post("/certificate")
async def certify(
    context: ContextDependency,
    acting: ActingByForm,
    service: SearchServiceDependency,
    certificates: CertificatesDependency,
    form: Annotated[CertificateForm, Depends()],
) -> Response:
    """Runs the search and stores query and result under a new certificate number."""
    if not form.q.strip() and not form.document_number.strip():
        problem = "请填写检索词或者文号。"
        page = render_staff("certificate.html", context, acting.session, problem=problem)
        return HTMLResponse(page, 422)
    asked = SearchRequest(
        text=form.q.strip(),
        document_number=form.document_number.strip() or None,
        size=CERTIFIED_HITS,
        facets=(),
        # A certificate states what the words find; another model must not change it.
        semantic=False,
    )
    answer = await service.search(asked)
    live = await service.live()
    content = {
        "site": context.site.name,
        "case": form.case.strip(),
        "text": asked.text,
        "document_number": asked.document_number,
        "terms": answer.query.terms,
        "expanded": [other for others in answer.query.expanded.values() for other in others],
        "corrected_from": answer.query.corrected_from,
        "generation": live.name,
        "created": live.created,
        "records": live.records,
        "complete": answer.query.complete if answer.query.relaxed else answer.total,
        "total": answer.total,
        "hits": [
            {
                "id": hit.id,
                "title": hit.title,
                "document_number": hit.document_number,
                "publisher": hit.publisher.name,
                "published_on": hit.published_on,
            }
            for hit in answer.hits
        ],
        "again": search_url(asked),
    }
    issued = certificates.issue(content, acting.name)
    acting.note(Action.CERTIFIED, issued.id)
    return RedirectResponse(f"/staff/certificates/{issued.id}", status_code=303)


@router.get("/certificates/{certificate_id}")
async def certificate(
    certificate_id: Annotated[str, Path(pattern="^[0-9]{8}-[0-9a-f]{8}$")],
    context: ContextDependency,
    acting: Looking,
    service: SearchServiceDependency,
    certificates: CertificatesDependency,
) -> HTMLResponse:
    """Shows a certificate as issued, for printing."""
    found = certificates.find(certificate_id)
    if found is None:
        raise UnknownPageError
    live = await service.live()
    return HTMLResponse(
        render_staff(
            "certified.html",
            context,
            acting.session,
            certificate=found,
            digest=_digest(found),
            again=found.content["again"],
            now_generation=live.name,
        )
    )


def _digest(certificate: Certificate) -> str:
    parts = (certificate.id, certificate.issued_at, certificate.issued_by)
    content = orjson.dumps(certificate.content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256("\n".join(parts).encode() + content).hexdigest()
