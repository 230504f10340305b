"""Sends searches with a timeout, again where that helps; tells a slow query from a lost cluster."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from elasticsearch import (
    ApiError,
    AsyncElasticsearch,
    ConnectionTimeout,
    NotFoundError,
    TransportError,
)

from gongkai.engines.elastic.connection import NO_INDEX
from gongkai.errors import QueryTimeoutError
from gongkai.settings import Settings

_SHARE = 0.8
"""Share of the request timeout: the cluster has to stop a query before the request ends."""
_PING_SECONDS = 1.0
_RETRIED = (502, 503, 504)
"""Statuses after which a search is retried. Not 429, the status of a query that timed out."""
_OUT_OF_TIME = "search_timeout_exception"
_PAUSES = (0.0, 0.3, 1.0)
"""Seconds before each further attempt."""
_Answer = TypeVar("_Answer")


def name_timeout(settings: Settings) -> str:
    """Returns the `timeout` parameter of a search."""
    whole = settings.elasticsearch_timeout_seconds * _SHARE
    seconds = min(settings.query_timeout_seconds, whole)
    return f"{max(1, int(seconds * 1000))}ms"


def retry_searches(client: AsyncElasticsearch) -> AsyncElasticsearch:
    """Returns a client for searches; it takes a quarter of a millisecond to make, so keep it."""
    return client.options(retry_on_status=_RETRIED)


async def ask_again(ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """Runs a request, and again where the generation was dropped or a shard moved in between.

    A shard has no copy for moments while a node stops. Other errors pass through at once.
    """
    for pause in _PAUSES:
        try:
            return await ask()
        except ApiError as error:
            is_dropped = isinstance(error, NotFoundError) and error.error == NO_INDEX
            if not (is_dropped or error.status_code == 503):
                raise
        await asyncio.sleep(pause)
    return await ask()


async def search_in_time(client: AsyncElasticsearch, timeout: str, **request: Any) -> Any:
    """Returns the response. Raises QueryTimeoutError where the query is slow and the cluster is up.

    A cluster may not check its `timeout` in every phase. Then the request's own timeout ends it,
    and a ping checks whether the cluster is up.
    """
    try:
        return await client.search(**request, timeout=timeout)
    except ConnectionTimeout:
        if await _is_up(client):
            raise QueryTimeoutError from None
        raise
    except ApiError as error:
        if _is_out_of_time(error):
            raise QueryTimeoutError from None
        raise


async def _is_up(client: AsyncElasticsearch) -> bool:
    """Whether the cluster responds soon; a user without cluster rights gets a response too."""
    try:
        await client.options(request_timeout=_PING_SECONDS, max_retries=0).perform_request(
            "HEAD", "/", headers={"accept": "application/json"}
        )
    except ApiError as error:
        return error.status_code < 500
    except TransportError:
        return False
    return True


def _is_out_of_time(error: ApiError) -> bool:
    body = error.body if isinstance(error.body, dict) else {}
    detail = body.get("error")
    causes = detail.get("root_cause", []) if isinstance(detail, dict) else []
    return any(each.get("type") == _OUT_OF_TIME for each in causes)
