"""`/staff/certificate`: printable certificates of a search result at one moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gongkai.engines.installation import Installation
from gongkai.errors import EngineUnavailableError, IndexMismatchError
from gongkai.query.request import TEXT_LIMIT, SearchRequest
from gongkai.search.service import SearchService
from gongkai.staff.audit import Action
from gongkai.staff.certificates import Certificate
from search_api.http.dependencies import ContextDependency, SearchServiceDependency
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
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
CertificateId = Annotated[str, Path(pattern="^[0-9]{8}-[0-9a-f]{8}$")]
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
    asked = _ask(form.q.strip(), form.document_number.strip() or None)
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
    certificate_id: CertificateId,
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


@router.get("/certificates/{certificate_id}/replay")
async def replay(
    certificate_id: CertificateId,
    request: Request,
    context: ContextDependency,
    acting: Looking,
    certificates: CertificatesDependency,
) -> HTMLResponse:
    """Searches the generation of a certificate again, and compares what it finds."""
    found = certificates.find(certificate_id)
    if found is None:
        raise UnknownPageError
    replayed = await _search_again(found, services_of(request).installation)
    page = render_staff(
        "replayed.html", context, acting.session, certificate=found, replayed=replayed
    )
    return HTMLResponse(page)


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of a certificate's search today, in the same generation.

    `is_unchanged` tells whether the generation has as many records as then. A record withdrawn
    since is in no generation; the certificate still names it.
    """

    records: int
    total: int
    ids: Sequence[str]
    is_unchanged: bool
    is_same: bool


async def _search_again(certificate: Certificate, installation: Installation) -> Replayed | None:
    """Returns None where the generation is no longer kept or was built by another version."""
    content = certificate.content
    engine = installation.open_engine(content["generation"])
    try:
        service = SearchService(installation, engine)
        answer = await service.search(_ask(content["text"], content["document_number"]))
        live = await engine.live()
    except (EngineUnavailableError, IndexMismatchError):
        return None
    finally:
        await engine.close()
    ids = [hit.id for hit in answer.hits]
    then = [hit["id"] for hit in content["hits"]]
    return Replayed(
        records=live.records,
        total=answer.total,
        ids=ids,
        is_unchanged=live.records == content["records"],
        is_same=(ids, answer.total) == (then, content["total"]),
    )


def _ask(text: str, document_number: str | None) -> SearchRequest:
    return SearchRequest(
        text=text,
        document_number=document_number,
        size=CERTIFIED_HITS,
        facets=(),
        fold=False,
        # A certificate states what the words find; another model must not change it.
        semantic=False,
    )


def _digest(certificate: Certificate) -> str:
    parts = (certificate.id, certificate.issued_at, certificate.issued_by)
    content = orjson.dumps(certificate.content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256("\n".join(parts).encode() + content).hexdigest()
