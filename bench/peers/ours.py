"""gongkai as a city runs it: `gongkai index`, `gongkai serve`, questions over HTTP."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import orjson

from bench import COMMAND
from bench.corpus import FACETS
from bench.peers.peer import Answer, Question, Row, folder_bytes


class Gongkai:
    """`export` holds the same records as a file; `settings` are GONGKAI_* of the engine."""

    def __init__(
        self, name: str, export: Path, port: int, settings: Mapping[str, str], workers: int = 1
    ) -> None:
        self.name = name
        self._export = export
        self._port = port
        self._settings = dict(settings)
        self._workers = workers
        self._server: subprocess.Popen[bytes] | None = None

    def build(self, rows: Iterator[Row], folder: Path) -> None:  # noqa: ARG002 # reads the export
        self._folder = folder
        self._settings["GONGKAI_DATA_DIR"] = str(folder)
        environment = {**os.environ, **self._settings}
        words = (*COMMAND, "index", str(self._export))
        subprocess.run(words, env=environment, check=True, stdout=subprocess.DEVNULL)

    def bytes(self) -> int:
        if "GONGKAI_ELASTICSEARCH_URL" not in self._settings:
            return folder_bytes(self._folder)
        words = (*COMMAND, "status")
        environment = {**os.environ, **self._settings}
        said = subprocess.run(
            words, env=environment, check=True, capture_output=True, text=True
        ).stdout
        line = next(line for line in said.splitlines() if line.startswith("bytes"))
        return int(line.split()[1].replace(",", ""))

    def serve(self) -> float:
        """Start it; seconds to the first answer."""
        started = time.perf_counter()
        words = (*COMMAND, "serve", "--port", str(self._port), "--workers", str(self._workers))
        self._server = subprocess.Popen(
            words,
            env={**os.environ, **self._settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._client = httpx2.Client(
            base_url=f"http://127.0.0.1:{self._port}", trust_env=False, timeout=60
        )
        while self._server.poll() is None:
            try:
                if self._client.get("/api/v1/search?size=1").status_code == 200:
                    return time.perf_counter() - started
            except httpx2.TransportError:
                time.sleep(0.01)
        raise RuntimeError("the server ended before it answered")

    @property
    def process(self) -> int:
        """Of the server, for its memory."""
        return self._server.pid if self._server else 0

    def ask(self, question: Question) -> Answer:
        if self._server is None:
            self.serve()
        answer = self._client.get(address_of(question))
        content = orjson.loads(answer.content)
        return Answer(
            content["total"],
            [hit["id"] for hit in content["hits"]],
            {
                name: {each["label"]: each["count"] for each in content["facets"].get(name, ())}
                for name in FACETS
            },
            answer.content.count(b"<mark>"),
        )

    def close(self) -> None:
        if self._server is not None:
            self._client.close()
            self._server.terminate()
            self._server.wait()


def address_of(question: Question) -> str:
    """The question as the API takes it: seven facets, highlights, nothing corrected or expanded."""
    asked: list[tuple[str, str]] = [("facets", name) for name in FACETS]
    asked += [("page", str(question.page)), ("expand", "false"), ("correct", "false")]
    asked += question.filters.items()
    asked.append(("document_number" if question.kind == "number" else "q", question.text))
    return f"/api/v1/search?{urlencode(asked)}"
