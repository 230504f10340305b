"""Wrong settings of every kind: each is told in one sentence with its place and a remedy."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from gongkai.errors import SettingsError
from gongkai.settings import EngineKind, Settings
from gongkai.settings_errors import explain_settings

_WRONG_FILES = (
    # text, what the sentence says
    ('data_dir = "D:\\srv"', r"write data_dir = 'D:\srv'"),
    ('data_dir = "D:\\users\\xxgk"', "double quotes"),
    ('data_dir = "D:\\tmp"', "control character"),
    ('data_dir = "D:\\news"', "control character"),
    ("data_dir = var", "write text in quotes"),
    ("data_dir = D:\\srv", "write text in quotes"),
    ("data_dir: var", "is not key = value"),
    ("data_dir", "write one key = value"),
    ("data_dir =", "is not understood"),
    ('data_dir = "var', "close them on the same line"),
    ("data_dir = 'var\"", "close them on the same line"),
    ("data_dir = “var”", "full-width"),
    ('data_dir ＝ "var"', "full-width"),
    ('data_dir = "a"\ndata_dir = "b"', "is set a second time"),
    ("data_dir = 5", "write a path in quotes"),
    ('data_dir = ["a"]', "write a path in quotes"),
    ('data_dir = ""', "is empty"),
    ('datadir = "var"', "did you mean data_dir?"),
    ('Data_Dir = "var"', "did you mean data_dir?"),
    ('data-dir = "var"', "did you mean data_dir?"),
    ('GONGKAI_DATA_DIR = "var"', "did you mean data_dir?"),
    ('es_url = "http://127.0.0.1:9200"', "elasticsearch_url"),
    ('elastic_search_url = "http://127.0.0.1:9200"', "did you mean elasticsearch_url?"),
    ('colour = "red"', "see the README"),
    ('[gongkai]\ndata_dir = "var"', "without the line [gongkai]"),
    ('[elasticsearch]\nurl = "http://127.0.0.1:9200"', "write elasticsearch_url = …"),
    ('engine = "elastic"', "write one of embedded, elasticsearch"),
    ('engine = "嵌入式"', "write one of embedded, elasticsearch"),
    ('disclosure = "公开"', "write one of 主动公开, 依申请公开, 不予公开"),
    ("semantic = True", "write semantic = true"),
    ("semantic = FALSE", "write semantic = false"),
    ('semantic = "perhaps"', "write one of auto, on, off"),
    ('elasticsearch_shards = "two"', "write a whole number from 1 to 1024"),
    ("elasticsearch_shards = 0", "write a whole number from 1 to 1024"),
    ("elasticsearch_shards = 1.5", "write a whole number from 1 to 1024"),
    ("elasticsearch_timeout_seconds = 0", "write a number above 0, to 600"),
    ("client_rate = nan", "write a number of 0 or more"),
    ("client_rate = -1", "write a number of 0 or more"),
    ("access_log_days = 30", "write a whole number of 183 or more"),
    ('elasticsearch_url = "127.0.0.1:9200"', "with scheme and port"),
    ('elasticsearch_url = "http://elastic"', "with scheme and port"),
    ('elasticsearch_url = "http://elastic:99999"', "with scheme and port"),
    ('elasticsearch_url = ""', "with scheme and port"),
    ('elasticsearch_prefix = "Gongkai"', "small letters"),
    ("elasticsearch_password = 12345", "is not text"),
    ('elasticsearch_ca_certs = "no-such.crt"', "no readable file"),
    ('public_url = "xxgk.example.gov.cn"', "https://xxgk.example.gov.cn"),
    ('site_accent = "red"', "#9c1c1c"),
    ('site_accent = "#ffcc00"', "a contrast of 1.5 to white text"),
    ('site_logo = "logo.gif"', "name an SVG, PNG or WebP file"),
    ('application_url = "/apply"', "https://xxgk.example.gov.cn/apply"),
    ('kiosk_addresses = "10.0.0.5, 10.0.0"', '"10.0.0"'),
    ('tables_dir = "no-such-folder"', "no readable folder"),
    ('dictionary_dir = "gongkai.toml"', "no readable folder"),
    ('data_dir = "gongkai.toml/var"', "no folder"),
    ('access_log_dir = "gongkai.toml"', "no folder"),
)
_WRONG_VARIABLES = (
    ("GONGKAI_DATADIR", "var", "did you mean GONGKAI_DATA_DIR?"),
    ("GONGKAI_ELASTICSEARCH_PASWORD", "hunter2", "did you mean GONGKAI_ELASTICSEARCH_PASSWORD?"),
    ("GONGKAI_ENGINES", "embedded", "did you mean GONGKAI_ENGINE?"),
    ("GONGKAI_PORT", "9000", "gongkai serve --port"),
    ("GONGKAI_WORKERS", "4", "gongkai serve --workers"),
    ("GONGKAI_COLOUR", "red", "is no setting"),
    ("gongkai_enginne", "embedded", "did you mean GONGKAI_ENGINE?"),
    ("GONGKAI_ENGINE", "solr", "write one of embedded, elasticsearch"),
    ("GONGKAI_SEMANTIC", "maybe", "write one of auto, on, off"),
    ("GONGKAI_OCR", "maybe", "write true or false"),
    ("GONGKAI_INDEX_PROCESSES", "many", "write a whole number from 0 to 64"),
    ("GONGKAI_TABLES_DIR", "/no/such/folder", "no readable folder"),
    ("GONGKAI_CLIENT_RATE", "inf", "write a number of 0 or more"),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GONGKAI_")]:
        monkeypatch.delenv(name)
    return tmp_path


def told() -> str:
    """What the command line says of the settings."""
    try:
        Settings()
    except SettingsError as error:
        return str(error)
    except ValidationError as error:
        return explain_settings(error)
    raise AssertionError("nothing was told")


@pytest.mark.parametrize(("text", "remedy"), _WRONG_FILES)
def test_a_wrong_file_is_told_with_its_line_and_a_remedy(text: str, remedy: str) -> None:
    Path("gongkai.toml").write_text(f'site_name = "信息公开"\n{text}\n', encoding="utf-8")
    sentence = told()
    assert remedy in sentence
    assert sentence.startswith("gongkai.toml:")
    assert sentence.split(":")[1] in {"2", "3"}
    assert sentence.endswith((".", "?"))
    assert "pydantic" not in sentence
    assert "12345" not in sentence


@pytest.mark.parametrize(("name", "value", "remedy"), _WRONG_VARIABLES)
def test_a_wrong_variable_is_told_by_its_name(
    name: str, value: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    sentence = told()
    assert remedy in sentence
    assert sentence.startswith(f"{name} (environment)")
    assert "hunter2" not in sentence


def test_a_variable_is_blamed_before_the_file_that_it_overrides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("gongkai.toml").write_text('engine = "embedded"\n')
    monkeypatch.setenv("GONGKAI_ENGINE", "solr")
    assert told().startswith("GONGKAI_ENGINE (environment)")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GONGKAI_TEST_REQUIRE", "disk"),
        ("GONGKAI_SOAK_SECONDS", "3600"),
        ("GONGKAI_PORT", "tcp://10.0.0.1:8000"),
        ("GONGKAI_PORT_8000_TCP_ADDR", "10.0.0.1"),
        ("GONGKAI_SERVICE_HOST", "10.0.0.1"),
        ("GONGKAI_SERVICE_PORT", "8000"),
        ("GONGKAI_DATA_DIR", ""),
        ("gongkai_site_name", "信息公开"),
    ],
)
def test_variables_of_tests_and_of_service_links_are_no_fault(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    Settings()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_in_every_encoding_that_editors_write(encoding: str, line_end: str) -> None:
    text = '# 安庆市政府信息公开\nsite_name = "安庆市政府信息公开检索"\nengine = "elasticsearch"\n'
    Path("gongkai.toml").write_bytes(text.replace("\n", line_end).encode(encoding))
    read = Settings()
    assert read.site_name == "安庆市政府信息公开检索"
    assert read.engine is EngineKind.ELASTICSEARCH


@pytest.mark.parametrize("content", [b'a = "\xff\xff\xff\xff"', b"\x00\x01\x02", b"PK\x03\x04\x00"])
def test_a_file_that_is_no_text_is_told(content: bytes) -> None:
    Path("gongkai.toml").write_bytes(content)
    assert told().startswith("gongkai.toml:1:")


def test_a_folder_and_a_dangling_link_in_place_of_the_file_are_told() -> None:
    Path("gongkai.toml").mkdir()
    assert "can't be read" in told()
    Path("gongkai.toml").rmdir()
    Path("gongkai.toml").symlink_to("gone.toml")
    assert "missing" in told()


def test_a_file_that_is_nested_too_deeply_is_told() -> None:
    Path("gongkai.toml").write_text("a = " + "[" * 5000)
    assert "nested too deeply" in told()


def test_credentials_in_an_address_are_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_PUBLIC_URL", "ftp://xxgk:hunter2@example.gov.cn")
    assert "hunter2" not in told()


def test_a_home_folder_is_followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GONGKAI_DATA_DIR", "~/var")
    assert Settings().data_dir == tmp_path / "var"


def test_every_mistake_of_file_and_environment_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("gongkai.toml").write_text(
        'site_nam = "信息公开"\nclient_rate = -1\nenigne = "embedded"\n'
    )
    monkeypatch.setenv("GONGKAI_DATADIR", "var")
    monkeypatch.setenv("GONGKAI_SEMANTIC", "perhaps")
    lines = told().splitlines()
    assert len(lines) == 5
    assert "gongkai.toml:1: site_nam is no setting; did you mean site_name?" in lines
    assert any(line.startswith("gongkai.toml:2: client_rate is -1") for line in lines)
    assert "gongkai.toml:3: enigne is no setting; did you mean engine?" in lines
    assert any("GONGKAI_DATA_DIR?" in line for line in lines)
    assert any(line.startswith("GONGKAI_SEMANTIC (environment)") for line in lines)


@pytest.mark.parametrize("where", ["absolute", "relative"])
def test_a_named_file_and_its_paths_are_found_in_any_folder(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, elsewhere = tmp_path / "city", tmp_path / "elsewhere"
    (city / "tables").mkdir(parents=True)
    elsewhere.mkdir()
    (city / "anqing.toml").write_text('tables_dir = "tables"\nsite_name = "安庆"\n', "utf-8")
    named = city / "anqing.toml" if where == "absolute" else Path("../city/anqing.toml")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("GONGKAI_CONFIG", str(named))
    read = Settings()
    assert read.site_name == "安庆"
    assert read.tables_dir
    assert read.tables_dir.samefile(city / "tables")
    assert read.data_dir.resolve() == city / "var"


def test_a_path_of_the_environment_is_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "gongkai.toml").write_text('data_dir = "of the file"\n')
    monkeypatch.setenv("GONGKAI_CONFIG", "city/gongkai.toml")
    monkeypatch.setenv("GONGKAI_DATA_DIR", "here")
    assert Settings().data_dir == Path("here")


def test_a_named_file_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_CONFIG", "city/gongkai.toml")
    assert told().startswith("city/gongkai.toml: is missing")
