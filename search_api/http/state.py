"""The typed application state of one process."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

if TYPE_CHECKING:
    from gongkai.services import Services
    from search_api.http.telemetry import Metrics
    from search_api.staff.auth import Authenticator
    from search_api.staff.examination import Examiner
    from search_api.staff.job_runner import JobRunner
    from search_api.web.sites import Sites


@dataclass(frozen=True, slots=True)
class AppState:
    """The services and the objects that belong to HTTP only.

    `services` are those of the installation's own site.
    """

    services: "Services"
    metrics: "Metrics"
    authenticator: "Authenticator"
    examiner: "Examiner"
    job_runner: "JobRunner"
    sites: "Sites"


def state_of(request: Request) -> AppState:
    """Returns the state of the application that serves a request."""
    state: AppState = request.app.state.served
    return state


def services_of(request: Request) -> "Services":
    """Returns the services of the site that a request asks for."""
    return state_of(request).sites.find(request.scope).services
