"""How many requests are let in at once and from one address; the rest is told to come back.

What is let in is answered in time; what would only wait is told so at once. Lanes keep the long
(exports, replicas) and the kiosks from waiting behind the crowd.
"""

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from gongkai.settings import Network
from search_api.http.telemetry import Metrics

WAIT_SECONDS = 1.0
"""How long a request may wait for its turn; who waits longer has reloaded the page by then."""
WAITING_EACH = 2
"""Requests that may wait for each one that runs."""
KIOSK_LANE, LONG_LANE = 8, 4
BURST_SECONDS = 5
"""Seconds of a client's rate that may come at once: a page with its parts, several tabs."""
_CLIENTS = 50_000
_FREE = ("/healthz", "/readyz", "/metrics", "/static/")
WITH_FILES = ("/staff/check", "/api/v1/duplicates/check")
"""Where staff send a draft with its file."""
_LONG = ("/search/export", "/api/v1/search/export", "/api/v1/replica", *WITH_FILES)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Refuse = Callable[[Scope, int, int], ASGIApp]
"""Makes the answer: scope, status, seconds to wait (0: no use waiting)."""


@dataclass
class ConcurrencyLimiter:
    """So many at once, WAITING_EACH times as many waiting."""

    at_once: int
    _turns: asyncio.Semaphore = field(init=False)
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.at_once)

    async def enter(self) -> bool:
        """Whether there was room within WAIT_SECONDS."""
        if not self._turns.locked():
            return await self._turns.acquire()
        if self._waiting >= self.at_once * WAITING_EACH:
            return False
        self._waiting += 1
        try:
            await asyncio.wait_for(self._turns.acquire(), WAIT_SECONDS)
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    def leave(self) -> None:
        self._turns.release()


class RateLimiter:
    """A bucket of tokens for each address, or for each /64 of IPv6, which one household has."""

    def __init__(self, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second = a_second
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> bool:
        """Whether this client may ask once more now."""
        most, now = self._a_second * BURST_SECONDS, self._clock()
        left, filled = self._buckets.pop(client, (most, now))
        left = min(most, left + (now - filled) * self._a_second)
        may = left >= 1
        self._buckets[client] = (left - 1 if may else left, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return may


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation sets; `a_second` of one address, 0 for no limit."""

    at_once: int
    a_second: float
    kiosks: tuple[Network, ...] = ()


class Admission:
    """ASGI middleware.

    Addresses of this machine have no rate: they are the city's own proxy, monitors and tests.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        refuse: Refuse,
        limits: Limits,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._refuse = refuse
        self._rates = RateLimiter(limits.a_second) if limits.a_second else None
        self._kiosks = limits.kiosks
        self._crowd = ConcurrencyLimiter(limits.at_once)
        self._kiosk, self._long = ConcurrencyLimiter(KIOSK_LANE), ConcurrencyLimiter(LONG_LANE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        address = _read_address(scope)
        is_kiosk = address is not None and any(address in network for network in self._kiosks)
        is_known = address is None or is_kiosk or address.is_loopback
        if self._rates and not is_known and not self._rates.take(_name(address)):
            self._metrics.turned_away.labels("rate").inc()
            await self._refuse(scope, 429, BURST_SECONDS)(scope, receive, send)
            return
        lane = self._choose(scope["path"], is_kiosk=is_kiosk)
        if not await lane.enter():
            self._metrics.turned_away.labels("busy").inc()
            await self._refuse(scope, 503, 1)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            lane.leave()

    def _choose(self, path: str, *, is_kiosk: bool) -> ConcurrencyLimiter:
        if path in _LONG:
            return self._long
        return self._kiosk if is_kiosk else self._crowd


def name_client(host: str) -> str:
    """What limits count by: an IPv4 address, or the /64 of an IPv6 one, which one household has.

    Text that is no address counts as one client of its own.
    """
    return _name(_parse_address(host)) or host


def _read_address(scope: Scope) -> Address | None:
    client = scope.get("client")
    return _parse_address(client[0]) if client else None


def _parse_address(host: str) -> Address | None:
    """An IPv4 address stays one where a socket for both versions shows it as `::ffff:192.0.2.1`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _name(address: Address | None) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address or "")
