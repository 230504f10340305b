"""What citizens really type, over the sample: numbers, years, articles, document numbers."""

from collections.abc import Iterator

import pytest

from gongkai.engines.installation import Installation
from tests.relevance.asker import Asker


@pytest.fixture(scope="module")
def asker(sampled: Installation) -> Iterator[Asker]:
    asked = Asker(sampled)
    yield asked
    asked.close()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("2024年部门决算", "安庆市人民政府办公室2024年度部门决算"),
        ("2024年度部门决算", "安庆市人民政府办公室2024年度部门决算"),
        ("二〇二四年部门决算", "安庆市人民政府办公室2024年度部门决算"),
        ("2026年政府工作报告", "安庆市政府工作报告（2026年）"),
        ("二○二六年政府工作报告", "安庆市政府工作报告（2026年）"),
    ],
)
def test_a_year_is_not_glued_to_the_next_word(asker: Asker, text: str, title: str) -> None:
    answer = asker.search(text)
    assert answer.query.complete
    assert answer.hits[0].title == title
    assert answer.query.date is None


def test_two_document_numbers_find_both(asker: Asker) -> None:
    answer = asker.search("宜公积金〔2021〕12号 宜公积金[2024]5号")
    found = {hit.document_number for hit in answer.hits[:2]}
    assert found == {"宜公积金〔2021〕12号", "宜公积金〔2024〕5号"}


@pytest.mark.parametrize("text", ["012", "0211", "号 2"])
def test_part_of_a_number_is_not_met(asker: Asker, text: str) -> None:
    assert all(f"<mark>{text}</mark>" not in hit.title_html for hit in asker.search(text).hits)


@pytest.mark.parametrize(
    "text", ["公积金 NOT 提取", "公积金 -提取", "公积金 －提取", "公积金 —提取"]
)
def test_every_sign_of_exclusion_excludes(asker: Asker, text: str) -> None:
    answer = asker.search(text)
    assert 0 < answer.total < asker.search("公积金").total
    assert all("提取" not in hit.title for hit in answer.hits)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("住房公积金提取管理办法第2条", "2"),
        ("住房公积金提取管理办法 第二条", "2"),
        ("公积金提取 骗取 失信记录", "6"),
    ],
)
def test_the_passage_is_the_article_that_answers(asker: Asker, text: str, number: str) -> None:
    hits = asker.search(text).hits
    (rule,) = [hit for hit in hits if hit.title == "安庆市住房公积金提取管理办法"]
    assert rule.article is not None
    assert rule.article.number == number
