"""A new county from nothing: init, tables filled in, a WPS export, a server and its kiosk."""

import csv
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import orjson
import pytest
from openpyxl import Workbook, load_workbook

from gongkai.settings import Settings
from tests.conftest import require_or_skip
from tests.journeys.command import plain_row, run_with, running_server, write_rows

HEADINGS = ("索引号", "标题", "发布机构", "发布日期", "公开方式", "主题分类", "正文")
ROWS = (
    (
        "001",
        "关于做好春季农业生产的通知",
        "临泉县农业农村局",
        "2024-03-01",
        "主动公开",
        "农业、林业、水利",
        "抓好春耕备耕。",
    ),
    (
        "002",
        "公共租赁住房申请指南",
        "临泉县住房和城乡建设局",
        "2024-04-01",
        "主动公开",
        "住房保障",
        "申请材料如下。",
    ),
    ("003", "校车安全管理办法", "临泉县教育局", "2024-05-01", "主动公开", "", "加强校车管理。"),
    ("004", "校车驾驶人名单", "临泉县教育局", "2024-05-02", "不予公开", "", "内部名单。"),
    ("005", "春季学期开学的通知", "临泉县教育局", "2024-02-01", "主动公开", "", "按时开学。"),
)


def write_export(path: Path) -> None:
    """A workbook as WPS saves it: a title row above the headings."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(("临泉县政府信息公开目录",))
    for row in (HEADINGS, *ROWS):
        sheet.append(row)
    workbook.save(path)


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """The folder that `gongkai init` writes."""
    folder = tmp_path / "linquan"
    address = "https://xxgk.linquan.example"
    done = run_with({}, "init", folder, "--city", "临泉县", "--address", address)
    assert done.returncode == 0, done.stderr
    commands = [line for line in done.stdout.splitlines() if line.startswith("gongkai --config")]
    assert [line.split()[3] for line in commands] == ["tables", "index", "serve"]
    return folder


def test_a_county_from_init_to_a_kiosk(county: Path) -> None:
    config = ("--config", county / "gongkai.toml")
    write_export(county / "exports" / "目录.xlsx")

    # The tables lack the county's agencies: they are listed and suggested.
    suggested = county / "suggested.csv"
    done = run_with(
        {}, *config, "tables", "check", county / "exports", "--suggest", suggested, "--json"
    )
    assert done.returncode == 3, done.stderr
    report = orjson.loads(done.stdout)
    assert report["records"] == 4
    assert report["unknown_publishers"] == {
        "临泉县教育局": 2,
        "临泉县农业农村局": 1,
        "临泉县住房和城乡建设局": 1,
    }
    assert "内部名单" not in done.stdout

    # A clerk copies the suggestions into the workbook.
    rows = list(csv.reader(suggested.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["code", "name", "short_names", "level", "parent", "former_names", "place"]
    book = county / "tables" / "填表.xlsx"
    workbook = load_workbook(book)
    for row in rows[1:]:
        name = row[1]
        workbook["agencies"].append([f"341221-{len(name)}", name, "", "县", "", "", "临泉县"])
    workbook["halls"].append(["lq", "临泉县政务服务中心", "临泉县教育局", 60, "无", "校车;住房"])
    workbook.save(book)
    done = run_with({}, *config, "tables", "import", book)
    assert done.returncode == 0, done.stdout + done.stderr
    done = run_with({}, *config, "tables", "check", county / "exports", "--json")
    assert orjson.loads(done.stdout)["unknown_publishers"] == {}
    assert orjson.loads(done.stdout)["faults"] == []

    done = run_with({}, *config, "index", county / "exports")
    assert done.returncode == 0, done.stdout + done.stderr
    with running_server({"GONGKAI_CONFIG": str(county / "gongkai.toml")}) as (_, client):
        found = client.get("/api/v1/search", params={"q": "校车"}).json()
        assert [hit["title"] for hit in found["hits"]] == ["校车安全管理办法"]
        assert "临泉县政府信息公开检索" in client.get("/").text
        assert "临泉县政务服务中心" in client.get("/kiosk", params={"hall": "lq"}).text


def test_settings_are_written_whole_and_mean_the_defaults(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (county / "gongkai.toml").read_text("utf-8")
    assert (county / "gongkai.toml").stat().st_mode & 0o077 == 0
    values = tomllib.loads(text)
    assert values["site_name"] == "临泉县政府信息公开检索"
    assert len(values["searches_key"]) == 32
    named = set(re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE))
    assert named == set(Settings.model_fields)
    for name in [name for name in os.environ if name.startswith("GONGKAI_")]:
        monkeypatch.delenv(name)
    plain = Settings()
    everything = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
    for name, value in tomllib.loads(everything).items():
        if name not in values:
            assert value in (getattr(plain, name), getattr(plain, name) or "")


def test_service_files_name_the_folder_and_the_host(county: Path) -> None:
    files = {path.name: path.read_text() for path in (county / "deploy").iterdir()}
    assert files.keys() >= {"gongkai.service", "gongkai-nightly.timer", "nginx.conf"}
    text = "\n".join(files.values())
    assert "/srv/gongkai" not in text
    assert "example.gov.cn" not in text
    assert f"--config {county}/gongkai.toml serve" in files["gongkai.service"]
    assert "server_name xxgk.linquan.example;" in files["nginx.conf"]


def test_systemd_understands_the_units(county: Path) -> None:
    if not shutil.which("systemd-analyze"):
        require_or_skip("systemd", "no systemd-analyze: the units were not checked")
    units = [*(county / "deploy").glob("*.service"), *(county / "deploy").glob("*.timer")]
    # The program and the users are those of the city's server.
    for unit in units:
        text = re.sub(r"^(User|Group)=.*\n", "", unit.read_text(), flags=re.MULTILINE)
        text = re.sub(r"=\S*/(?:gongkai|chromium)(?= )", "=/bin/true", text)
        unit.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if str(county) in line or "gongkai" in line]
    assert said == []


def test_nothing_is_overwritten(county: Path) -> None:
    before = (county / "gongkai.toml").read_bytes()
    done = run_with({}, "init", county)
    assert done.returncode == 2
    assert "exists" in done.stderr
    assert (county / "gongkai.toml").read_bytes() == before
    done = run_with({}, "tables", "new", county / "tables")
    assert done.returncode == 2


@pytest.mark.parametrize("name", ["with space", "per%cent", 'quo"te'])
def test_a_path_that_service_files_cannot_name_is_refused(tmp_path: Path, name: str) -> None:
    done = run_with({}, "init", tmp_path / name)
    assert done.returncode == 2
    assert not (tmp_path / name).exists()


def test_a_workbook_with_a_fault_changes_no_table(county: Path, tmp_path: Path) -> None:
    book = county / "tables" / "填表.xlsx"
    workbook = load_workbook(book)
    workbook["agencies"].append(["341221-jyj", "临泉县教育局", "", "区县", "", "", "临泉县"])
    workbook.save(book)
    before = (county / "tables" / "agencies.csv").read_bytes()
    done = run_with({}, "tables", "import", book, county / "tables")
    assert done.returncode == 3
    assert re.search(r"agencies\.csv:\d+: unknown level '区县'", done.stdout)
    assert (county / "tables" / "agencies.csv").read_bytes() == before
    other = tmp_path / "other.xlsx"
    other.write_bytes(b"not a workbook")
    assert run_with({}, "tables", "import", other, county / "tables").returncode == 2


def test_leading_zeros_and_the_shipped_national_agencies_survive_the_workbook(
    county: Path,
) -> None:
    before = (county / "tables" / "agencies.csv").read_text("utf-8-sig")
    assert run_with({}, "tables", "import", county / "tables" / "填表.xlsx", county).returncode == 0
    after = (county / "agencies.csv").read_text("utf-8-sig")

    def cells(text: str) -> list[list[str]]:
        rows = csv.reader(text.splitlines())
        return [row for row in rows if row and not row[0].startswith("#")]

    assert cells(after) == cells(before)
    assert any(row[0].startswith("0000") for row in cells(after))


def test_a_city_adds_to_a_dictionary(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    done = run_with({}, "tables", "new", folder, "synonyms", "topic")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == [
        str(folder / name) for name in ("synonyms.csv", "topic.csv", "填表-synonyms-topic.xlsx")
    ]
    assert run_with({}, "tables", "new", folder, "topic").returncode == 2
    done = run_with({}, "tables", "new", folder, "synonym")
    assert done.returncode == 2
    assert "there is no table synonym; write one of agencies, " in done.stderr

    book = load_workbook(folder / "填表-synonyms-topic.xlsx")
    book["synonyms"].append(("临泉通", "城市一卡通", "one", ""))
    book.save(folder / "填表-synonyms-topic.xlsx")
    settings = {"GONGKAI_DATA_DIR": str(tmp_path / "data"), "GONGKAI_DICTIONARY_DIR": str(folder)}
    done = run_with(settings, "tables", "import", folder / "填表-synonyms-topic.xlsx", folder)
    assert done.returncode == 0, done.stdout
    assert run_with(settings, "check").returncode == 0
    rows = write_rows(tmp_path / "rows.jsonl", [plain_row(1, title="城市一卡通充值办法")])
    assert run_with(settings, "index", rows).returncode == 0
    assert "城市一卡通充值办法" in run_with(settings, "search", "临泉通").stdout
    assert (
        "城市一卡通充值办法"
        not in run_with({"GONGKAI_DATA_DIR": str(tmp_path / "data")}, "search", "临泉通").stdout
    )

    book["synonyms"].append(("临泉通", "城市一卡通", "sideways", ""))
    book.save(folder / "填表-synonyms-topic.xlsx")
    done = run_with(settings, "tables", "import", folder / "填表-synonyms-topic.xlsx", folder)
    assert done.returncode == 3
    assert "the direction is 'sideways'" in done.stdout
