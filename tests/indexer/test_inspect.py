"""`gongkai inspect` and the headings of a city: files in, recognised columns and rows out."""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from analyzers.errors import TableError
from gongkai.catalog.heading_table import check_headings, load_headings
from gongkai.catalog.headings import field_of, gather_by_key, key_of, use_city_headings
from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.table_names import check_table_names
from gongkai.catalog.tables import load_tables
from gongkai.cli import main
from gongkai.engines.installation import Installation
from indexer.inspection import inspect_file
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import read_source
from indexer.sources.record_likeness import states_disclosure
from indexer.sources.row import SourceRow
from indexer.unread import UnreadFiles
from tests.conftest import SAMPLE
from tests.indexer.sources.files import write, write_workbook

HEADINGS = ("信息名称", "发文文号", "发布机构", "发布日期", "公开方式", "承办科室")
ROW = ("关于渡口夜航的通告", "示政〔2024〕7号", "示例市交通局", "2024-03-05", "主动公开", "港航科")
FIELDS = ["title", "document_number", "publisher", "published_on", "disclosure", None]
RECORD = dict(zip(HEADINGS, ROW, strict=True))
XML = "".join(f"<{name}>{value}</{name}>" for name, value in RECORD.items())
PAGE = f"""<html><head><title>{ROW[0]}</title></head><body><table>
{"".join(f"<tr><th>{name}：</th><td>{value}</td></tr>" for name, value in RECORD.items())}
</table><div id="zoom"><p>夜间停航期间，请改走上游大桥。</p></div></body></html>"""


@dataclass(frozen=True)
class Called:
    """What a command printed, and its exit status."""

    out: str
    err: str
    status: int

    @property
    def file(self) -> Mapping[str, object]:
        (report,) = json.loads(self.out)["files"]
        return dict(report)


Call = Callable[..., Called]


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Runs the command in this process, without settings of this machine."""
    for name in [name for name in os.environ if name.startswith("GONGKAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(tmp_path / "unused"))
    mask = os.umask(0o077)

    def run(*words: object, command: str = "inspect") -> Called:
        monkeypatch.setattr(sys, "argv", ["gongkai", command, *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Called(printed.out, printed.err, int(left.value.code or 0))

    yield run
    os.umask(mask)
    assert not (tmp_path / "unused").exists()


@pytest.fixture(autouse=True)
def without_city_headings() -> Iterator[None]:
    yield
    use_city_headings({})


def write_table(folder: Path, *rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    return write(folder / "headings.csv", "\n".join(("heading,field", *rows)))


def write_jsonl(path: Path, *rows: Mapping[str, object]) -> Path:
    return write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write_two_headings(path: Path) -> Path:
    """A workbook with groups of headings over the headings, and a second sheet."""
    groups = ("标识信息", None, "发布信息", None, "公开方式", "承办科室")
    below = ("信息名称", "发文文号", "发布机构", "发布日期", None, None)
    return write_workbook(path, [("目录",), groups, below, ROW], [HEADINGS, ROW, ROW])


def write_files(folder: Path) -> Mapping[str, Path]:
    """The same record in each format."""
    text = "\r\n".join(",".join(cells) for cells in (HEADINGS, ROW))
    return {
        "JSON Lines": write_jsonl(folder / "a.jsonl", RECORD),
        "JSON": write(folder / "a.json", json.dumps({"data": {"list": [RECORD]}})),
        "CSV or TSV (delimiter ,)": write(folder / "a.csv", text, "gb18030"),
        "XML": write(folder / "a.xml", f"<list><item>{XML}</item></list>"),
        "HTML page": write(folder / "a.html", PAGE),
    }


def columns_of(file: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    columns = file["columns"]
    assert isinstance(columns, list)
    return {each["heading"]: each for each in columns}


def test_each_format_is_recognised_with_its_columns_and_first_row(
    tmp_path: Path, call: Call
) -> None:
    files = write_files(tmp_path)
    called = call("--json", *files.values())
    assert called.status == 0
    reports = json.loads(called.out)["files"]
    assert [each["format"] for each in reports] == list(files)
    assert [each["encoding"] for each in reports if "CSV" in each["format"]] == ["GB18030"]
    for report in reports:
        columns = columns_of(report)
        assert [columns[heading]["field"] for heading in HEADINGS] == FIELDS
        assert columns["承办科室"]["filled"] == 1
        assert columns["承办科室"]["example"] == "港航科"
        (row,) = report["first"]
        assert (row["outcome"], row["title"]) == ("accepted", ROW[0])


def test_a_workbook_shows_its_sheets_and_joined_headings(tmp_path: Path, call: Call) -> None:
    report = call("--json", write_two_headings(tmp_path / "a.xlsx")).file
    assert (report["format"], report["encoding"]) == ("XLSX workbook", None)
    assert report["sheets"] == [{"name": "Sheet", "rows": 1}, {"name": "Sheet1", "rows": 2}]
    columns = columns_of(report)
    assert sorted({each["field"] or "" for each in columns.values()}) == sorted(
        each or "" for each in FIELDS
    )
    assert columns["承办科室"]["filled"] == 3


def test_an_html_table_names_its_tables(tmp_path: Path, call: Call) -> None:
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in (HEADINGS, ROW)
    )
    path = write(tmp_path / "a.xls", f"<html><table>{rows}</table></html>")
    assert call("--json", path).file["sheets"] == [{"name": "table 1", "rows": 1}]


def test_the_sample_is_shown_at_80_columns(call: Call) -> None:
    called = call(SAMPLE / "gongwen.csv")
    assert max(map(cell_len, called.out.splitlines())) <= 80
    assert "UTF-8 with BOM" in called.out
    assert "怀宁县2024年度义务教育" in called.out
    (unknown,) = (line for line in called.out.splitlines() if line.startswith("备注"))
    assert unknown.split()[1] == "?"


def test_a_file_is_reported_as_the_run_would_take_it(
    fresh: Installation, tmp_path: Path, call: Call
) -> None:
    sources = [SAMPLE / "records.jsonl"]
    summary = publish(IndexJob(sources), fresh).summary
    called = call("--json", *sources)
    rows = called.file["rows"]
    assert isinstance(rows, dict)
    assert (rows["read"], rows["refused"], rows["withheld"]) == (
        summary.read,
        dict(summary.refused),
        dict(summary.withheld),
    )
    assert called.status == (3 if summary.needs_staff else 0)


def test_values_of_rows_that_are_not_public_are_not_shown(tmp_path: Path, call: Call) -> None:
    secret = {"内参栏": "内参甲", "正文": "内参乙"}
    rows = [
        {**RECORD, **secret, "信息名称": "内参丙", "公开方式": "不予公开"},
        {**RECORD, **secret, "公开方式": "依申请公开"},
        {**RECORD, **secret, "公开方式": ""},
        {**RECORD, **secret, "公开方式": "另行说明"},
        {**RECORD, **secret, "发布日期": "", "公开方式": "依申请公开"},
        {**RECORD, "内参栏": "11010519491231002X"},
    ]
    path = write_jsonl(tmp_path / "a.jsonl", *rows)
    target = tmp_path / "headings.csv"
    told = [call("--json", path), call(path, "--write-mapping", target)]
    assert [called.status for called in told] == [3, 3]
    shown = "\n".join((*(called.out + called.err for called in told), target.read_text("utf-8")))
    assert "内参栏" in shown
    assert [word for word in ("内参甲", "内参乙", "内参丙", "110105") if word in shown] == []
    (closed, on_request, *others) = call("--json", path).file["first"]  # type: ignore[misc]
    assert closed == {"line": 1, "outcome": "withheld", "reason": "not_public"}
    assert (on_request["title"], on_request["disclosure"]) == (ROW[0], "依申请公开")
    assert [each["reason"] for each in others] == [
        "missing_disclosure",
        "unknown_disclosure",
        "missing",
    ]


def test_unknown_headings_of_rows_on_request_are_counted_only(tmp_path: Path, call: Call) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", {**RECORD, "公开方式": "依申请公开"})
    report = call("--json", path).file
    assert report["hidden_columns"] == 1
    assert "承办科室" not in columns_of(report)
    assert "1 more unknown column" in call(path).out


def test_a_written_mapping_is_completed_and_used(
    fresh: Installation, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = ("公文主旨", "发文文号", "牵头处室", "发布日期", "公开方式", "content", "备注")
    row = (
        "关于渡口夜航的通告",
        "示政〔2024〕7号",
        "示例市交通局",
        "2024-03-05",
        "主动公开",
        "停航",
    )
    lines = [",".join(heads), *(",".join((*row, str(n))) for n in range(2))]
    path = write(tmp_path / "a.csv", "\n".join(lines))
    target = tmp_path / "tables" / "headings.csv"
    target.parent.mkdir()
    called = call(path, "--write-mapping", target)
    assert called.status == 3
    assert "title: The title is missing." in called.out
    with target.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert [each["heading"] for each in written] == list(heads)
    assert [each["field"] for each in written] == [
        *("", "document_number", "", "published_on", "disclosure", "body", "")
    ]
    assert {each["filled"] for each in written} == {"2"}
    assert written[0]["example"] == "关于渡口夜航的通告"
    assert load_headings(target.parent)["content"] == "body"

    completed = target.read_text("utf-8-sig").replace("公文主旨,", "公文主旨,标题")
    target.write_text(completed.replace("牵头处室,", "牵头处室,publisher"), encoding="utf-8")
    monkeypatch.setenv("GONGKAI_TABLES_DIR", str(target.parent))
    called = call("--json", path)
    assert called.status == 0
    assert columns_of(called.file)["牵头处室"]["field"] == "publisher"
    settings = fresh.settings.model_copy(update={"index_processes": 2})
    summary = publish(IndexJob([path]), replace(fresh, settings=settings)).summary
    assert (summary.read, summary.refused.total()) == (2, 0)
    assert set(summary.headings.counts["headings"]) == {"备注"}


def test_city_headings_are_known_to_every_reader(tmp_path: Path) -> None:
    names = {"信息名称": "公文主旨", "发布机构": "牵头处室", "发布日期": "挂网", "公开方式": "放行"}
    own = {names.get(name, name): value for name, value in RECORD.items() if name in names}
    text = "\n".join(",".join(cells) for cells in (("第一季度", *("",) * 3), own, own.values()))
    cells = "".join(f"<{name}>{value}</{name}>" for name, value in own.items())
    table = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in own.items())
    files = (
        write(tmp_path / "a.json", json.dumps({"total": 1, "rows": [own]})),
        write(tmp_path / "a.csv", text),
        write_workbook(tmp_path / "a.xlsx", [("第一季度",), list(own), list(own.values())]),
        write(tmp_path / "a.xml", f"<list><item>{cells}</item></list>"),
        write(tmp_path / "a.html", f"<html><body><table>{table}</table></body></html>"),
    )
    use_city_headings({own: HEADING_FIELDS[name] for name, own in names.items()})
    for path in files:
        (row,) = (item for item in read_source(path) if isinstance(item, SourceRow))
        known, _ = gather_by_key(row.fields)
        assert {key: known[key] for key in HEADING_FIELDS.values()} == {
            key: [RECORD[name]] for name, key in HEADING_FIELDS.items()
        }


HEADING_FIELDS = {
    "信息名称": "title",
    "发布机构": "publisher",
    "发布日期": "published_on",
    "公开方式": "disclosure",
}


def test_city_headings_come_after_the_catalog_and_before_other_systems() -> None:
    use_city_headings({"案由": "title", "主旨": "title", "文体": "extra", "content": "summary"})
    assert key_of("案由（必填）") == "title"
    known, _ = gather_by_key({"文件名称": "丙", "主旨": "乙", "案由": "甲"})
    assert known["title"] == ["甲"]
    assert gather_by_key({"案由": "甲", "标题": "丁"})[0]["title"] == ["丁"]
    assert key_of("文体") is None
    assert gather_by_key({"文体": "游泳"}) == ({}, {"文体": "游泳"})
    # A word that also names lists still identifies no record.
    assert (key_of("content"), field_of("content")) == (None, "summary")
    use_city_headings({})
    assert (key_of("案由"), key_of("文体"), field_of("content")) == (None, "genre", "body")


def test_city_headings_never_open_what_a_row_closes(tmp_path: Path) -> None:
    use_city_headings({"放行": "disclosure", "密级": "summary", "公开标识": "topic"})
    assert gather_by_key({"公开方式": "主动公开", "放行": "不予公开"})[0]["disclosure"] == [
        "主动公开",
        "不予公开",
    ]
    assert states_disclosure("密级")
    text = json.dumps({**RECORD, "放行": "不予公开"}, ensure_ascii=False)
    double = text.replace("}", ', "放行": "主动公开"}')
    rows = [json.dumps({**RECORD, "密级": "秘密"}, ensure_ascii=False), text, double]
    path = write(tmp_path / "a.jsonl", "\n".join(rows))
    report = inspect_file(path, IntakeRules(load_tables()), 0, UnreadFiles(()))
    assert (report.read, report.withheld) == (3, {"not_public": 3})
    assert report.columns == {}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("主旨,titel", "unknown field 'titel'; write title"),
        ("主旨,发布日", "published_on"),
        ("主旨,🂡", "one of id index_number title"),
        (",title", "has a field without a heading"),
        ("公开方式,summary", "the heading 公开方式 always means disclosure"),
        ("正文（必填）,summary", "always means body"),
        (f"{'长' * 65},title", "over 64 characters"),
        ("案 由,body", "is on line 2 too"),
    ],
)
def test_a_wrong_row_is_named_with_file_line_and_remedy(
    row: str, words: str, tmp_path: Path
) -> None:
    path = write_table(tmp_path, "案由,title", "备注,", row)
    (problem,) = check_headings(tmp_path)
    assert problem.startswith(f"{path}:4: ")
    assert words in problem
    with pytest.raises(TableError):
        load_headings(tmp_path)


def test_a_wrong_table_stops_the_command(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", RECORD)
    write_table(tmp_path / "tables", "主旨,titel")
    monkeypatch.setenv("GONGKAI_TABLES_DIR", str(tmp_path / "tables"))
    called = call(path)
    assert (called.status, called.out) == (2, "")
    assert "headings.csv:2: unknown field" in called.err
    checked = call(command="check")
    assert checked.status == 3
    assert "headings.csv:2: unknown field" in checked.out
    (tmp_path / "tables" / "headings.csv").rename(tmp_path / "tables" / "heading.csv")
    with pytest.raises(TableError, match=r"save it as headings\.csv"):
        check_table_names([tmp_path / "tables"])


def test_wrong_usage_is_status_2(tmp_path: Path, call: Call) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", RECORD)
    assert call(tmp_path / "none.jsonl").status == 2
    assert call(path, "--disclosure", "不予公开").status == 2
    assert call(path, "--write-mapping", path).status == 2
    assert call(path, "--write-mapping", tmp_path / "none" / "headings.csv").status == 2
    assert json.loads(path.read_text("utf-8")) == RECORD


def test_missing_disclosure_and_missing_headings_have_a_hint(tmp_path: Path, call: Call) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", {**RECORD, "公开方式": ""})
    called = call(path)
    assert "Rows without 公开方式 show no values" in called.out
    assert "港航科" not in called.out
    assert "承办科室" in called.out
    assert "港航科" in call(path, "--disclosure", "主动公开").out
    book = write_workbook(tmp_path / "a.xlsx", [("甲", "乙"), ("1", "2")])
    called = call(book)
    assert called.status == 3
    assert "No heading is known" in called.out
