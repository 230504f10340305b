"""Middleware for rate limits per address and concurrency limits per process.

Requests over the limit are rejected at once instead of waiting without end. Separate limits for
long requests (exports, replicas) and for kiosks keep them independent of the load from the public.
"""

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gongkai.api_keys import ApiKey, digest_key
from gongkai.settings_addresses import Network
from search_api.http.telemetry import Metrics

WAIT_SECONDS = 1.0
"""How long a request may wait for a slot. Users reload the page after about this time."""
WAITING_EACH = 2
"""Number of requests that may wait for each running one."""
KIOSK_LANE, LONG_LANE = 8, 4
BURST_SECONDS = 5
"""Seconds' worth of a client's rate allowed in one burst: a page with its assets, several tabs."""
_CLIENTS = 50_000
_KEY = "key"
_FREE = ("/healthz", "/readyz", "/metrics", "/static/")
UPLOADS = "/staff/jobs"
"""Where staff upload exports."""
WITH_FILES = (
    *("/staff/check", "/api/v1/duplicates/check", "/staff/rejected/correct"),
    "/staff/vocabulary/import",
)
"""Endpoints where staff upload a draft document, corrected rows or a vocabulary."""
_LONG = ("/search/export", "/api/v1/search/export", "/api/v1/replica", UPLOADS, *WITH_FILES)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Refuse = Callable[[Scope, int, int], ASGIApp]
"""Returns the response for a rejected request: scope, status, seconds to wait (0: do not retry)."""


@dataclass
class ConcurrencyLimiter:
    """Allows `at_once` requests at a time and WAITING_EACH times as many waiting."""

    at_once: int
    _turns: asyncio.Semaphore = field(init=False)
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.at_once)

    async def enter(self) -> bool:
        """Acquires a slot. Returns False if none became free within WAIT_SECONDS."""
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
    """A token bucket for each IPv4 address or each IPv6 /64, the usual size of one household."""

    def __init__(self, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second = a_second
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> bool:
        """Takes one token. Returns whether the client may send a request now."""
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
    """Limits of an installation. `a_second` is the rate per address; 0 means no limit.

    `keys` are the API keys by digest, each with a rate of its own.
    """

    at_once: int
    a_second: float
    kiosks: tuple[Network, ...] = ()
    keys: Mapping[str, ApiKey] = field(default_factory=dict)


class Admission:
    """ASGI middleware that applies the rate limit and the concurrency limits.

    Loopback addresses have no rate limit: they belong to the local proxy, monitoring and tests. A
    request with an API key counts against the key only.
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
        self._rate_limiter = RateLimiter(limits.a_second) if limits.a_second else None
        self._kiosks = limits.kiosks
        self._keys = {digest: RateLimiter(key.rate) for digest, key in limits.keys.items()}
        self._public = ConcurrencyLimiter(limits.at_once)
        self._kiosk, self._long = ConcurrencyLimiter(KIOSK_LANE), ConcurrencyLimiter(LONG_LANE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        address = _read_address(scope)
        is_kiosk = address is not None and any(address in network for network in self._kiosks)
        is_known = address is None or is_kiosk or address.is_loopback
        key = self._find_key(scope)
        if not (key.take(_KEY) if key else is_known or self._take(address)):
            self._metrics.rejected.labels("rate").inc()
            await self._refuse(scope, 429, BURST_SECONDS)(scope, receive, send)
            return
        if key is None and _read_key(scope):
            await self._refuse(scope, 401, 0)(scope, receive, send)
            return
        limiter = self._choose(scope["path"], is_kiosk=is_kiosk)
        if not await limiter.enter():
            self._metrics.rejected.labels("busy").inc()
            await self._refuse(scope, 503, 1)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            limiter.leave()

    def _find_key(self, scope: Scope) -> RateLimiter | None:
        """Returns the limit of a valid API key, or None without one."""
        text = _read_key(scope)
        return self._keys.get(digest_key(text)) if text else None

    def _take(self, address: Address | None) -> bool:
        return self._rate_limiter is None or self._rate_limiter.take(_name(address))

    def _choose(self, path: str, *, is_kiosk: bool) -> ConcurrencyLimiter:
        if path in _LONG:
            return self._long
        return self._kiosk if is_kiosk else self._public


def name_client(host: str) -> str:
    """Returns the key for limits: an IPv4 address, or the /64 network of an IPv6 address.

    Text that is not an address is a client of its own.
    """
    return _name(_parse_address(host)) or host


def _read_key(scope: Scope) -> str:
    return Headers(scope=scope).get("x-api-key", "")


def _read_address(scope: Scope) -> Address | None:
    client = scope.get("client")
    return _parse_address(client[0]) if client else None


def _parse_address(host: str) -> Address | None:
    """Returns the address, or None. An IPv4-mapped address (`::ffff:192.0.2.1`) becomes IPv4."""
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
