"""Groonga from Debian's packages, over its own HTTP server: bigrams and drilldowns."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import urllib3

from bench.corpus import FACETS
from bench.peers.peer import Answer, MissingPeerError, Question, Row
from development.footprint import measure_footprint
from gongkai.engines.embedded.layout import folder_bytes

_SIZE = 10
_AT_ONCE = 1_000
_KEYED = (*FACETS, "document_number")
_SCHEMA = (
    *(f"table_create t_{name} TABLE_HASH_KEY ShortText" for name in _KEYED),
    "table_create Records TABLE_HASH_KEY ShortText",
    "column_create Records title COLUMN_SCALAR Text",
    "column_create Records body COLUMN_SCALAR Text",
    *(f"column_create Records {name} COLUMN_SCALAR t_{name}" for name in _KEYED),
    "table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram"
    " --normalizer NormalizerNFKC130",
    "column_create Terms texts COLUMN_INDEX|WITH_POSITION|WITH_SECTION Records title,body",
    *(f"column_create t_{name} records COLUMN_INDEX Records {name}" for name in _KEYED),
)


class Groonga:
    """Groonga in its own server process."""

    name = "Groonga, pairs of characters"

    def __init__(self, port: int) -> None:
        if not shutil.which("groonga"):
            raise MissingPeerError("groonga is not installed")
        said = subprocess.run(["groonga", "--version"], capture_output=True, text=True, check=True)
        self.version = said.stdout.split()[1]
        self._port = port
        self._client = urllib3.HTTPConnectionPool("127.0.0.1", port, retries=False)
        self._server: subprocess.Popen[bytes] | None = None

    def build(self, rows: Iterator[Row], folder: Path) -> None:
        database = folder / "records.db"
        subprocess.run(["groonga", "-n", str(database), "shutdown"], check=True, **_QUIET)
        for command in _SCHEMA:
            words = ["groonga", str(database), *command.split()]
            subprocess.run(words, check=True, **_QUIET)
        self.open(folder)
        for batch in iter(lambda: list(islice(rows, _AT_ONCE)), []):
            sent = [
                {"_key": row["id"], **{name: row[name] for name in ("title", "body", *_KEYED)}}
                for row in batch
            ]
            self._ask("POST", "/d/load?table=Records", json=sent)

    def open(self, folder: Path) -> None:
        self._folder = folder
        words = ("groonga", "--protocol", "http", "-p", str(self._port), "-s")
        self._server = subprocess.Popen([*words, str(folder / "records.db")], **_QUIET)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                self._ask("GET", "/d/status")
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("groonga did not start")

    def size_on_disk(self) -> int:
        return folder_bytes(self._folder)

    def memory(self) -> int | None:
        return measure_footprint(self._server.pid)[0] if self._server else None

    def ask(self, question: Question) -> Answer:
        filters = [f'{name} == "{value}"' for name, value in question.filters.items()]
        asked: dict[str, Any] = {
            "table": "Records",
            "output_columns": "_key,title,snippet_html(body)",
            "offset": _SIZE * (question.page - 1),
            "limit": _SIZE,
            "drilldown": ",".join(FACETS),
            "drilldown_output_columns": "_key,_nsubrecs",
            "drilldown_limit": -1,
        }
        if question.kind == "number":
            filters.append(f'document_number == "{question.text}"')
        elif question.text:
            asked |= {"match_columns": "title * 3 || body", "query": question.text}
            asked |= {"sort_keys": "-_score"}
        if filters:
            asked["filter"] = " && ".join(filters)
        answer = self._ask("GET", f"/d/select.json?{urlencode(asked)}")
        _, (found, *counted) = orjson.loads(answer)
        (total,), _, *rows = found
        return Answer(
            total,
            [row[0] for row in rows],
            {name: dict(each[2:]) for name, each in zip(FACETS, counted, strict=True)},
            sum(bool(row[2]) for row in rows),
        )

    def _ask(self, method: str, path: str, **sent: Any) -> bytes:
        answer = self._client.request(method, path, **sent)
        if answer.status != 200:
            raise RuntimeError(f"groonga answered {answer.status}: {answer.data[:200]!r}")
        return answer.data

    def close(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait()
        self._client.close()


_QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
