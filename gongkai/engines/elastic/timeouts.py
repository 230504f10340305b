"""Sends one search with a limit of time, and tells a slow query from a lost cluster."""

from typing import Any

from elasticsearch import ApiError, AsyncElasticsearch, ConnectionTimeout, TransportError

from gongkai.errors import QueryTimeoutError
from gongkai.settings import Settings

_SHARE = 0.8
"""Of the request's own timeout: the cluster has to say that a query is stopped before that."""
_PING_SECONDS = 1.0
_RETRIED = (502, 503, 504)
"""Statuses of a search that is sent again. 429 is none: a query out of time has that status too."""
_OUT_OF_TIME = "search_timeout_exception"


def name_timeout(settings: Settings) -> str:
    """The `timeout` of a search."""
    whole = settings.elasticsearch_timeout_seconds * _SHARE
    seconds = min(settings.query_timeout_seconds, whole)
    return f"{max(1, int(seconds * 1000))}ms"


async def search_in_time(client: AsyncElasticsearch, timeout: str, **request: Any) -> Any:
    """The answer. Raises QueryTimeoutError where the query took too long and the cluster is well.

    A cluster may not notice its `timeout` in every phase: then the request's own ends it, and a
    ping says whether anybody is there.
    """
    try:
        return await client.options(retry_on_status=_RETRIED).search(**request, timeout=timeout)
    except ConnectionTimeout:
        if await _is_up(client):
            raise QueryTimeoutError from None
        raise
    except ApiError as error:
        if _is_out_of_time(error):
            raise QueryTimeoutError from None
        raise


async def _is_up(client: AsyncElasticsearch) -> bool:
    """Whether any answer comes soon; a user without rights on the cluster gets one, too."""
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
