"""Pairs of records to what they are to each other, and why."""

import pytest

from gongkai.catalog.places import load_places
from gongkai.duplicates.classify import Finding, classify
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.evidence import Kind, WrongCharacters
from tests.duplicates.texts import SCHOOL, WATER, make_subject, misread, move_paragraph

IS_PLACE = load_places().is_name
BARE = "".join(WATER.splitlines(keepends=True)[4:-2])


def judge_both(one: Subject, other: Subject) -> Finding | None:
    found = classify(one, other, IS_PLACE)
    turned = classify(other, one, IS_PLACE)
    assert (found and (found.kind, round(found.score, 6))) == (
        turned and (turned.kind, round(turned.score, 6))
    )
    return found


def kind_of(one: Subject, other: Subject) -> Kind | None:
    found = judge_both(one, other)
    return found.kind if found else None


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        (
            {"index_number": "003/2020-1", "document_number": "宜政发〔2020〕12号"},
            Kind.SAME_INDEX_NUMBER,
        ),
        ({"document_number": "宜政发〔2020〕12号"}, Kind.SAME_DOCUMENT_NUMBER),
        ({}, Kind.SAME_TEXT),
    ],
)
def test_the_surest_layer_names_it_and_all_layers_are_evidence(
    numbers: dict[str, str], kind: Kind
) -> None:
    found = judge_both(make_subject(**numbers), make_subject(id="b", body=BARE, **numbers))
    assert found is not None
    assert found.kind is kind
    assert found.score == 1.0
    assert Kind.SAME_TEXT in found.evidence


@pytest.mark.parametrize(
    "copy",
    [
        BARE.replace("（", "(").replace("）", ")").replace("，", ","),
        BARE.replace("2020年5月1日", "二〇二〇年五月一日"),
        "首页 > 政策文件 > 正文 字体：大 中 小\n" + BARE,
        move_paragraph(BARE),
        misread(BARE, 0.01),
        misread(BARE, 0.02),
        misread(BARE, 0.03),
        BARE.replace("稳步提高", "不断提高"),
    ],
    ids=["brackets", "dates", "navigation", "moved", "misread 1%", "2%", "3%", "one word"],
)
def test_a_spoiled_copy_is_still_a_copy(copy: str) -> None:
    found = judge_both(make_subject(), make_subject(id="b", body=copy))
    assert found is not None
    assert found.kind in (Kind.SAME_TEXT, Kind.NEAR_TEXT)
    assert found.score >= 0.95


def test_a_revision_is_named_as_one() -> None:
    revised = (
        BARE.replace("百分之九十五", "百分之九十八")
        .replace(
            "每半年开展一次抽检，结果通报水利部门",
            "每季度开展一次抽检，并向社会公开结果，接受群众监督",
        )
        .replace("予以通报批评", "约谈主要负责人，情节严重的依法给予处分，构成犯罪的移送司法机关")
    )
    assert kind_of(make_subject(), make_subject(id="b", body=revised)) is Kind.REVISION


def test_changes_of_numerals_and_of_a_name_throughout_are_no_misreading() -> None:
    """Reform of agencies: 水利 became 水务 wherever it stood."""
    renamed = BARE.replace("水利", "水务").replace("百分之", "千分之").replace("县级", "区级")
    found = judge_both(make_subject(), make_subject(id="b", body=renamed))
    assert found is not None
    assert not any(isinstance(each, WrongCharacters) for each in found.evidence)


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("关于加强农村饮水安全工作的通知", SCHOOL, Kind.SAME_TITLE),
        ("关于做好招生工作的通知", SCHOOL, None),
        (
            "某市转发《关于加强农村饮水安全工作的通知》的通知",
            "请认真贯彻落实。\n" + WATER,
            Kind.PASSED_ON,
        ),
        ("供水工作文件汇编", WATER + SCHOOL * 3, Kind.CONTAINED),
    ],
)
def test_what_is_no_duplicate_is_told_why(title: str, body: str, kind: Kind | None) -> None:
    assert kind_of(make_subject(), make_subject(id="b", title=title, body=body)) is kind


def test_other_places_and_other_years_fill_in_one_form() -> None:
    one = make_subject(title="枣庄市饮水安全条例", body=BARE.replace("市级", "枣庄市"))
    other = make_subject(id="b", title="济宁市饮水安全条例", body=BARE.replace("市级", "济宁市"))
    assert kind_of(one, other) is Kind.OTHER_REGION
    one = make_subject(title="关于2020年供水工作的通知")
    other = make_subject(
        id="b", title="关于2021年供水工作的通知", body=BARE.replace("2020年", "2021年")
    )
    assert kind_of(one, other) is Kind.OTHER_EDITION


def test_approvals_by_one_form_under_other_numbers_are_different_documents() -> None:
    form = BARE + "同意你单位在{}设立供水站。"
    one = make_subject(
        title="关于同意设立城东供水站的批复",
        body=form.format("城东"),
        document_number="宜水〔2020〕1号",
    )
    other = make_subject(
        id="b",
        title="关于同意设立城西供水站的批复",
        body=form.format("城西"),
        document_number="宜水〔2020〕2号",
    )
    assert kind_of(one, other) is Kind.SAME_FORM


def test_one_number_on_two_texts_is_a_conflict() -> None:
    one = make_subject(document_number="宜政发〔2020〕12号")
    other = make_subject(
        id="b", title="关于做好招生工作的通知", body=SCHOOL, document_number="宜政发〔2020〕12号"
    )
    assert kind_of(one, other) is Kind.NUMBER_CONFLICT


@pytest.mark.parametrize(
    ("fields", "kind", "score"),
    [
        ({}, Kind.SAME_ENTRY, 1.0),
        ({"issued_on": "2021-01-01"}, Kind.SAME_TITLE, 1.0),
        ({"publisher": "340800-jy"}, Kind.SAME_TITLE, 1.0),
        ({"document_number": "宜水〔2020〕1号"}, Kind.SAME_DOCUMENT_NUMBER, 1.0),
        (
            {"document_number": "宜水〔2020〕1号", "title": "关于做好招生工作的通知"},
            Kind.SAME_DOCUMENT_NUMBER,
            None,
        ),
        ({"title": "关于做好招生工作的通知"}, None, None),
    ],
)
@pytest.mark.parametrize("body", ["", "详见附件。"])
def test_without_a_text_the_catalog_entry_decides(
    body: str, fields: dict[str, str], kind: Kind | None, score: float | None
) -> None:
    numbers = {"document_number": fields.get("document_number")}
    one = make_subject(body="", **numbers)
    found = judge_both(one, make_subject(id="b", body=body, **fields))
    assert (found and found.kind) == kind
    if found and score:
        assert found.score == score
    elif found:
        assert found.score < 0.95
