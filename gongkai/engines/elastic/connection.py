"""Opens clients of an Elasticsearch cluster and translates its errors."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import Any

import certifi
from elastic_transport import AsyncTransport, Transport
from elasticsearch import (
    ApiError,
    AsyncElasticsearch,
    AuthenticationException,
    AuthorizationException,
    Elasticsearch,
    SSLError,
    TransportError,
    UnsupportedProductError,
)
from elasticsearch.serializer import OrjsonSerializer

from gongkai.errors import EngineUnavailableError, name_fault
from gongkai.settings import Settings

CONNECTIONS = 32
"""Open connections to a node, shared by all queries of a process."""
WRITE_SECONDS = 60.0
"""Shortest timeout of a request that writes."""
_NEWEST_ONLY, _SINCE_8_19 = "compatible-with=9", "compatible-with=8"
_BLOCKED = "cluster_block_exception"


def open_client(settings: Settings) -> Elasticsearch:
    """Opens a blocking client for the indexer; writes may take longer than queries."""
    deadline = max(settings.elasticsearch_timeout_seconds, WRITE_SECONDS)
    options = {**_options(settings), "request_timeout": deadline}
    return Elasticsearch(**options, transport_class=_Transport)


def open_async_client(settings: Settings) -> AsyncElasticsearch:
    """Opens an asynchronous client with one connection pool a process."""
    options = {**_options(settings), "serializer": OrjsonSerializer()}
    return AsyncElasticsearch(**options, transport_class=_AsyncTransport)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translates cluster errors to EngineUnavailableError with a sentence for an operator.

    Status codes with a meaning for one request (404, 409) are handled at that request.
    """
    try:
        yield
    except (TransportError, ApiError) as error:
        raise EngineUnavailableError(explain(error)) from error


def explain(error: ApiError | TransportError) -> str:
    """Returns a sentence about what is wrong with the cluster."""
    if isinstance(error, AuthenticationException | AuthorizationException):
        return _explain_refusal(error)
    if isinstance(error, UnsupportedProductError):
        return _NOT_ELASTICSEARCH
    if isinstance(error, SSLError):
        return _explain_tls(error)
    if isinstance(error, TransportError):
        return _(
            "Elasticsearch can't be reached at GONGKAI_ELASTICSEARCH_URL ({kind}): is it up?"
        ).format(kind=name_fault(error))
    return _explain_answer(error)


def is_elasticsearch(error: ApiError) -> bool:
    """Whether Elasticsearch answered; the client itself checks only successful responses."""
    return "x-elastic-product" in error.meta.headers


def is_blocked(error: Mapping[str, Any], status: int) -> bool:
    """Whether an item was rejected because the index is read-only: its disk is nearly full.

    With status 503 the same error means that the cluster has no master yet, which is temporary.
    """
    return error.get("type") == _BLOCKED and status != 503


NO_INDEX = "index_not_found_exception"
BLOCKED = _(
    "Elasticsearch accepts no writes: a disk of the cluster is nearly full (flood stage). "
    "Free disk space, then run the same command again."
)


_NOT_ELASTICSEARCH = _(
    "The server at GONGKAI_ELASTICSEARCH_URL is not Elasticsearch. OpenSearch and other products "
    "derived from it are not supported; use Elasticsearch 8.19 or 9, or the embedded engine."
)


_SAID_BY_OTHERS = (400, 404, 405, 406, 415)
"""What servers answer to requests that they do not know; a proxy gives other answers."""


def _explain_tls(error: SSLError) -> str:
    fault = _find_tls_fault(error)
    if isinstance(fault, ssl.SSLCertVerificationError):
        return _(
            "The certificate of GONGKAI_ELASTICSEARCH_URL is not trusted ({fault}). It must be "
            "issued for this host and signed by the CA in GONGKAI_ELASTICSEARCH_CA_CERTS."
        ).format(fault=fault.verify_message)
    return _(
        "No secure connection to GONGKAI_ELASTICSEARCH_URL ({fault}). If the nodes use no TLS, "
        "write http:// instead of https://."
    ).format(fault=(fault and fault.reason) or name_fault(error))


def _find_tls_fault(error: BaseException) -> ssl.SSLError | None:
    """Returns the error of the TLS library, which the clients wrap in errors of their own."""
    found: list[object] = [error]
    # An error may wrap another that wraps it again: each is looked at once.
    for each in found:
        # aiohttp's errors are subclasses that lack the attributes of the original.
        if isinstance(each, ssl.SSLError) and type(each).__module__ == ssl.__name__:
            return each
        if isinstance(each, BaseException):
            wrapped = (*getattr(each, "errors", ()), *each.args)
            found += [inner for inner in wrapped if all(inner is not one for one in found)]
    return None


def _explain_refusal(error: ApiError) -> str:
    if error.error == _BLOCKED:
        return BLOCKED
    return _(
        "Elasticsearch refused the sign-in ({status_code}): check "
        "GONGKAI_ELASTICSEARCH_USERNAME, _PASSWORD or _API_KEY, and the rights they have."
    ).format(status_code=error.status_code)


def _explain_answer(error: ApiError) -> str:
    if error.error == _BLOCKED and error.status_code != 503:
        return BLOCKED
    if error.status_code == 429:
        return _("Elasticsearch is overloaded (429).")
    if error.status_code in _SAID_BY_OTHERS and not is_elasticsearch(error):
        return _NOT_ELASTICSEARCH
    if error.status_code >= 500:
        return _("Elasticsearch can't answer ({status_code}, {error}).").format(
            status_code=error.status_code, error=error.error
        )
    return _(
        "The server at GONGKAI_ELASTICSEARCH_URL gave an unknown answer ({status_code}, "
        "{error}). Elasticsearch 8.19 and 9 are known to work."
    ).format(status_code=error.status_code, error=error.error)


def _options(settings: Settings) -> dict[str, Any]:
    hosts = [url.strip() for url in settings.elasticsearch_url.split(",") if url.strip()]
    options: dict[str, Any] = {
        "hosts": hosts,
        "request_timeout": settings.elasticsearch_timeout_seconds,
        "connections_per_node": CONNECTIONS,
        "retry_on_timeout": False,
        # A stopped node may be tried again by each of the requests that it failed.
        "max_retries": 2 * len(hosts),
        "http_compress": False,
    }
    if settings.elasticsearch_api_key:
        options["api_key"] = settings.elasticsearch_api_key.get_secret_value()
    elif settings.elasticsearch_username:
        password = settings.elasticsearch_password
        secret = password.get_secret_value() if password else ""
        options["basic_auth"] = (settings.elasticsearch_username, secret)
    if any(url.startswith("https:") for url in hosts):
        options["ssl_context"] = _trust(settings.elasticsearch_ca_certs)
    return options


def _trust(authority: Path | None) -> ssl.SSLContext:
    """Returns a context that verifies certificates and their host names.

    The context of the client itself does not compare the address of a node with its certificate.
    """
    context = ssl.create_default_context(cafile=authority)
    if authority is None:
        # A slim container has no certificates of the system.
        context.load_verify_locations(certifi.where())
    return context


def _understood_by_both(headers: Any) -> Any:
    """Returns headers of the older media type: 8.19 rejects that of the version 9 client."""
    if headers is None:
        return None
    return {name: value.replace(_NEWEST_ONLY, _SINCE_8_19) for name, value in headers.items()}


class _Transport(Transport):
    def perform_request(self, method: str, target: str, **options: Any) -> Any:
        options["headers"] = _understood_by_both(options.get("headers"))
        return super().perform_request(method, target, **options)


class _AsyncTransport(AsyncTransport):
    async def perform_request(  # type: ignore[override] # its own superclass is the other one
        self, method: str, target: str, **options: Any
    ) -> Any:
        options["headers"] = _understood_by_both(options.get("headers"))
        return await super().perform_request(method, target, **options)
