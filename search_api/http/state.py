"""What one process answers requests with, as FastAPI's application state holds it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

if TYPE_CHECKING:
    from gongkai.services import Services
    from search_api.http.telemetry import Metrics
    from search_api.staff.auth import Authenticator
    from search_api.web.site import Site


@dataclass(frozen=True, slots=True)
class AppState:
    """The services and what belongs to HTTP alone."""

    services: "Services"
    metrics: "Metrics"
    authenticator: "Authenticator"
    site: "Site"


def state_of(request: Request) -> AppState:
    """The state of the application that serves a request."""
    state: AppState = request.app.state.served
    return state


def services_of(request: Request) -> "Services":
    """The services of the application that serves a request."""
    return state_of(request).services
