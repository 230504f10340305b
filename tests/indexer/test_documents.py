"""Records to documents: every field of the table, the wall, and what names a revision."""

from collections.abc import Mapping
from dataclasses import replace

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzers.dictionary import load_dictionary
from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.classifications import MISSING
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import FACETS, FIELDS, ZONE_BREAK, Kind
from gongkai.catalog.headings import HEADINGS
from gongkai.catalog.intake import Accepted, IntakeRules, take_row
from gongkai.catalog.record import Attachment, Record
from gongkai.catalog.stored_record import decode_record
from gongkai.catalog.tables import load_tables
from gongkai.engines.installation import Installation
from gongkai.engines.port import IndexDocument
from indexer.documents import build_document
from tests.engines.records import make_document

CANARY = "龘靐齉"
"""Signs that stand nowhere else, so that not even one of them may be found."""
RECORD = Record(
    id="r1",
    title="关于印发《办法》的通知",
    publisher="340800-zf",
    publisher_name="安庆市人民政府",
    published_on=PartialDate(2009, 2, 20),
    disclosure=Disclosure.PUBLIC,
    index_number="003127334/200902-00019",
    document_number="宜政办秘〔2008〕8号",
    document_number_original="宜政办秘[2008]8号",
    category="决策/政策文件",
    topic=("财政/预算", "财政/税务"),
    genre="通知",
    keywords=("公积金",),
    summary="概述",
    body="正文",
    attachments=(Attachment("附表", "https://a.gov.cn/b.pdf", "附件里的字"),),
    extra={"备注": "归档"},
)
_RULES = IntakeRules(load_tables())
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)


@pytest.fixture(scope="module")
def analyzer() -> TextAnalyzer:
    return TextAnalyzer(load_dictionary())


@pytest.fixture(scope="module")
def document(analyzer: TextAnalyzer) -> IndexDocument:
    return build_document(RECORD, analyzer)


def everything_in(document: IndexDocument) -> str:
    return f"{document!r} {document.stored.decode()}"


def test_every_field_of_the_table_is_filled_in_its_kind(analyzer: TextAnalyzer) -> None:
    body = "本办法自2021年10月1日起施行，有效期五年。"
    document = build_document(replace(RECORD, issued_on=PartialDate(2021), body=body), analyzer)
    identity = {"id": document.id, "revision": document.revision}
    assert {*document.fields, *identity} == set(FIELDS)
    for name, value in document.fields.items():
        if FIELDS[name].kind is Kind.INTEGER:
            assert isinstance(value, int)
        elif FIELDS[name].facet:
            assert isinstance(value, tuple)
            assert value
        else:
            assert isinstance(value, str | tuple)


def test_tree_values_bring_their_ancestors_once(document: IndexDocument) -> None:
    assert document.fields["topic"] == ("财政", "财政/预算", "财政/税务")
    assert document.fields["category"] == ("决策", "决策/政策文件")


def test_an_empty_classification_is_missing(analyzer: TextAnalyzer) -> None:
    bare = replace(RECORD, category=None, topic=(), genre=None, validity=None, format=None)
    fields = build_document(bare, analyzer).fields
    for name in ("category", "topic", "audience", "life_event", "genre", "format", "validity"):
        assert fields[name] == (MISSING,)
    assert not any(
        MISSING in map(str, (fields[name],))
        for name in FIELDS
        if name not in FACETS and name in fields
    )


def test_numbers_that_are_missing_are_no_facet_value(analyzer: TextAnalyzer) -> None:
    fields = build_document(
        replace(RECORD, document_number=None, index_number=None), analyzer
    ).fields
    assert (fields["document_number"], fields["index_number"]) == ((), ())


def test_text_of_attachments_is_searched_and_shown(document: IndexDocument) -> None:
    grams = document.fields["text_grams"]
    assert isinstance(grams, str)
    assert "里的" in grams.split()
    (attachment,) = orjson.loads(document.stored)["attachments"]
    assert attachment["text"] == "附件里的字"


def test_no_run_spans_two_zones(analyzer: TextAnalyzer) -> None:
    document = build_document(replace(RECORD, title="甲乙", summary="丙丁", body="戊己"), analyzer)
    grams = document.fields["text_grams"]
    assert isinstance(grams, str)
    assert {"甲乙", "丙丁", "戊己", ZONE_BREAK} <= set(grams.split())
    assert not {"乙丙", "丁戊"} & set(grams.split())


@given(TEXTS, TEXTS, TEXTS)
@example("0·0", "", "")
def test_every_character_of_every_zone_can_be_asked_for(
    analyzer: TextAnalyzer, title: str, summary: str, body: str
) -> None:
    record = replace(RECORD, title=title, summary=summary, body=body)
    chars = build_document(record, analyzer).fields["text_chars"]
    assert isinstance(chars, str)
    for text in (title, summary, body):
        assert set(analyzer.chars(text)) <= set(chars.split(" "))


@given(TEXTS, TEXTS)
def test_no_text_can_write_the_break_between_zones(
    analyzer: TextAnalyzer, text: str, other: str
) -> None:
    record = replace(RECORD, title=text + ZONE_BREAK + other, summary="", keywords=(), body="")
    fields = build_document(replace(record, attachments=()), analyzer).fields
    assert ZONE_BREAK not in str(fields["title_grams"])
    assert ZONE_BREAK not in str(fields["text_chars"])


@pytest.mark.parametrize(
    ("published", "first", "last"),
    [
        (PartialDate(2008), PartialDate(2008, 1, 1), PartialDate(2008, 12, 31)),
        (PartialDate(2008, 2), PartialDate(2008, 2, 1), PartialDate(2008, 2, 29)),
        (PartialDate(2008, 2, 3), PartialDate(2008, 2, 3), PartialDate(2008, 2, 3)),
    ],
)
def test_a_partial_date_is_the_span_it_may_mean(
    analyzer: TextAnalyzer, published: PartialDate, first: PartialDate, last: PartialDate
) -> None:
    fields = build_document(replace(RECORD, published_on=published), analyzer).fields
    assert fields["published_first"] == first.first_day.toordinal()
    assert fields["published_last"] == last.first_day.toordinal()
    assert fields["year"] == ("2008",)


def test_the_order_follows_the_day_and_never_ties(analyzer: TextAnalyzer) -> None:
    days = [PartialDate(2008, 12, 31), PartialDate(2009, 1, 1)]
    records = [replace(RECORD, id=f"r{n}", published_on=day) for day in days for n in range(50)]
    orders = [build_document(record, analyzer).fields["published_order"] for record in records]
    assert len(set(orders)) == 100
    assert max(map(int, orders[:50])) < min(map(int, orders[50:]))  # type: ignore[arg-type]
    assert all(0 < int(order) < 2**63 for order in orders)  # type: ignore[arg-type]


# ------------------------------------------------------------------- words and parts of numbers


@given(TEXTS, st.lists(TEXTS, max_size=3).map(tuple), TEXTS, TEXTS)
@example("", ("供水\n保障", "2016", "长" * 21), "堤防", "蓄洪")
def test_terms_are_words_that_can_be_offered(
    analyzer: TextAnalyzer, title: str, keywords: tuple[str, ...], summary: str, body: str
) -> None:
    named = replace(RECORD, title=title, keywords=keywords)
    terms = build_document(named, analyzer).fields["terms"]
    assert isinstance(terms, tuple)
    for term in terms:
        assert 2 <= len(term) <= 20
        assert any(sign.isalpha() for sign in term)
        assert not set(term) & set(" \n")
        assert not analyzer.is_stopword(term)
    closed = replace(named, disclosure=Disclosure.ON_REQUEST)
    for other in (replace(named, summary=summary, body=body), replace(closed, body=body)):
        assert build_document(other, analyzer).fields["terms"] == terms


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("宜政办秘〔2008〕8号", (("宜政办秘",), ("2008",), ("8",))),
        ("中华人民共和国国务院令第492号", (("国务院令",), (), ("492",))),
        ("财政部公告2015年第3号", (("财政部公告",), ("2015",), ("3",))),
        ("宜政办秘〔2008〕1-3号", (("宜政办秘",), ("2008",), ("1-3",))),
        ("见附件", ((), (), ())),
        (None, ((), (), ())),
    ],
)
def test_a_number_is_found_by_its_parts(
    analyzer: TextAnalyzer, number: str | None, parts: tuple[tuple[str, ...], ...]
) -> None:
    fields = build_document(replace(RECORD, document_number=number), analyzer).fields
    names = ("number_prefix", "number_year", "number_serial")
    assert tuple(fields[name] for name in names) == parts


# ------------------------------------------------------------------- revisions


def test_the_same_record_has_the_same_revision(
    analyzer: TextAnalyzer, document: IndexDocument
) -> None:
    assert build_document(replace(RECORD), analyzer).revision == document.revision


@pytest.mark.parametrize(
    "change",
    [
        {"id": "r2"},
        {"title": "另"},
        {"body": "另"},
        {"validity": "废止"},
        {"extra": {}},
        {"genre_inferred": True},
        {"attachments": (Attachment("附表", "https://a.gov.cn/b.pdf", "改过的字"),)},
    ],
)
def test_any_change_is_another_revision(
    change: Mapping[str, object], analyzer: TextAnalyzer, document: IndexDocument
) -> None:
    changed = replace(RECORD, **change)  # type: ignore[arg-type]
    assert build_document(changed, analyzer).revision != document.revision


# ------------------------------------------------------------------- what is stored, and the wall


def test_the_stored_form_is_json_under_the_keys_of_the_contract(document: IndexDocument) -> None:
    stored = orjson.loads(document.stored)
    contract = {key for key in HEADINGS.values() if key != "extra"}
    assert contract <= stored.keys()
    assert stored["document_number_original"] == "宜政办秘[2008]8号"
    (attachment,) = stored["attachments"]
    assert attachment.items() >= {"name": "附表", "url": "https://a.gov.cn/b.pdf"}.items()
    assert stored["published_on"] == "2009-02-20"
    assert stored["repeals"] == stored["explained"] == stored["cites"] == []
    assert stored["period"]["expires_on"] is None
    assert stored["text_key"] == stored["bands"] == ""
    assert decode_record(document.stored).body == RECORD.body


def test_what_is_public_on_request_is_not_indexed_even_if_it_was_read(
    analyzer: TextAnalyzer,
) -> None:
    attached = (Attachment(CANARY, None, CANARY),)
    record = replace(
        RECORD,
        disclosure=Disclosure.ON_REQUEST,
        body=CANARY,
        attachments=attached,
        extra={CANARY: CANARY},
    )
    document = build_document(record, analyzer)
    assert not set(CANARY) & set(everything_in(document))
    assert document.fields["disclosure"] == ("依申请公开",)


@given(
    st.dictionaries(
        st.sampled_from(
            ["正文", "内容", "body", "附件", "attachments", "extra", "备注", "内部说明"]
        ),
        st.sampled_from(
            [
                CANARY,
                [CANARY, CANARY],
                {"name": CANARY, "url": f"http://a.cn/{CANARY}"},
                [{"name": CANARY}],
                {CANARY: [CANARY]},
                f"<p>{CANARY}</p>",
            ]
        ),
        min_size=1,
    ),
    st.text("甲乙丙", min_size=1, max_size=5),
)
def test_nothing_but_the_entry_of_a_row_on_request_reaches_the_index(
    analyzer: TextAnalyzer, cells: dict[str, object], column: str
) -> None:
    row = {"标题": "题", "发布机构": "某局", "发布日期": "2009", "公开方式": "依申请公开"}
    outcome = take_row({**row, **cells, f"{column}{CANARY}": CANARY}, _RULES)
    assert isinstance(outcome, Accepted)
    document = build_document(outcome.record, analyzer)
    assert not set(CANARY) & set(everything_in(document))


def test_terms_are_words_of_title_keywords_and_the_agency(installation: Installation) -> None:
    fields = make_document(
        installation,
        title="关于农村饮水安全的通知（2020年）",
        keywords="供水 保障;饮水",
        publisher="望江县水利局",
        body="绝密水文站",
        document_number="宜水农[2016]040号",
    ).fields
    terms = fields["terms"]
    assert not isinstance(terms, int | str)
    assert {"供水保障", "农村饮水安全", "饮水", "通知", "望江县水利局"} <= set(terms)
    assert not {"关于", "的", "2020", "水文站", "饮水安全"} & set(terms)
    assert len(set(terms)) == len(terms)
    parts = (fields["number_prefix"], fields["number_year"], fields["number_serial"])
    assert parts == (("宜水农",), ("2016",), ("40",))


def test_the_rank_of_a_law_is_a_field(installation: Installation) -> None:
    law = make_document(installation, title="中华人民共和国水法").fields
    assert law["authority"] == ("law",)
    assert make_document(installation).fields["authority"] == ()
