"""Do real document numbers parse, in eight spellings each, and are parts of them found?

    python -m bench.numbers FILE

FILE: TSV with a column `document_number`. Prints counts by form, every odd one, what failed.
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from catalog.document_number import DocumentNumber, find_document_numbers, parse_document_number
from catalog.number_parts import find_number_parts

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "[]": lambda number: number.translate(str.maketrans("〔〕", "[]")),
    "（） and a blank": lambda number: number.replace("〔", "（").replace("〕", "） "),
    "【】": lambda number: number.translate(str.maketrans("〔〕", "【】")),
    "<>": lambda number: number.translate(str.maketrans("〔〕", "<>")),
    "full-width digits": lambda number: number.translate(_WIDE),
    "第": lambda number: number.replace("〕", "〕第"),
    "號": lambda number: number.replace("号", "號"),
    "an invisible sign": lambda number: number.replace("〔", "〔\u200b"),
}
PARTS: Mapping[str, Callable[[DocumentNumber], str]] = {
    "code and year in brackets": lambda n: f"{n.prefix}〔{n.year}〕",
    "code and year": lambda n: f"{n.prefix}{n.year}年",
    "code, year, serial apart": lambda n: f"{n.prefix} {n.year} {n.serial}",
    "code and serial": lambda n: f"{n.prefix}{n.serial}号",
    "in a sentence": lambda n: f"请问{n.prefix}{n.year}年的文件有哪些",
}


def measure(path: Path) -> None:
    """Print the tables."""
    with path.open(encoding="utf-8") as lines:
        written = [row["document_number"] for row in csv.DictReader(lines, delimiter="\t")]
    numbers = [parse_document_number(each) for each in written]
    print(dict(Counter(number.form for number in numbers)))
    print("odd:", *(number.canonical for number in numbers if number.form == "odd"))
    whole = [number for number in numbers if number.form != "odd"]
    for name, spell in SPELLINGS.items():
        texts = [(spell(number.canonical), number.canonical) for number in whole]
        wrong = [text for text, meant in texts if parse_document_number(text).canonical != meant]
        print(f"{name:<28} {len(texts) - len(wrong):>7,} of {len(texts):>7,}", *wrong[:3])
    prefixes = {number.prefix for number in whole}
    coded = [number for number in whole if number.form == "bracketed"]
    for name, cut in PARTS.items():
        missed = [cut(each) for each in coded if not _is_found(cut(each), each, prefixes)]
        print(f"{name:<28} {len(coded) - len(missed):>7,} of {len(coded):>7,}", *set(missed[:3]))


def _is_found(text: str, number: DocumentNumber, prefixes: set[str]) -> bool:
    parts = find_number_parts(text, prefixes.__contains__)
    codes = [each.parts.prefix for each in parts]
    codes += [each.number.prefix for each in find_document_numbers(text)]
    return number.prefix in codes


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
