"""A thousand files that nobody should send: each row is taken, refused or told of, nothing else."""

import csv
import io
import re
import resource
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote as quote_path

import httpx2
import orjson
import pytest

from gongkai.engines.installation import Installation
from indexer.source_reader import read_source
from indexer.sources.row import SourceRow, UnreadableRow
from tests.indexer.hostile import write_corpus
from tests.journeys.command import run_limited
from tests.journeys.conftest import serving
from tests.scale import scaled

FILES = scaled(200, 1_100)
GOOD = scaled(40, 300)
LARGEST = scaled(200_000, 1_000_000_000)
MEMORY = 2_500_000_000
"""Bytes of address space of the run: dictionary, tantivy's heap, one file at a time."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    assert sum(1 for _ in write_corpus(folder, FILES)) >= FILES * 0.9
    for path in folder.iterdir():
        if path.stat().st_size > LARGEST:
            path.unlink()
    return folder


@pytest.fixture(scope="module")
def indexed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder after `gongkai index` over all of it, and what was printed."""
    data = tmp_path_factory.mktemp("data")
    limits = {resource.RLIMIT_AS: MEMORY}
    done = run_limited(limits, {"GONGKAI_DATA_DIR": str(data)}, "index", corpus)
    assert done.returncode == 3, done.stderr[-2000:]
    return data, done.stdout + done.stderr


def test_every_row_is_accounted_for(indexed: tuple[Path, str]) -> None:
    data, printed = indexed
    assert "Traceback" not in printed
    counts = {name: int(number.replace(",", "")) for name, number in
              (line.split()[:2] for line in printed.splitlines() if len(line.split()) >= 2
               and line.split()[1].replace(",", "").isdigit())}  # fmt: skip
    names = ("indexed", "unchanged", "refused", "withheld")
    assert counts["read"] == sum(counts[name] for name in names)
    assert counts["indexed"] > GOOD, "hardly any row was good enough to see what becomes of it"
    assert counts["refused"] > GOOD
    (rejects,) = (data / "rejects").glob("*[0-9].jsonl")
    kinds = Counter(orjson.loads(line)["reason"] for line in rejects.read_bytes().splitlines())
    assert len(kinds) > 8, kinds


def test_nothing_was_written_or_read_elsewhere(indexed: tuple[Path, str]) -> None:
    data, printed = indexed
    assert not Path("/tmp/gongkai-was-here").exists()
    passwd = Path("/etc/passwd").read_text().splitlines()[0].encode()
    assert passwd.decode() not in printed
    for file in data.rglob("*"):
        assert not file.is_file() or passwd not in file.read_bytes()


def test_each_file_gives_rows_or_says_why_not(corpus: Path) -> None:
    for path in sorted(corpus.iterdir()):
        if path.stat().st_size > 10_000_000:
            continue  # seen by the run, under its limit of memory
        lines = 0
        for row in read_source(path):
            assert isinstance(row, SourceRow | UnreadableRow)
            lines += 1
            if isinstance(row, UnreadableRow):
                assert row.reason.isidentifier(), (path.name, row.reason)
        assert lines <= path.stat().st_size + 1, "more rows than bytes"


def test_what_was_taken_harms_no_reader(
    indexed: tuple[Path, str], installation: Installation
) -> None:
    """HTML of traps is text, cells of formulas are text, feeds and maps are well formed."""
    settings = installation.settings.model_copy(update={"data_dir": indexed[0]})
    # Not TestClient: it decodes an address twice.
    with (
        serving(replace(installation, settings=settings)) as address,
        httpx2.Client(base_url=address, trust_env=False, timeout=60) as client,
    ):
        ids = []
        for page in range(1, 21):
            answer = client.get("/api/v1/search", params={"size": 100, "page": page})
            assert answer.status_code == 200
            ids += [hit["id"] for hit in answer.json()["hits"]]
        assert len(ids) > GOOD
        for record_id in ids:
            for kind in ("/records/", "/api/v1/records/", "/text/records/"):
                answer = client.get(kind + quote_path(record_id, safe=""))
                assert answer.status_code == 200, (kind, record_id, answer.text[:300])
                if kind == "/records/":
                    assert_no_trap(answer.text)
        for path in (
            "/search",
            "/search?q=通知&sort=newest",
            "/browse",
            "/kiosk",
            "/search/citations",
        ):
            answer = client.get(path)
            assert answer.status_code == 200
            assert_no_trap(answer.text)
        for path in ("/feed.atom", "/sitemap.xml", "/sitemap/2020.xml"):
            ET.fromstring(client.get(path).content)
        lines = client.get("/search/export?format=jsonl").content.splitlines()
        assert [orjson.loads(line)["id"] for line in lines]
        text = client.get("/search/export?format=csv").content.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert len(cells) > 3 * GOOD
        # A tab before digits tells a spreadsheet that they are text.
        assert not [cell for cell in cells if re.match(r"[=+\-@\r＝＋－＠]|\t(?!\d)", cell)]


def assert_no_trap(page: str) -> None:
    for trap in (
        "<script>alert",
        "onerror=alert(1)>",
        "<svg/onload",
        'href="javascript:',
        "<mark>假",
    ):
        assert trap not in page, trap
