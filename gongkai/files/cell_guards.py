"""Guards the cells of CSV against spreadsheet programs, and removes the guards again."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_MISREAD = re.compile(r"0\d+|\d{12,}|\d{4}-\d{1,2}|\d+[Ee]\d+|\d{1,2}[-/]\d{1,4}")


def guard_cell(text: str) -> str:
    """Returns a cell as text: Excel runs =…, reads 0012 as a number and 2008-05 as a date."""
    if _FORMULA.match(text):
        return f"'{text}"
    return f"\t{text}" if _MISREAD.fullmatch(text) else text


def unguard_cell(text: str) -> str:
    """Returns the text given to `guard_cell`; also reads Excel's `="text"`."""
    first, rest = text[:1], text[1:]
    if (first == "'" and _FORMULA.match(rest)) or (first == "\t" and _MISREAD.fullmatch(rest)):
        return rest
    if len(text) > 2 and text.startswith('="') and text.endswith('"'):
        return text[2:-1].replace('""', '"')
    return text
