"""Authentication of staff: API clients send a token (`Authorization: Bearer`), browsers a cookie.

Public routes never read either.
"""

import hmac
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from gongkai.staff.audit import Action, Audit
from gongkai.staff.roles import Role
from gongkai.staff.tokens import Session, Token, Tokens
from search_api.http.request_limits import name_client
from search_api.http.state import state_of

COOKIE = "gongkai_staff"
COOKIE_PATH = "/staff"
ATTEMPTS, WINDOW_SECONDS = 10, 300
"""Failed sign-ins from one IPv4 address or IPv6 /64 before the client has to wait.

A valid token is always accepted, so nobody can lock others out; guessing 256 bits stays impossible.
"""
RECORDED = 100
"""Failed sign-ins of all addresses that the audit log records in WINDOW_SECONDS.

The log cannot be shortened, so an attacker with many networks must not be able to fill the disk
with it.
"""
_CLIENTS = 10_000


class SignInError(Exception):
    """There is no valid token. One error covers all cases, so that it reveals nothing."""


class FormKeyError(Exception):
    """A form was not sent from a page of this session."""


class NotAllowedError(Exception):
    """The role of the token does not include the action, or the record is another unit's."""


class TooManyAttemptsError(Exception):
    """One address sent too many wrong tokens."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The authenticated client, named by its token."""

    name: str


class Authenticator:
    """Authenticates staff. One object serves all requests of a process."""

    def __init__(self, tokens: Tokens, audit: Audit) -> None:
        self._tokens = tokens
        self._audit = audit
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._recorded: deque[float] = deque(maxlen=RECORDED)

    def admit(self, text: str, client: str) -> Token:
        """Returns the token for `text`. `client` is the result of `name_client`.

        Raises SignInError, TooManyAttemptsError.
        """
        token = self._tokens.check(text)
        if token is None:
            self._count_failure(client)
            raise SignInError
        self._failures.pop(client, None)
        return token

    def open_session(self, text: str, client: str) -> str:
        """Opens a session and returns the cookie value.

        Raises SignInError, TooManyAttemptsError.
        """
        try:
            token = self.admit(text, client)
        except SignInError:
            if _take(self._recorded, RECORDED):
                self._audit.add("", Action.SIGN_IN_REFUSED, client)
            raise
        cookie, _ = self._tokens.open_session(token)
        self._audit.add(token.name, Action.SIGN_IN, token.id)
        return cookie

    def find_session(self, cookie: str | None) -> Session | None:
        return self._tokens.find_session(cookie) if cookie else None

    def knows(self, headers: Headers) -> bool:
        """Returns whether the headers contain a valid session or token.

        Failures are not counted.
        """
        session = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        if self.find_session(session) is not None:
            return True
        text = _bearer_of(headers)
        return bool(text) and self._tokens.check(text) is not None

    def close_session(self, cookie: str, session: Session) -> None:
        self._tokens.close_session(cookie)
        self._audit.add(session.token.name, Action.SIGN_OUT, session.token.id)

    def _count_failure(self, client: str) -> None:
        times = self._failures.setdefault(client, deque(maxlen=ATTEMPTS))
        self._failures.move_to_end(client)
        if len(self._failures) > _CLIENTS:
            self._failures.popitem(last=False)
        if not _take(times, ATTEMPTS):
            raise TooManyAttemptsError


def _take(times: deque[float], most: int) -> bool:
    """Returns whether `times` has fewer than `most` entries in WINDOW_SECONDS; if so, adds one."""
    now = time.monotonic()
    while times and now - times[0] > WINDOW_SECONDS:
        times.popleft()
    if len(times) >= most:
        return False
    times.append(now)
    return True


def get_authenticator(request: Request) -> Authenticator:
    """Returns the authenticator of this process."""
    return state_of(request).authenticator


def require_token(request: Request) -> Staff:
    """Returns the client of an API request, an editor at least.

    Raises SignInError, TooManyAttemptsError, NotAllowedError.
    """
    text = _bearer_of(request.headers)
    if not text:
        raise SignInError
    token = get_authenticator(request).admit(text, client_of(request))
    if not token.role.includes(Role.EDITOR):
        raise NotAllowedError
    return Staff(token.name)


def require_session(request: Request) -> Session:
    """Returns the session of a page request. Raises SignInError."""
    session = get_authenticator(request).find_session(request.cookies.get(COOKIE))
    if session is None:
        raise SignInError
    return session


def require_form(request: Request, form_key: Annotated[str, Form(max_length=100)] = "") -> Session:
    """Returns the session of a form submission. Raises SignInError, FormKeyError."""
    session = require_session(request)
    if not hmac.compare_digest(session.form_key.encode(), form_key.encode()):
        raise FormKeyError
    return session


def client_of(request: Request) -> str:
    """Returns the client key for limits: an IPv4 address or an IPv6 /64."""
    return name_client(request.client.host) if request.client else ""


def _bearer_of(headers: Headers) -> str:
    scheme, _, text = headers.get("authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


StaffDependency = Annotated[Staff, Depends(require_token)]
SessionDependency = Annotated[Session, Depends(require_session)]
FormDependency = Annotated[Session, Depends(require_form)]
