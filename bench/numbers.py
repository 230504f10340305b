"""Measures the parsing of real document numbers in eight spellings, and of their parts.

    python -m bench.numbers FILE

FILE is TSV with a column `document_number`. Prints counts by form, every odd form, and the share
parsed. Losses are counted by agency code; the six most frequent are shown. "By parts" means that
prefix, year and serial are correct, with the codes of FILE known, even if the canonical form
differs.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from gongkai.catalog.document_number import (
    DocumentNumber,
    find_document_numbers,
    parse_document_number,
)
from gongkai.catalog.number_parts import NumberParts, find_number_parts, split_number

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_WRITTEN = str.maketrans("0123456789", "〇一二三四五六七八九")
_YEAR = re.compile(r"[0-9]{4}(?=[〕年])")


def _in_brackets(opening: str, closing: str) -> Callable[[str], str]:
    return lambda number: number.replace("〔", opening).replace("〕", closing)


def _with_written_year(number: str) -> str:
    return _YEAR.sub(lambda year: year[0].translate(_WRITTEN), number)


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "[] and a blank before 号": lambda n: _in_brackets("[", "]")(n).replace("号", " 号"),
    "（） with blanks inside": _in_brackets("（ ", " ） "),
    "【】 and 第": _in_brackets("【", "】第"),
    "no brackets: 年第": _in_brackets("", "年第"),
    "<>, full-width digits": lambda n: _in_brackets("<", ">")(n).translate(_WIDE),
    "a year in Chinese numerals": _with_written_year,
    "a leading zero and 號": lambda n: re.sub("(?<=[〕第])", "0", n).replace("号", "號"),
    "an invisible sign and 文件": lambda n: n.replace("〔", "\u200b〔") + "文件",
}
SENTENCES = ("关于{}的通知", "请问{}还有效吗", "查询 {} 全文")
Part = tuple[str, NumberParts]
PARTS: Mapping[str, Callable[[DocumentNumber], Part]] = {
    "code and year in brackets": lambda n: (f"{n.prefix}〔{n.year}〕", _asked(n, serial=False)),
    "code and year": lambda n: (f"{n.prefix}{n.year}年", _asked(n, serial=False)),
    "year and code": lambda n: (f"{n.year}年{n.prefix}", _asked(n, serial=False)),
    "code, year, serial apart": lambda n: (f"{n.prefix} {n.year} {n.serial}", _asked(n)),
    "code and serial": lambda n: (f"{n.prefix}第{n.serial}号", _asked(n, year=False)),
    "year and serial": lambda n: (f"〔{n.year}〕{n.serial}号", NumberParts(None, n.year, n.serial)),
    "code alone": lambda n: (n.prefix, _asked(n, year=False, serial=False)),
    "in a sentence": lambda n: (
        f"请问{n.prefix}{n.year}年的文件有哪些",
        _asked(n, serial=False),
    ),
}


def measure(path: Path) -> None:
    """Prints the tables."""
    with path.open(encoding="utf-8") as lines:
        written = [row["document_number"] for row in csv.DictReader(lines, delimiter="\t")]
    numbers = [parse_document_number(each) for each in written]
    print(dict(Counter(number.form for number in numbers)))
    print("odd:", *(number.canonical for number in numbers if number.form == "odd"))
    whole = list({n.canonical: n for n in numbers if n.form != "odd"}.values())
    _measure_spellings(whole)
    _measure_parts([number for number in numbers if number.form == "bracketed"])


def _measure_spellings(numbers: Iterable[DocumentNumber]) -> None:
    """Measures each distinct number that a spelling changes: alone, and in each of SENTENCES."""
    whole = list(numbers)
    known = {split_number(number.canonical).prefix for number in whole}
    for name, spell in SPELLINGS.items():
        typed = [(spell(n.canonical), n) for n in whole if spell(n.canonical) != n.canonical]
        inside = [(frame.format(text), n) for text, n in typed for frame in SENTENCES]
        alone = (n.prefix for text, n in typed if parse_document_number(text) != n)
        _print_row(name, len(typed), Counter(alone))
        unread = [(text, n) for text, n in inside if _names(text) != [n.canonical]]
        _print_row("  in a sentence", len(inside), Counter(n.prefix for _, n in unread))
        lost = (n.prefix for text, n in unread if not _is_found(text, _asked(n), known))
        _print_row("  there by parts as well", len(inside), Counter(lost))


def _measure_parts(numbers: Iterable[DocumentNumber]) -> None:
    """Measures the parts of every row with the codes of all rows known.

    Losses are counted by code.
    """
    rows = Counter(numbers)
    known = {split_number(number.canonical).prefix for number in rows}
    for name, cut in PARTS.items():
        lost = Counter[str]()
        for number, count in rows.items():
            text, meant = cut(number)
            if not _is_found(text, meant, known):
                lost[number.prefix] += count
        _print_row(name, rows.total(), lost)


def _asked(number: DocumentNumber, *, year: bool = True, serial: bool = True) -> NumberParts:
    parts = split_number(number.canonical)
    return NumberParts(parts.prefix, parts.year if year else None, parts.serial if serial else None)


def _names(text: str) -> list[str]:
    return [found.number.canonical for found in find_document_numbers(text)]


def _is_found(text: str, meant: NumberParts, known: set[str | None]) -> bool:
    """Returns whether exactly these parts are found. A whole number contains them as well."""
    read = [found.parts for found in find_number_parts(text, known.__contains__)]
    return [*read, *(split_number(name) for name in _names(text))] == [meant]


def _print_row(name: str, count: int, lost: Counter[str]) -> None:
    examples = (f"{text} {times}" for text, times in lost.most_common(6))
    print(f"{name:<28} {count - lost.total():>7,} of {count:>7,}  lost {len(lost)}:", *examples)


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
