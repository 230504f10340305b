"""Text of a cell of CSV in, the same guarded against spreadsheet programs, or unguarded, out."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_MISREAD = re.compile(r"0\d+|\d{12,}|\d{4}-\d{1,2}|\d+[Ee]\d+|\d{1,2}[-/]\d{1,4}")


def guard_cell(text: str) -> str:
    """Excel runs =…, and makes a number of 0012 and a date of 2008-05, unless told it is text."""
    if _FORMULA.match(text):
        return f"'{text}"
    return f"\t{text}" if _MISREAD.fullmatch(text) else text


def unguard_cell(text: str) -> str:
    """The text that `guard_cell` was given, exactly; also of what Excel writes as `="text"`."""
    first, rest = text[:1], text[1:]
    if (first == "'" and _FORMULA.match(rest)) or (first == "\t" and _MISREAD.fullmatch(rest)):
        return rest
    if len(text) > 2 and text.startswith('="') and text.endswith('"'):
        return text[2:-1].replace('""', '"')
    return text
