"""OpenTelemetry traces: one span per request, with those of the Elasticsearch client inside.

A span names the route, method, status and request id. As in metrics and logs, there is no query, no
record id and no client address. This module needs the extra `tracing`; see `open_tracer`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, set_tracer_provider
from starlette.types import Scope

_KEPT = frozenset(
    (
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "gongkai.request",
        "db.system.name",
        "db.operation.name",
    )
)
Describe = Callable[[str, str, str, int], None]


class PublicSpans(SpanExporter):
    """Passes spans on with the attributes of `_KEPT`, without events and error messages.

    The Elasticsearch client adds the ids of documents, and an exception quotes its request.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_reduce(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()


class RequestTracer:
    """Records requests and sends them to OTEL_EXPORTER_OTLP_ENDPOINT in the background."""

    def __init__(self) -> None:
        provider = TracerProvider(resource=Resource.create({"service.name": "gongkai"}))
        provider.add_span_processor(BatchSpanProcessor(PublicSpans(OTLPSpanExporter())))
        # The Elasticsearch client takes its tracer from here.
        set_tracer_provider(provider)
        self._tracer = provider.get_tracer("gongkai")

    @contextmanager
    def record(self, scope: Scope) -> Iterator[Describe]:
        """Records a request as part of the trace in its headers; yields what describes it."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        with self._tracer.start_as_current_span(
            "request", extract(headers), SpanKind.SERVER, record_exception=False
        ) as span:

            def describe(number: str, method: str, route: str, status: int) -> None:
                span.update_name(f"{method} {route}")
                span.set_attributes(
                    {
                        "http.request.method": method,
                        "http.route": route,
                        "http.response.status_code": status,
                        "gongkai.request": number,
                    }
                )

            yield describe


def _reduce(span: ReadableSpan) -> ReadableSpan:
    kept = {name: value for name, value in (span.attributes or {}).items() if name in _KEPT}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=kept,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
