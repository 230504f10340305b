"""The installation's name and addresses, for pages, feeds and downloads."""

from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.requests import Request

from gongkai.catalog.halls import Hall
from search_api.http.state import state_of
from search_api.web.theme import Theme


@dataclass(frozen=True, slots=True)
class Site:
    """The settings that pages show. `name` is the site name in headers and titles.

    `public_url` is the public address without a final slash.

    `application_url` is the city's own form for 依申请公开.

    `kiosk_help` tells kiosk users whom to ask.

    `unit` is the agency whose records are shown with those of the agencies below it, empty for all.

    `hall` is the hall that the kiosk shows by default. Without one it shows the site's name.
    """

    name: str
    public_url: str | None = None
    application_url: str | None = None
    kiosk_help: str = ""
    theme: Theme = field(default_factory=Theme)
    unit: str = ""
    hall: Hall | None = None

    def base(self, request: Request) -> str:
        """Returns the prefix of absolute links: the setting, or else the address of the request."""
        return self.public_url or str(request.base_url).rstrip("/")


def unit_path(code: str) -> str:
    """Returns the path of an agency's page."""
    return f"/units/{quote(code, safe='')}"


def comparison_path(record_id: str, other_id: str) -> str:
    """Returns the path of the page that compares a record with another version of it."""
    return f"/comparison{record_path(record_id)}?with={quote(other_id, safe='')}"


def citations_path(record_id: str) -> str:
    """Returns the path of the page of all records that cite a record."""
    return f"/citations{record_path(record_id)}"


def versions_path(record_id: str) -> str:
    """Returns the path of the page of earlier versions, for staff."""
    return f"/staff{record_path(record_id)}/versions"


def serial_path(serial: str, code: str) -> str:
    """Returns the path of the reports or gazettes of an agency."""
    return f"/{serial}/{quote(code, safe='')}"


def record_path(record_id: str) -> str:
    """Returns the path of a record's page. A `/` in the id, as in index numbers, is kept."""
    return f"/records/{quote(record_id, safe='/')}"


def site_of(request: Request) -> Site:
    """Returns the site that a request asks for."""
    return state_of(request).sites.find(request.scope).site
