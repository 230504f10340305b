"""What the attacks run against: hostile rows behind a real `gongkai serve`, on one engine."""

import http.client
import re
import secrets
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx2

from development.embedding_model import fetch_embedding_model
from tests.attacks.rows import hostile_rows
from tests.journeys.command import arguments, environment_with, run_with, write_rows


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    @property
    def is_page(self) -> bool:
        return "text/html" in self.headers.get("content-type", "")


@dataclass
class Target:
    """A running server; `settings` also run commands on its data folder."""

    settings: dict[str, str]
    folder: Path
    port: int
    token: str
    trapped: list[bytes] = field(default_factory=list)
    sent: int = 0

    @property
    def data(self) -> Path:
        return Path(self.settings["GONGKAI_DATA_DIR"])

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def ask(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: bytes | None = None,
    ) -> Answer:
        """Send a request exactly as written, and check what holds of every answer."""
        self.sent += 1
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection):
            named = {name.lower() for name in headers or {}}
            connection.putrequest(method, path, skip_host="host" in named)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None and "content-length" not in named:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            got = connection.getresponse()
            headers = {name.lower(): value for name, value in got.getheaders()}
            answer = Answer(got.status, headers, got.read())
        assert answer.status != 500, f"{method} {path[:200]}: 500"
        assert "Traceback" not in answer.text, path
        assert "x-injected" not in answer.headers, path
        return answer

    def submit(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(path, {**kind, **headers}, "POST", urlencode(form).encode())

    def raw(self, data: bytes) -> bytes:
        """Bytes in, bytes out."""
        self.sent += 1
        got = b""
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        with closing(opened) as connection, suppress(ConnectionError):
            connection.sendall(data)
            while piece := connection.recv(1 << 16):
                got += piece
        return got

    def is_well(self) -> bool:
        return self.ask("/search?q=" + quote("饮水")).status == 200

    def run(self, *words: object) -> "subprocess.CompletedProcess[str]":
        return run_with(self.settings, *words)

    def stored(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of all that is stored: files, and documents and vectors of indices."""
        for path in self.data.rglob("*"):
            if path.is_file():
                yield str(path), path.read_bytes()
        if url := self.settings.get("GONGKAI_ELASTICSEARCH_URL"):
            prefix = self.settings["GONGKAI_ELASTICSEARCH_PREFIX"]
            found = httpx2.get(f"{url}/{prefix}-*/_search?size=10000", trust_env=False, timeout=60)
            assert found.json()["hits"]["total"]["value"] > 50
            yield f"{prefix}-*", found.text.encode()

    def addresses(self, word: str = "饮水") -> list[str]:
        """Every public address of a list, and every page of every record."""
        q = quote(word)
        ids = re.findall(r'"id":"((?:[^"\\]|\\.)*)"', self.ask("/api/v1/search?size=100").text)
        records = [
            kind.format(quote(each.encode().decode("unicode_escape") if "\\" in each else each))
            for each in ids
            for kind in (
                "/records/{}",
                "/api/v1/records/{}",
                "/api/v1/records/{}/similar",
                "/text/records/{}",
                "/kiosk/records/{}",
                "/apply?record={}",
            )
        ]
        return [
            "/",
            "/browse",
            "/browse/topic",
            "/browse/publisher",
            "/browse/genre",
            "/browse/audience",
            "/search",
            "/api/v1/search?size=100",
            "/search/export",
            "/search/export?format=jsonl",
            "/feed.atom",
            "/search/citations",
            "/search/facets/publisher",
            "/search/facets/topic",
            "/api/v1/classifications",
            "/api/v1/replica",
            "/sitemap.xml",
            "/sitemap/2010.xml",
            "/kiosk",
            "/kiosk/list",
            "/kiosk/narrow",
            "/kiosk/browse/topic",
            "/robots.txt",
            "/docs",
            "/openapi.json",
            "/opensearch.xml",
            "/apply",
            "/appearance",
            "/staff",
            "/healthz",
            "/readyz",
            "/metrics",
            f"/search?q={q}",
            f"/api/v1/search?q={q}",
            f"/feed.atom?q={q}",
            f"/api/v1/suggest?q={q}",
            f"/opensearch/suggest?q={q}",
            f"/kiosk/find?q={q}",
            f"/kiosk/list?q={q}",
            f"/search/export?q={q}",
            "/nothing",
            "/records/none",
            *records,
        ]


@contextmanager
def trapping(heard: list[bytes]) -> Iterator[int]:
    """A port that nobody may call; what is sent there is kept."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(0.2)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                with suppress(TimeoutError):
                    connection, _ = listening.accept()
                    heard.append(connection.recv(1000))
                    connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        thread.join()


@contextmanager
def attacked(settings: dict[str, str], folder: Path) -> Iterator[Target]:
    """Index the rows, embed them where semantic search is on, serve with two workers."""
    heard: list[bytes] = []
    with trapping(heard) as trap:
        rows = write_rows(folder / "rows.jsonl", hostile_rows(trap))
        done = run_with(settings, "index", rows)
        assert done.returncode == 3, done.stdout + done.stderr
        if settings.get("GONGKAI_SEMANTIC"):
            done = run_with(settings, "embed")
            assert done.returncode == 0, done.stdout + done.stderr
        token = re.search(r"gk_\S+", run_with(settings, "token", "add", "attack").stdout)
        assert token
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                arguments("serve", "--port", port, "--workers", 2),
                env=environment_with(settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            target = Target(settings, folder, port, token[0], heard)
            try:
                _wait(target)
                yield target
            finally:
                process.terminate()
                process.wait(60)


def _wait(target: Target) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with suppress(OSError):
            if target.ask("/readyz").status == 200:
                return
        time.sleep(0.2)
    raise AssertionError(f"the server never was ready:\n{target.log[-2000:]}")


def make_settings(folder: Path, *, semantic: bool, elastic_url: str = "") -> dict[str, str]:
    settings = {"GONGKAI_DATA_DIR": str(folder / "data"), "GONGKAI_CLIENT_RATE": "0"}
    if semantic:
        settings |= {
            "GONGKAI_SEMANTIC": "on",
            "GONGKAI_SEMANTIC_MODEL": str(fetch_embedding_model()),
            "GONGKAI_SEMANTIC_BUDGET_MS": "5000",
        }
    if elastic_url:
        settings |= {
            "GONGKAI_ENGINE": "elasticsearch",
            "GONGKAI_ELASTICSEARCH_URL": elastic_url,
            "GONGKAI_ELASTICSEARCH_PREFIX": f"attack-{secrets.token_hex(4)}",
            "GONGKAI_ELASTICSEARCH_REPLICAS": "0",
        }
    return settings
