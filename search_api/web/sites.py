"""The sites of one process: the installation's own, and one for each host name of hosts.csv."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from starlette.datastructures import Headers
from starlette.types import Scope

from gongkai.catalog.agencies import Agency
from gongkai.catalog.hosts import SiteHost
from gongkai.engines.installation import Installation
from gongkai.services import Services, scope_services
from gongkai.settings import Settings
from search_api.web.site import Site
from search_api.web.theme import Theme, load_theme, write_styles

KEPT = 100
"""Agencies whose services stay in memory; their words take about a megabyte each."""


@dataclass(frozen=True, slots=True)
class Served:
    """A site with the services that show its records."""

    site: Site
    services: Services


class Sites:
    """Finds the site of a request: `own` is that of the installation.

    `whole` are services for all records.
    """

    def __init__(self, whole: Services, own: Served) -> None:
        installation = whole.installation
        self._whole = whole
        self._own = own
        self._sites = {
            each.host: describe_host(each, own.site, installation) for each in installation.hosts
        }
        self._services: OrderedDict[str, Services] = OrderedDict()

    def find(self, scope: Scope) -> Served:
        """Returns the site of the host that a request names; the installation's for any other."""
        if not self._sites:
            return self._own
        site = self._sites.get(read_host(scope))
        return Served(site, self.services_of(site.unit)) if site else self._own

    def services_of(self, unit: str) -> Services:
        """Returns services for the records of an agency and of those below it."""
        if unit not in self._services:
            self._services[unit] = scope_services(self._whole, unit)
        self._services.move_to_end(unit)
        if len(self._services) > KEPT:
            self._services.popitem(last=False)
        return self._services[unit]

    def name_words(self, scope: Scope) -> str:
        """Returns the version of the words that a site completes and corrects with."""
        words = self.find(scope).services.search.term_dictionary.latest
        return words.version if words else ""


def describe_own(installation: Installation) -> Site:
    """Returns the installation's own site: of all agencies, or of the one of `site_unit`."""
    settings = installation.settings
    agency = installation.tables.agencies.by_code(settings.site_unit)
    default = Settings.model_fields["site_name"].default
    is_named = agency is None or settings.site_name != default
    hall = installation.halls.find(settings.kiosk_hall)
    return Site(
        name=settings.site_name if is_named or agency is None else name_site(agency),
        public_url=settings.public_url,
        application_url=settings.application_url,
        kiosk_help=settings.kiosk_help,
        theme=load_theme(settings),
        unit=settings.site_unit,
        hall=hall if settings.kiosk_hall or not agency else None,
    )


def describe_host(host: SiteHost, own: Site, installation: Installation) -> Site:
    """Returns the site of a row of hosts.csv; the city's logo and form belong to its own site."""
    theme = Theme(write_styles(host.accent)) if host.accent else replace(own.theme, logo=b"")
    scheme = own.public_url.partition("://")[0] if own.public_url else ""
    return replace(
        own,
        name=host.name,
        public_url=f"{scheme}://{host.host}" if scheme else None,
        application_url=None,
        theme=theme,
        unit=host.unit,
        hall=installation.halls.find(host.hall) if host.hall else None,
    )


def name_site(agency: Agency) -> str:
    return f"{agency.name}信息公开"


def read_host(scope: Scope) -> str:
    """Returns the host name that a request names, without the port."""
    return Headers(scope=scope).get("host", "").partition(":")[0].lower().rstrip(".")
