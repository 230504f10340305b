"""Downloads one large file over HTTP from an untrusted server, within limits of time and size."""

import os
import re
import ssl
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from gettext import gettext as _
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from gongkai.errors import GongkaiError, name_fault
from gongkai.files.durable import open_private

CONTENT_TYPE = "application/jsonl"
_CHUNK = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{1,200}"')


class UnreachableError(GongkaiError):
    """The portal does not respond as expected. The previous copy is still served."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a download: seconds for one read, for the response head and in total; maximum
    bytes; minimum average bytes per second, checked every `patience` seconds.
    """

    patience: float = 60.0
    head: float = 120.0
    seconds: float = 6 * 3600.0
    bytes: int = 64 << 30
    rate: int = 1 << 10


@dataclass(slots=True)
class _Fetch:
    """One download in its own thread, because socket timeouts do not limit the total time."""

    address: str
    headers: Mapping[str, str]
    path: Path
    limits: Limits
    began: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    is_new: bool = False
    etag: str = ""

    def run(self) -> None:
        try:
            self._follow()
        except Exception as error:
            # The waiting thread raises it.
            self.error = error
        finally:
            self.began.set()
            self.ended.set()

    def _follow(self) -> None:
        address = self.address
        for _hop in range(_MOST_REDIRECTS + 1):
            try:
                with open_address(address, self.headers, self.limits.patience) as response:
                    self.began.set()
                    return self._take(response)
            except urllib.error.HTTPError as answer:
                answer.close()
                if answer.code == 304 and self.headers:
                    return None
                if answer.code not in _REDIRECTS:
                    raise UnreachableError(
                        _("The portal responded with status {code}.").format(code=answer.code)
                    ) from None
                address = _check_redirect(address, answer.headers)
        raise UnreachableError(_("The portal redirects too many times."))

    def _take(self, response: HTTPResponse) -> None:
        if response.status != 200:
            raise UnreachableError(
                _("The portal responded with status {status}.").format(status=response.status)
            )
        kind = response.headers.get_content_type()
        packing = response.headers.get("Content-Encoding", "identity").strip().lower()
        if kind != CONTENT_TYPE or packing != "identity":
            raise UnreachableError(
                _("The server at this address is not a gongkai portal (unexpected content type).")
            )
        etag = response.headers.get("ETag", "")
        self.etag = etag if _ETAG.fullmatch(etag) else ""
        with open_private(self.path, os.O_TRUNC) as file:
            self._copy(response, file)
        self.is_new = True

    def _copy(self, response: HTTPResponse, file: Any) -> None:
        total, until = 0, time.monotonic() + self.limits.seconds
        since, looked = 0, time.monotonic()
        while chunk := response.read1(_CHUNK):
            total += len(chunk)
            file.write(chunk)
            now = time.monotonic()
            if total > self.limits.bytes:
                raise UnreachableError(_("The portal sends more than the limit for a replica."))
            if now > until or self.ended.is_set():
                raise UnreachableError(_("The portal takes too long."))
            if now - looked >= self.limits.patience:
                if total - since < self.limits.rate * (now - looked):
                    raise UnreachableError(_("The portal sends too slowly."))
                since, looked = total, now


def fetch(address: str, path: Path, known: str, limits: Limits) -> str | None:
    """Downloads an address to `path`. Returns its ETag, or "" if it has no usable one.

    `known` is the ETag of the existing copy; the result is None if it is unchanged. Raises
    UnreachableError and then leaves no file.
    """
    job = _Fetch(address, {"If-None-Match": known} if known else {}, path, limits)
    # A thread that hangs in the resolver or in an endless head can only be abandoned.
    threading.Thread(target=job.run, daemon=True).start()
    if not (job.began.wait(limits.head) and job.ended.wait(limits.seconds)):
        job.error = UnreachableError(_("The portal takes too long."))
    job.ended.set()
    if job.error is not None:
        path.unlink(missing_ok=True)
        raise _explain(job.error)
    return job.etag if job.is_new else None


def make_beside(path: Path) -> Path:
    """Creates a new file with a unique name in the same folder."""
    with tempfile.NamedTemporaryFile(
        prefix=f"{path.name}.", suffix=".part", dir=path.parent, delete=False
    ) as file:
        return Path(file.name)


def check_address(text: str) -> str:
    """Returns the address without a final slash. Raises UnreachableError if it is invalid."""
    try:
        parts = urlsplit(text.strip())
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or parts.username or parts.query or parts.fragment or not text.isprintable():
        raise UnreachableError(
            _("The portal's address is invalid; write it like https://xxgk.example.gov.cn.")
        )
    return text.strip().rstrip("/")


def open_address(address: str, headers: Mapping[str, str], patience: float) -> HTTPResponse:
    """Opens an HTTP(S) address through the proxy of the environment, without redirects."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(address, headers=dict(headers))  # noqa: S310 - checked before
    response = opener.open(request, timeout=patience)
    if not isinstance(response, HTTPResponse):
        raise UnreachableError(_("The portal's address is invalid."))
    return response


def _check_redirect(address: str, headers: Message) -> str:
    """Returns the target of a redirect to the same host that keeps https."""
    target = urljoin(address, headers.get("Location", ""))
    try:
        old, new = urlsplit(address), urlsplit(check_address(target))
    except UnreachableError:
        new = None
    if new is None or new.hostname != old.hostname or (old.scheme, new.scheme) == ("https", "http"):
        raise UnreachableError(
            _("The portal redirects to another address; use that address instead.")
        )
    return target


def _explain(error: Exception) -> Exception:
    if isinstance(error, UnreachableError):
        return error
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return UnreachableError(_("The portal's certificate can't be verified."))
    if isinstance(cause, OSError | HTTPException | ValueError):
        return UnreachableError(
            _("The portal can't be reached: {kind}.").format(kind=name_fault(cause))
        )
    return error
