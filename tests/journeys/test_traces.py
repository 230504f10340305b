"""Traces of a running server, as a collector receives them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from search_api.http.traces import PublicSpans
from tests.journeys.command import run, running_server

TRACE = "0af7651916cd43dd8448eb211c80319c"
SECRET = "薨躄鼙鼛"


@contextmanager
def collector() -> Iterator[tuple[str, "Queue[bytes]"]]:
    """An address that takes traces, and what it received."""
    received: Queue[bytes] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


def test_a_request_is_a_span_without_its_query(tmp_path: Path) -> None:
    assert run(tmp_path, "index", "indexer/sample").returncode == 3
    with collector() as (address, received):
        settings = {
            "GONGKAI_DATA_DIR": str(tmp_path),
            "GONGKAI_SEMANTIC": "off",
            "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        with running_server(settings) as (_, client):
            headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
            answer = client.get("/search", params={"q": SECRET}, headers=headers)
            spans = {}
            while "GET /search" not in spans:
                sent = received.get(timeout=30)
                assert SECRET.encode() not in sent
                assert b"127.0.0.1" not in sent
                for resource in ExportTraceServiceRequest.FromString(sent).resource_spans:
                    spans |= {s.name: s for scope in resource.scope_spans for s in scope.spans}
    span = spans["GET /search"]
    assert span.trace_id.hex() == TRACE
    values = {each.key: each.value for each in span.attributes}
    assert values["http.response.status_code"].int_value == 200
    assert values["gongkai.request"].string_value == answer.headers["X-Request-ID"]


def test_ids_and_errors_of_the_engine_stay_here() -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(PublicSpans(kept)))
    tracer = provider.get_tracer("elasticsearch-api")
    with suppress(ValueError), tracer.start_as_current_span("get") as span:
        span.set_attribute("db.operation.parameter.id", SECRET)
        span.set_attribute("url.full", f"http://127.0.0.1:9200/gongkai/_doc/{SECRET}")
        span.set_attribute("db.operation.name", "get")
        raise ValueError(SECRET)
    (passed,) = kept.get_finished_spans()
    assert SECRET not in passed.to_json()
    assert passed.attributes == {"db.operation.name": "get"}
    assert not passed.status.is_ok
