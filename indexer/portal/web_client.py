"""Fetches pages and files of one portal over HTTP: politely, within limits, and from no other host.

robots.txt follows RFC 9309. Redirects are followed only to the hosts of the portal.
"""

import re
import time
import urllib.error
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from gettext import gettext as _
from http.client import HTTPException, HTTPResponse
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from protego import Protego

from gongkai.errors import GongkaiError, name_fault
from gongkai.files.limits import MAX_TEXT_FILE_BYTES, MIB
from indexer.download import open_address

AGENT = "gongkai"
_USER_AGENT = f"{AGENT} (full-text search over public government information)"
MAX_PAGE_BYTES = 16 * MIB
_ROBOTS_BYTES = MIB // 2
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS, _CHUNK = 5, 1 << 16
_BUSY = (429, 503)
_LONGEST_WAIT, _ATTEMPTS = 120.0, 3
_SAFE = "%/:=&?~#+!$,;'@()*[]"


class PageError(GongkaiError):
    """An address can't be fetched; `is_gone` where the portal removed it."""

    def __init__(
        self, message: str, *, is_gone: bool = False, is_unreachable: bool = False
    ) -> None:
        super().__init__(message)
        self.is_gone = is_gone
        self.is_unreachable = is_unreachable


@dataclass(frozen=True, slots=True)
class Reply:
    """A page or file. `is_unchanged` without content if the copy of the last run is still valid."""

    address: str
    content: bytes = b""
    kind: str = ""
    file_name: str = ""
    etag: str = ""
    modified: str = ""
    is_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two requests, for one read and for one page."""

    delay: float = 1.0
    patience: float = 30.0
    seconds: float = 300.0


@dataclass(slots=True)
class WebClient:
    """A client for the hosts of one portal."""

    hosts: frozenset[str]
    pace: Pace = field(default_factory=Pace)
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    _robots: dict[str, Protego] = field(default_factory=dict)
    _last: float = 0.0

    def allows(self, address: str) -> bool:
        """Returns whether an address is on the portal and robots.txt permits it.

        Raises PageError if robots.txt can't be reached.
        """
        return is_on(address, self.hosts) and self._rules(address).can_fetch(address, AGENT)

    def sitemaps(self, address: str) -> list[str]:
        """Returns the sitemaps that robots.txt names."""
        return [each for each in self._rules(address).sitemaps if is_on(each, self.hosts)]

    def fetch(
        self, address: str, *, etag: str = "", modified: str = "", most: int = MAX_PAGE_BYTES
    ) -> Reply:
        """Returns a page or file of at most `most` bytes. Raises PageError."""
        rules = self._rules(address)
        delay = max(self.pace.delay, float(rules.crawl_delay(AGENT) or 0))
        known = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in known.items() if value}
        for _attempt in range(_ATTEMPTS - 1):
            self._wait(delay)
            try:
                return self._follow(address, headers, most)
            except _BusyError as busy:
                self.sleep(min(busy.seconds, _LONGEST_WAIT))
        self._wait(delay)
        try:
            return self._follow(address, headers, most)
        except _BusyError:
            raise PageError(_("The portal is busy."), is_unreachable=True) from None

    def _wait(self, delay: float) -> None:
        left = self._last + delay - time.monotonic()
        if left > 0:
            self.sleep(left)
        self._last = time.monotonic()

    def _rules(self, address: str) -> Protego:
        parts = urlsplit(address)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._robots:
            try:
                text = self._follow(f"{root}/robots.txt", {}, _ROBOTS_BYTES).content
            except _BusyError:
                raise PageError(_("The portal is busy."), is_unreachable=True) from None
            except PageError as error:
                if error.is_unreachable:
                    raise
                text = b""  # without robots.txt everything is allowed
            self._robots[root] = Protego.parse(text.decode("utf-8", "replace"))
        return self._robots[root]

    def _follow(self, address: str, headers: Mapping[str, str], most: int) -> Reply:
        sent = {**headers, "User-Agent": _USER_AGENT, "Accept-Encoding": "identity"}
        for _hop in range(_MOST_REDIRECTS + 1):
            if not is_on(address, self.hosts):
                raise PageError(_("The address redirects to another host."))
            self.requests += 1
            try:
                with open_address(spell(address), sent, self.pace.patience) as response:
                    content = self._read(response, most)
                    return _reply(address, content, response.headers)
            except urllib.error.HTTPError as answer:
                answer.close()
                if answer.code == 304 and headers:
                    return Reply(address, is_unchanged=True)
                if answer.code not in _REDIRECTS:
                    raise _explain_status(answer.code, answer.headers) from None
                address = urljoin(address, answer.headers.get("Location", ""))
            except (OSError, HTTPException, ValueError) as error:
                cause = error.reason if isinstance(error, urllib.error.URLError) else error
                name = name_fault(cause) if isinstance(cause, Exception) else str(cause)
                detail = _("The portal can't be reached: {name}.").format(name=name)
                raise PageError(detail, is_unreachable=True) from error
        raise PageError(_("The address redirects too many times."))

    def _read(self, response: HTTPResponse, most: int) -> bytes:
        content, until = bytearray(), time.monotonic() + self.pace.seconds
        while chunk := response.read1(_CHUNK):
            content += chunk
            if len(content) > most:
                raise PageError(_("The page is over {most} MiB.").format(most=most // MIB or 1))
            if time.monotonic() > until:
                raise PageError(_("The portal takes too long."), is_unreachable=True)
        return bytes(content)


class _BusyError(Exception):
    """The portal asks to come back after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _explain_status(code: int, headers: Message) -> Exception:
    if code in _BUSY:
        waited = headers.get("Retry-After", "")
        return _BusyError(float(waited) if waited.isascii() and waited.isdigit() else 5.0)
    detail = _("The portal responded with status {code}.").format(code=code)
    return PageError(detail, is_gone=code in (404, 410), is_unreachable=code >= 500)


def _reply(address: str, content: bytes, headers: Message) -> Reply:
    return Reply(
        address,
        content,
        headers.get_content_type(),
        headers.get_filename() or "",
        headers.get("ETag", ""),
        headers.get("Last-Modified", ""),
    )


def is_on(address: str, hosts: Iterable[str]) -> bool:
    """Returns whether an address is an HTTP address of one of the hosts (with port)."""
    try:
        parts = urlsplit(address)
        has_user = bool(parts.username or parts.password)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and not has_user and parts.netloc.lower() in hosts


def spell(address: str) -> str:
    """Returns an address with Chinese characters and blanks escaped, without a fragment."""
    parts = urlsplit(address)
    path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE)
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


_SESSION = re.compile(r";jsessionid=[^?#]*", re.IGNORECASE)


def normalize(address: str) -> str:
    """Returns one spelling for addresses of one page: no fragment, session or default port."""
    parts = urlsplit(_SESSION.sub("", address.strip()))
    host = parts.netloc.lower()
    port = {"http": ":80", "https": ":443"}.get(parts.scheme, ":")
    return urlunsplit((parts.scheme, host.removesuffix(port), parts.path or "/", parts.query, ""))


MAX_FILE_BYTES = MAX_TEXT_FILE_BYTES
