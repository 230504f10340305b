"""FastAPI dependencies of the staff endpoints."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request

from gongkai.search.duplicates import DuplicateService
from gongkai.staff.audit import Action, Audit
from gongkai.staff.audit_subjects import AuditSubject
from gongkai.staff.certificates import Certificates
from gongkai.staff.roles import Role, Scope, find_scope
from gongkai.staff.tokens import Session
from gongkai.staff.zero_result_queries import ZeroResultQueries
from search_api.http.state import services_of, state_of
from search_api.staff.auth import FormDependency, NotAllowedError, SessionDependency
from search_api.staff.examination import Examiner
from search_api.staff.job_runner import JobRunner

ClusterId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@dataclass(frozen=True, slots=True)
class Acting:
    """A signed-in member of staff, the records they may change, and the audit log."""

    session: Session
    audit: Audit
    scope: Scope

    @property
    def name(self) -> str:
        return self.session.token.name

    def note(self, action: Action, subject: AuditSubject = "") -> None:
        """Records an action in the audit log before the response is sent."""
        self.audit.add(self.name, action, subject)


def get_audit(request: Request) -> Audit:
    """Returns the audit log."""
    return services_of(request).audit


def get_duplicate_service(request: Request) -> DuplicateService:
    """Returns the duplicate service."""
    return services_of(request).duplicates


def get_zero_results(request: Request) -> ZeroResultQueries:
    """Returns the zero-result queries."""
    return services_of(request).zero_results


def get_certificates(request: Request) -> Certificates:
    """Returns the certificates of searches."""
    return services_of(request).certificates


def get_examiner(request: Request) -> Examiner:
    """Returns the examiner of the installation."""
    return state_of(request).examiner


def get_job_runner(request: Request) -> JobRunner:
    """Returns the runner of jobs."""
    return state_of(request).job_runner


AuditDependency = Annotated[Audit, Depends(get_audit)]


def _admit(request: Request, session: Session, audit: Audit, least: Role) -> Acting:
    """Returns the session of a member of staff. Raises NotAllowedError."""
    token = session.token
    if not token.role.includes(least):
        raise NotAllowedError
    agencies = services_of(request).installation.tables.agencies
    return Acting(session, audit, find_scope(token.role, token.unit, agencies))


def look(request: Request, session: SessionDependency, audit: AuditDependency) -> Acting:
    """Returns the session for a page of editors that only shows data."""
    return _admit(request, session, audit, Role.EDITOR)


def act(request: Request, session: FormDependency, audit: AuditDependency) -> Acting:
    """Returns the session for a form of editors that changes data; requires the form key."""
    return _admit(request, session, audit, Role.EDITOR)


def look_as_clerk(request: Request, session: SessionDependency, audit: AuditDependency) -> Acting:
    """Returns the session for a page that shows a clerk only the records of `scope`."""
    return _admit(request, session, audit, Role.CLERK)


def act_as_clerk(request: Request, session: FormDependency, audit: AuditDependency) -> Acting:
    """Returns the session for a form by which a clerk changes only the records of `scope`."""
    return _admit(request, session, audit, Role.CLERK)


def look_as_administrator(
    request: Request, session: SessionDependency, audit: AuditDependency
) -> Acting:
    """Returns the session for a page of administrators."""
    return _admit(request, session, audit, Role.ADMINISTRATOR)


def act_as_administrator(
    request: Request, session: FormDependency, audit: AuditDependency
) -> Acting:
    """Returns the session for a form of administrators; requires the form key."""
    return _admit(request, session, audit, Role.ADMINISTRATOR)


Looking = Annotated[Acting, Depends(look)]
ActingByForm = Annotated[Acting, Depends(act)]
ClerkLooking = Annotated[Acting, Depends(look_as_clerk)]
ClerkActing = Annotated[Acting, Depends(act_as_clerk)]
AdministratorLooking = Annotated[Acting, Depends(look_as_administrator)]
AdministratorActing = Annotated[Acting, Depends(act_as_administrator)]
DuplicateServiceDependency = Annotated[DuplicateService, Depends(get_duplicate_service)]
ZeroResultsDependency = Annotated[ZeroResultQueries, Depends(get_zero_results)]
CertificatesDependency = Annotated[Certificates, Depends(get_certificates)]
ExaminerDependency = Annotated[Examiner, Depends(get_examiner)]
JobRunnerDependency = Annotated[JobRunner, Depends(get_job_runner)]
