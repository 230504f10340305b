"""Which agency a row without a publisher is of, and where the clues are not enough."""

import pytest

from gongkai.catalog.document_number import parse_document_number
from gongkai.catalog.inferred_publisher import infer_publisher
from gongkai.catalog.intake import Accepted, IntakeRules, Refused, take_row
from gongkai.catalog.tables import Tables

ROW = {"title": "关于供水的通知", "published_on": "2020-05-06", "disclosure": "主动公开"}


@pytest.mark.parametrize(
    ("number", "title", "place", "name"),
    [
        ("宜政办秘〔2008〕8号", "关于供水的通知", "", "安庆市人民政府办公室"),
        ("宜政发〔2008〕8号", "关于供水的通知", "", "安庆市人民政府"),
        ("皖政办函〔2020〕1号", "关于供水的通知", "", "安徽省人民政府办公厅"),
        ("", "安庆市财政局关于供水的通知", "", "安庆市财政局"),
        ("", "安庆市公安局通告", "", "安庆市公安局"),
        ("宜政办〔2008〕8号", "安庆市人民政府办公室印发供水办法的通知", "安庆市",
         "安庆市人民政府办公室"),
        ("沪府办〔2008〕8号", "关于供水的通知", "", None),
        ("宜政办秘〔2008〕8号", "安庆市财政局关于供水的通知", "", None),
        ("", "安庆市财政局、安庆市水利局关于供水的通知", "", None),
        ("", "关于贯彻安庆市财政局意见的通知", "", None),
        ("国办发〔2014〕27号", "某办法评估报告", "上海市", None),
        ("宜政建〔2008〕8号", "关于供水的通知", "", None),
    ],
)  # fmt: skip
def test_one_agency_is_meant_or_none(
    number: str, title: str, place: str, name: str | None, tables: Tables
) -> None:
    parsed = parse_document_number(number) if number else None
    found = infer_publisher(parsed, title, place, tables.agencies)
    assert (found.name if found else None) == name


def test_an_inferred_publisher_is_marked_and_keeps_the_id(tables: Tables) -> None:
    rules = IntakeRules(tables)
    row = {**ROW, "document_number": "宜政办秘〔2008〕8号"}
    inferred, stated = (
        take_row({**row, **more}, rules) for more in ({}, {"publisher": "安庆市人民政府办公室"})
    )
    assert isinstance(inferred, Accepted)
    assert isinstance(stated, Accepted)
    assert inferred.record.publisher == stated.record.publisher == "340800-zfbgs"
    assert (inferred.record.publisher_inferred, stated.record.publisher_inferred) == (True, False)
    assert inferred.record.id == stated.record.id


def test_an_unknown_publisher_is_never_replaced(tables: Tables) -> None:
    row = {**ROW, "document_number": "宜政办秘〔2008〕8号", "publisher": "某协会"}
    taken = take_row(row, IntakeRules(tables))
    assert isinstance(taken, Accepted)
    assert (taken.record.publisher, taken.record.publisher_inferred) == ("某协会", False)
    assert isinstance(take_row(ROW, IntakeRules(tables)), Refused)
