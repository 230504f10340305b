"""gongkai as in production: `gongkai index`, `gongkai serve`, queries over HTTP."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

import orjson
import urllib3

from bench import COMMAND
from bench.corpus import FACETS
from bench.peers.peer import Answer, Question, Row
from development.footprint import measure_footprint, measure_processor_seconds
from gongkai.engines.embedded.layout import folder_bytes
from gongkai.query.request import FACET_SIZE_LIMIT

_PATIENCE_SECONDS = 60.0
_IDLE_SHARE = 0.05
"""Share of one processor; an idle event loop uses less."""
EMBEDDED, ELASTIC = "gongkai, embedded", "gongkai, Elasticsearch"


class Gongkai:
    """`export` is a file of the same records; `settings` are the GONGKAI_* of the engine."""

    def __init__(self, name: str, export: Path, port: int, settings: Mapping[str, str]) -> None:
        self.name = name
        self.version = version("gongkai")
        self._export = export
        self.port = port
        self._settings = dict(settings)
        self.workers = 1
        self._server: subprocess.Popen[bytes] | None = None

    def build(self, rows: Iterator[Row], folder: Path) -> None:  # noqa: ARG002 # reads the export
        self.open(folder)
        self._run("index", self._export)

    def build_again(self) -> None:
        """Indexes the same records in a new generation, as the target of a rollback."""
        self._run("index", "--rebuild", self._export)

    @property
    def elasticsearch_url(self) -> str:
        """The address of the Elasticsearch node."""
        return self._settings["GONGKAI_ELASTICSEARCH_URL"]

    def open(self, folder: Path) -> None:
        self.folder = folder
        self._settings["GONGKAI_DATA_DIR"] = str(folder)

    def memory(self) -> int | None:
        return measure_footprint(self._server.pid)[0] if self._server else None

    def size_on_disk(self) -> int:
        if "GONGKAI_ELASTICSEARCH_URL" not in self._settings:
            return folder_bytes(self.folder)
        said = self._run("status")
        line = next(line for line in said.splitlines() if line.startswith("bytes"))
        return int(line.split()[1].replace(",", ""))

    def _run(self, *words: object) -> str:
        return subprocess.run(
            (*COMMAND, *map(str, words)),
            env={**os.environ, **self._settings},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def serve(self) -> float:
        """Starts the server and returns the seconds to its first response."""
        started = time.perf_counter()
        words = (*COMMAND, "serve", "--port", str(self.port), "--workers", str(self.workers))
        self._server = subprocess.Popen(
            words,
            env={**os.environ, **self._settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Use the HTTP library of the Elasticsearch client, so that both sides have the same cost.
        self._client = urllib3.HTTPConnectionPool("127.0.0.1", self.port, retries=False)
        while self._server.poll() is None:
            try:
                if self._client.request("GET", "/api/v1/search?size=1").status == 200:
                    return time.perf_counter() - started
            except urllib3.exceptions.HTTPError:
                time.sleep(0.01)
        raise RuntimeError("the server ended before it answered")

    def settle(self) -> None:
        """Waits until preparation after the start is done; at most a minute."""
        if self._server is None:
            self.serve()
        until = time.perf_counter() + _PATIENCE_SECONDS
        used = measure_processor_seconds(self._server.pid) if self._server else 0.0
        while self._server and time.perf_counter() < until:
            time.sleep(1)
            before, used = used, measure_processor_seconds(self._server.pid)
            if used - before < _IDLE_SHARE:
                return

    def get(self, path: str) -> bytes:
        """Returns one response; starts the server if it is not running."""
        if self._server is None:
            self.serve()
        answer = self._client.request("GET", path)
        if answer.status != 200:
            raise RuntimeError(f"a response had status {answer.status}")
        return answer.data

    def ask(self, question: Question) -> Answer:
        answer = self.get(address_of(question))
        content = orjson.loads(answer)
        return Answer(
            content["total"],
            [hit["id"] for hit in content["hits"]],
            {
                name: {each["label"]: each["count"] for each in content["facets"].get(name, ())}
                for name in FACETS
            },
            answer.count(b"<mark>"),
        )

    def close(self) -> None:
        if self._server is not None:
            self._client.close()
            self._server.terminate()
            self._server.wait()
            self._server = None


def address_of(question: Question) -> str:
    """Returns the API address of a query: seven facets, highlights, no correction or expansion."""
    asked: list[tuple[str, str]] = [("facets", name) for name in FACETS]
    # The other systems list all values of a facet too.
    asked.append(("facet_size", str(FACET_SIZE_LIMIT)))
    asked += [("page", str(question.page)), ("expand", "false"), ("correct", "false")]
    asked += question.filters.items()
    asked.append(("document_number" if question.kind == "number" else "q", question.text))
    return f"/api/v1/search?{urlencode(asked)}"
