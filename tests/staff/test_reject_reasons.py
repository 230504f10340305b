"""Every reason that the product can give has a Chinese sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gongkai.catalog.record import AttachmentText
from gongkai.staff.reject_reasons import REASONS, describe_reason

ROOT = Path(__file__).resolve().parents[2]
# Which argument of a call is the code.
_CALLS = {
    "RefusedValueError": 1,
    "UnreadableRow": 2,
    "BrokenFileError": 0,
    "Refused": 1,
    "Withheld": 0,
    "_Fault": 0,
    "warn": 1,
    "_refuse": 2,
}


def find_codes(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in _CALLS and len(node.args) > _CALLS[name]:
            yield from _constants(node.args[_CALLS[name]])
        if name == "append" and ast.unparse(node.func).endswith("warnings.append"):
            (pair,) = node.args
            if isinstance(pair, ast.Tuple):
                yield from _constants(pair.elts[1])


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def test_every_code_in_the_source_has_a_sentence() -> None:
    files = [
        path for room in ("catalog", "files", "indexer") for path in (ROOT / room).rglob("*.py")
    ]
    codes = {code for path in files for code in find_codes(path.read_text(encoding="utf-8"))}
    codes |= {each.value for each in AttachmentText} - {"absent", "read"}
    assert len(codes) > 20
    assert codes - REASONS.keys() == set(), "add a sentence to gongkai/staff/reject_reasons.py"


def test_a_sentence_names_the_column_and_ends_as_a_sentence() -> None:
    assert describe_reason("title", "missing") == "“标题”没有填写，请补上。"
    for code in REASONS:
        sentence = describe_reason("topic", code)
        assert sentence.endswith("。")
        assert "{" not in sentence


def test_an_unknown_code_and_one_of_an_engine_are_told_with_the_code() -> None:
    assert "strange" in describe_reason("title", "strange")
    assert "mapper_parsing_exception" in describe_reason("", "engine: mapper_parsing_exception")
