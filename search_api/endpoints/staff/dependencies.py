"""What staff endpoints work with, as FastAPI hands it to them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request

from search_api.access import FormDependency, SessionDependency
from search_api.duplicating import Duplicating
from staff.audit import Action, Audit
from staff.certificates import Certificates
from staff.tokens import Session
from staff.unfound import UnfoundSearches

ClusterId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody signed in, and where what they do is written down."""

    session: Session
    audit: Audit

    @property
    def name(self) -> str:
        return self.session.token.name

    def note(self, action: Action, subject: str = "") -> None:
        """Write it down before it is answered."""
        self.audit.add(self.name, action, subject)


def get_audit(request: Request) -> Audit:
    """Where what staff do is written down."""
    audit: Audit = request.app.state.audit
    return audit


def get_duplicating(request: Request) -> Duplicating:
    """What duplicates are found with."""
    duplicating: Duplicating = request.app.state.duplicating
    return duplicating


def get_unfound(request: Request) -> UnfoundSearches:
    """Searches that found nothing."""
    unfound: UnfoundSearches = request.app.state.unfound
    return unfound


def get_certificates(request: Request) -> Certificates:
    """Certificates of searches."""
    certificates: Certificates = request.app.state.certificates
    return certificates


AuditDependency = Annotated[Audit, Depends(get_audit)]


def look(session: SessionDependency, audit: AuditDependency) -> Acting:
    """For what only shows."""
    return Acting(session, audit)


def act(session: FormDependency, audit: AuditDependency) -> Acting:
    """For what a form changes."""
    return Acting(session, audit)


Looking = Annotated[Acting, Depends(look)]
ActingByForm = Annotated[Acting, Depends(act)]
DuplicatingDependency = Annotated[Duplicating, Depends(get_duplicating)]
UnfoundDependency = Annotated[UnfoundSearches, Depends(get_unfound)]
CertificatesDependency = Annotated[Certificates, Depends(get_certificates)]
