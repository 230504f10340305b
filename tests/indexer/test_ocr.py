"""Scans beside the input: recognised where the extra and the setting are there, else reported."""

import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw, ImageFont
from typer.testing import CliRunner

from gongkai.catalog.record import AttachmentText
from gongkai.cli import build_app
from gongkai.engines.installation import Installation
from gongkai.errors import SettingsError
from gongkai.files.attachment_text import read_file
from gongkai.files.extraction import TextExtractor
from gongkai.files.extraction_worker import OCR_LIMITS
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app
from tests.conftest import require_or_skip
from tests.journeys.command import plain_row, write_rows

PHRASE = "申请人应当携带不动产权证书"
LINES = ("城乡居民最低生活保障申请须知", PHRASE, "到政务服务大厅综合窗口办理。")


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """A drawn page with LINES."""
    if find_spec("rapidocr") is None:
        require_or_skip("ocr", "the extra `ocr` is not installed: no scan was recognised")
    name = ""
    if shutil.which("fc-match"):
        asked = ["fc-match", "-f", "%{family}|%{file}", "Noto Sans CJK SC:lang=zh-cn"]
        name = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    if "CJK" not in name:
        require_or_skip("ocr", "no Noto Sans CJK: no scan was recognised")
    return draw(name.partition("|")[2])


def draw(font: str) -> Image.Image:
    letters = ImageFont.truetype(font, 40)
    drawn = Image.new("RGB", (1240, 1754), "white")
    for at, line in enumerate(LINES):
        ImageDraw.Draw(drawn).text((150, 200 + 90 * at), line, "black", letters)
    return drawn


def blank(path: Path) -> Path:
    Image.new("RGB", (400, 400), "white").save(path, "PDF" if path.suffix == ".pdf" else None)
    return path


def published(
    installation: Installation, folder: Path, *rows: dict[str, object], ocr: bool
) -> tuple[TestClient, dict[str, int]]:
    settings = installation.settings.model_copy(update={"data_dir": folder / "data", "ocr": ocr})
    served = replace(installation, settings=settings)
    summary = publish(IndexJob([write_rows(folder / "rows.jsonl", rows)]), served).summary
    return TestClient(create_app(served)), dict(summary.warnings)


def states(client: TestClient, record_id: str) -> list[str]:
    found = client.get(f"/api/v1/records/{record_id}").json()["attachments"]
    return [each["text_state"] for each in found]


@pytest.mark.parametrize("suffix", [".pdf", ".png", ".jpg", ".tif"])
def test_a_phrase_of_a_scan_finds_its_record(
    installation: Installation, tmp_path: Path, page: Image.Image, suffix: str
) -> None:
    page.save(tmp_path / f"须知{suffix}", resolution=150)
    row = plain_row(1, attachments=[{"name": f"须知{suffix}"}])
    client, counted = published(installation, tmp_path, row, ocr=True)
    with client:
        answer = client.get("/api/v1/search", params={"q": f'"{PHRASE}"'}).json()
        assert [hit["id"] for hit in answer["hits"]] == ["r1"]
        assert states(client, "r1") == ["machine_read"]
        assert "由机器识别，可能有误" in client.get("/records/r1").text
        assert "由机器识别，可能有误" in client.get("/kiosk/records/r1").text
    assert counted == {"attachments: machine_read": 1}


def test_every_page_of_a_scan_and_transparent_images_are_read(
    tmp_path: Path, page: Image.Image
) -> None:
    empty = Image.new("RGB", page.size, "white")
    empty.save(tmp_path / "a.tiff", save_all=True, append_images=[page])
    clear = Image.new("RGBA", page.size, (0, 0, 0, 0))
    clear.paste("black", mask=page.convert("L").point(lambda grey: 255 - grey))
    clear.save(tmp_path / "b.png")
    for name in ("a.tiff", "b.png"):
        text, state = read_file(tmp_path / name, ocr=True)
        assert state is AttachmentText.MACHINE_READ
        assert PHRASE in text


def test_pages_beyond_the_limit_are_not_read(tmp_path: Path, page: Image.Image) -> None:
    empty = Image.new("RGB", page.size, "white")
    empty.save(tmp_path / "a.tif", save_all=True, append_images=[page])
    for pages, state in ((1, AttachmentText.NO_TEXT_LAYER), (2, AttachmentText.MACHINE_READ)):
        extractor = TextExtractor(replace(OCR_LIMITS, ocr_pages=pages))
        with closing(extractor), (tmp_path / "a.tif").open("rb") as file:
            assert extractor.extract(file, ".tif").state is state


def test_a_scan_of_a_closed_record_is_not_read(
    installation: Installation, tmp_path: Path, page: Image.Image
) -> None:
    page.save(tmp_path / "a.png")
    attached = [{"name": "a.png"}]
    closed = plain_row(2, disclosure="不予公开", attachments=attached)
    on_request = plain_row(3, disclosure="依申请公开", attachments=[{"name": "b.png"}])
    page.save(tmp_path / "b.png")
    rows = plain_row(1, attachments=attached), closed, on_request
    client, counted = published(installation, tmp_path, *rows, ocr=True)
    with client:
        assert client.get("/api/v1/search", params={"q": PHRASE}).json()["total"] == 0
        assert states(client, "r1") == ["absent"]
    assert counted == {"attachments: closed_owner": 1}


def test_what_cannot_be_recognised_is_reported_as_a_scan(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG" + bytes(100))
    for path in (tmp_path / "a.png", blank(tmp_path / "b.pdf"), blank(tmp_path / "c.jpg")):
        assert read_file(path, ocr=True) == ("", AttachmentText.NO_TEXT_LAYER)


def test_without_the_setting_scans_are_reported(installation: Installation, tmp_path: Path) -> None:
    attached = [{"name": blank(tmp_path / name).name} for name in ("a.pdf", "b.png")]
    client, counted = published(
        installation, tmp_path, plain_row(1, attachments=attached), ocr=False
    )
    with client:
        assert states(client, "r1") == ["no_text_layer", "absent"]
    assert counted == {"attachments: no_text_layer": 1}


def test_the_setting_without_the_extra_is_an_error(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(SettingsError, match=r"rapidocr.*gongkai\[ocr\]"):
        published(installation, tmp_path, plain_row(1), ocr=True)
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GONGKAI_LANGUAGE", "en")
    for value, is_reported in (("true", True), ("false", False)):
        monkeypatch.setenv("GONGKAI_OCR", value)
        said = CliRunner().invoke(build_app(), ["doctor"]).output
        assert ("GONGKAI_OCR needs a package" in said) is is_reported
