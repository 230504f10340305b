"""Telemetry for every request: Prometheus metrics, a log line and a request id.

Neither metrics nor logs contain a query or a record id; routes are named by their pattern. Client
addresses go only into the access log on disk, if the installation keeps one. The request id is sent
as `X-Request-ID`, so that a problem report can be found in the log.
"""

import logging
import os
import secrets
import time
from contextlib import AbstractContextManager, nullcontext
from gettext import gettext as _
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gongkai.engines.port import SearchEngine
from gongkai.errors import GongkaiError, SettingsError
from gongkai.staff.last_run import LastRun

if TYPE_CHECKING:
    from search_api.http.traces import Describe, RequestTracer

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""Directory where the workers of one server share their counts; `gongkai serve` sets it."""
TRACES = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""The address that receives traces. Without it there are none."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))
log = logging.getLogger("gongkai.access")


class Metrics:
    """The metrics of one process. `write` sums those of all workers."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "gongkai_requests",
            "HTTP requests.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "gongkai_request_seconds",
            "Time from a request to the end of its response.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.running = Gauge(
            "gongkai_requests_running",
            "Requests in progress.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self.semantic_searches = Counter(
            "gongkai_semantic_searches",
            "Semantic searches: used; slow, missing or failed ones fall back to keywords.",
            ("outcome",),
            registry=self._registry,
        )
        self.rejected = Counter(
            "gongkai_requests_rejected",
            "Requests rejected by a limit with status 429 (rate) or 503 (busy).",
            ("reason",),
            registry=self._registry,
        )

    async def write(self, engine: SearchEngine, run: LastRun | None) -> bytes:
        """Returns the metrics in Prometheus text format, with the engine and the last run."""
        counted = CollectorRegistry() if os.environ.get(MULTIPROCESS) else self._registry
        if counted is not self._registry:
            multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        registries = (counted, await _ask(engine), _count(run))
        return b"".join(map(generate_latest, registries))


def open_tracer() -> "RequestTracer | None":
    """Returns the tracer, None without the variable TRACES. Raises SettingsError."""
    if not os.environ.get(TRACES):
        return None
    try:
        from search_api.http.traces import RequestTracer  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            _("{name} needs a package that is not installed: install gongkai[tracing].").format(
                name=TRACES
            )
        ) from error
    return RequestTracer()


class TelemetryMiddleware:
    """The outermost ASGI middleware: counts, times, logs and traces each request."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, tracer: "RequestTracer | None" = None
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._trace(scope) as describe:
            await self._observe(scope, receive, send, describe)

    def _trace(self, scope: Scope) -> AbstractContextManager["Describe | None"]:
        return self._tracer.record(scope) if self._tracer else nullcontext()

    async def _observe(
        self, scope: Scope, receive: Receive, send: Send, describe: "Describe | None"
    ) -> None:
        number, started, status, is_noted = secrets.token_hex(8), time.perf_counter(), 500, False

        def note() -> None:
            nonlocal is_noted
            if not is_noted:
                is_noted = True
                self._metrics.running.dec()
                method, route = self._note(scope, number, status, time.perf_counter() - started)
                if describe:
                    describe(number, method, route, status)

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                # Record the request now. The application may still run background tasks after the
                # response.
                note()

        self._metrics.running.inc()
        try:
            await self._app(scope, receive, send_named)
        finally:
            note()

    def _note(self, scope: Scope, number: str, status: int, seconds: float) -> tuple[str, str]:
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        log.info(
            "%s %s",
            method,
            route,
            extra={
                "fields": {"request": number, "status": status, "ms": round(seconds * 1000, 1)},
                "address": (scope.get("client") or ("",))[0],
            },
        )
        return method, route


async def _ask(engine: SearchEngine) -> CollectorRegistry:
    registry = CollectorRegistry()
    answers = Gauge("gongkai_engine_up", "1 if the search engine is available.", registry=registry)
    records = Gauge("gongkai_index_records", "Public records in the live index.", registry=registry)
    size = Gauge("gongkai_index_bytes", "Size of the live index in bytes.", registry=registry)
    try:
        live = await engine.live()
    except GongkaiError:
        answers.set(0)
        return registry
    answers.set(1)
    records.set(live.records)
    size.set(live.bytes)
    return registry


def _count(run: LastRun | None) -> CollectorRegistry:
    registry = CollectorRegistry()
    if run is None:
        return registry
    name = "gongkai_last_run"
    finished = Gauge(f"{name}_timestamp_seconds", "End of the last run.", registry=registry)
    seconds = Gauge(f"{name}_seconds", "Duration of the last run.", registry=registry)
    rows = Gauge(f"{name}_rows", "Rows of the last run.", ("outcome",), registry=registry)
    finished.set(run.finished)
    seconds.set(run.seconds)
    rows.labels("accepted").set(run.accepted)
    rows.labels("refused").set(run.refused)
    return registry
