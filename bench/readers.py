"""Measures each reader of exports on the same records: speed and peak memory.

    python -m bench.readers [MB]

Writes MB megabytes of invented records (100 without an argument) in every format, reads each in a
process of its own, and prints a table. Pages are one record each, so they are fewer.
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlwt

from indexer.source_reader import read_source
from indexer.sources.row import SourceRow

_HEADINGS = ("标题", "文号", "发布机构", "发布日期", "公开方式", "正文")
_WORDS = "渡口夜航停靠补助办法通知公告水位航道检验救生轮渡票价桥梁养护绿化照明供水排水".strip()
_SHEET_ROWS = 60_000
_PAGE_SHARE = 50
"""Every fiftieth record is written as a page too."""
Record = Mapping[str, str]


def _records(megabytes: int) -> Iterator[Record]:
    chance, size, number = random.Random(7), 0, 0
    while size < megabytes * 1_000_000:
        number += 1
        body = "".join(chance.choices(_WORDS, k=chance.randint(100, 900)))
        cells = (f"关于第{number}号渡口的通告", f"示政〔2024〕{number}号", "示例市交通局")
        record = dict(zip(_HEADINGS, (*cells, "2024-03-05", "主动公开", body), strict=True))
        size += sum(len(cell.encode()) for cell in record.values())
        yield record


def _write_lines(path: Path, records: Iterator[Record]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(each, ensure_ascii=False)}\n" for each in records)


def _write_json(path: Path, records: Iterator[Record]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write('{"code": 0, "data": {"list": [')
        for number, each in enumerate(records):
            file.write(f"{',' if number else ''}{json.dumps(each, ensure_ascii=False)}")
        file.write("]}}")


def _write_csv(path: Path, records: Iterator[Record]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _HEADINGS)
        writer.writeheader()
        writer.writerows(records)


def _write_xml(path: Path, records: Iterator[Record]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("<records>")
        for each in records:
            cells = "".join(f"<{name}>{escape(cell)}</{name}>" for name, cell in each.items())
            file.write(f"<record>{cells}</record>\n")
        file.write("</records>")


def _write_xlsx(path: Path, records: Iterator[Record]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(_HEADINGS)
    for each in records:
        sheet.append(list(each.values()))
    book.save(path)


def _write_xls(path: Path, records: Iterator[Record]) -> None:
    book = xlwt.Workbook()
    for number, each in enumerate(records):
        row = number % _SHEET_ROWS + 1
        if row == 1:
            sheet = book.add_sheet(f"{number}")
            for column, name in enumerate(_HEADINGS):
                sheet.write(0, column, name)
        for column, cell in enumerate(each.values()):
            sheet.write(row, column, cell)
    book.save(str(path))


def _write_ods(path: Path, records: Iterator[Record]) -> None:
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = (dict(zip(_HEADINGS, _HEADINGS, strict=True)), *records)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        with packed.open("content.xml", "w", force_zip64=True) as content:
            head = f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            content.write(f'{head}<table:table table:name="1">'.encode())
            for each in rows:
                cells = "".join(cell.format(escape(value)) for value in each.values())
                content.write(f"<table:table-row>{cells}</table:table-row>\n".encode())
            content.write(
                b"</table:table></office:spreadsheet></office:body></office:document-content>"
            )


def _write_pages(folder: Path, records: Iterator[Record]) -> None:
    folder.mkdir()
    for number, each in enumerate(records):
        if number % _PAGE_SHARE:
            continue
        cells = "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in list(each.items())[1:5])
        text = (
            f"<html><head><title>{each['标题']}</title></head><body><table>{cells}</table>"
            f'<div id="zoom"><p>{each["正文"]}</p></div></body></html>'
        )
        (folder / f"{number}.html").write_text(text, encoding="utf-8")


WRITERS: Mapping[str, Callable[[Path, Iterator[Record]], None]] = {
    "a.jsonl": _write_lines,
    "a.json": _write_json,
    "a.csv": _write_csv,
    "a.xml": _write_xml,
    "a.xlsx": _write_xlsx,
    "a.xls": _write_xls,
    "a.ods": _write_ods,
    "html": _write_pages,
}


def _peak_mib() -> float:
    """Returns the peak of this process; getrusage also counts the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _read(path: Path) -> None:
    """Reads a file or a folder of pages, and prints a row of the table."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    before = _peak_mib()
    started, rows, size = time.process_time(), 0, 0
    for file in files:
        for row in read_source(file):
            if isinstance(row, SourceRow):
                rows += 1
                size += sum(len(str(cell).encode()) for cell in row.fields.values())
    seconds = time.process_time() - started
    memory = _peak_mib()
    on_disk = sum(file.stat().st_size for file in files) / 1e6
    name = path.suffix or path.name
    print(
        f"| `{name}` | {rows:,} | {size / 1e6:.0f} | {on_disk:.0f} | {seconds:.1f} | "
        f"{rows / seconds:,.0f} | {size / 1e6 / seconds:.1f} | {memory:.0f} "
        f"({memory - before:.0f} more) |",
        flush=True,
    )


def main(megabytes: int) -> None:
    """Prints the table."""
    print("| format | rows | MB of text | MB on disk | CPU seconds | rows/s | MB/s | peak MiB |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, write in WRITERS.items():
            path = Path(folder) / name
            write(path, _records(megabytes))
            subprocess.run([sys.executable, "-m", "bench.readers", "--read", str(path)], check=True)
            if path.is_file():
                path.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        _read(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 100)
