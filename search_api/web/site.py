"""What pages, feeds and downloads say of the installation. `app` makes one, every room shows it."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request

from search_api.http.state import state_of


@dataclass(frozen=True, slots=True)
class Site:
    """`name`: in headers and titles. `public_url`: where readers reach it, without a last slash.

    `application_url`: the city's own form for 依申请公开.
    """

    name: str
    public_url: str | None = None
    application_url: str | None = None

    def base(self, request: Request) -> str:
        """The address that absolute links begin with; without a setting, the one asked."""
        return self.public_url or str(request.base_url).rstrip("/")


def record_path(record_id: str) -> str:
    """The path of a record's page; `/` in the id stays, as in an index number."""
    return f"/records/{quote(record_id, safe='/')}"


def site_of(request: Request) -> Site:
    """The site that this process serves."""
    return state_of(request).site
