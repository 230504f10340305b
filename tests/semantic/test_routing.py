"""Words of one's own are asked by meaning; names, numbers, phrases and orders of dates are not."""

from dataclasses import replace

import pytest

from gongkai.engines.installation import Installation
from gongkai.query.interpreter import QueryInterpreter
from gongkai.query.request import SearchRequest, Sort
from gongkai.semantic.routing import allows_semantic_search, is_named


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("穷人怎么领补助", True),
        ("没有电梯的老楼爬不动了怎么办", True),
        ("公积金提取", True),
        ("低保", False),
        ("宜政办秘〔2008〕8号", False),
        ("国办发〔2019〕12号", False),
        ('"饮水安全" 怎么办', False),
        ("劳动法上的“三期”指的是什么", True),
        ("饮水安全怎么办 -农村", False),
        ("gongjijin", False),
        ("", False),
    ],
)
def test_what_is_asked_decides(installation: Installation, text: str, may: bool) -> None:
    interpreted = QueryInterpreter(installation.analyzer).interpret(text)
    request = SearchRequest(text)
    assert allows_semantic_search(request, interpreted) is may
    for other in (
        replace(request, sort=Sort.NEWEST),
        replace(request, cursor="x"),
        replace(request, semantic=False),
        replace(request, document_number="宜政办秘〔2008〕8号"),
    ):
        assert not allows_semantic_search(other, interpreted)


def test_a_title_names_its_record() -> None:
    assert is_named("饮水安全工作的通知", "关于加强农村饮水安全工作的通知")
    assert is_named("農村飲水安全", "关于加强农村饮水安全工作的通知")
    assert not is_named("饮水安全怎么办", "关于加强农村饮水安全工作的通知")
