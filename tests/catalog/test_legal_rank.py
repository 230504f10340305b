"""What a title shows of the rank of its norm."""

import pytest

from gongkai.catalog.legal_rank import LegalRank, read_legal_rank


@pytest.mark.parametrize(
    "title",
    [
        "中华人民共和国民法典",
        "中华人民共和国公司法",
        "中华人民共和国无障碍环境建设法",
        "《中华人民共和国预算法》",
        "中华人民共和国刑法（2020年修正）",
        "中华人民共和国民法典第四百六十五条",
        "中华人民共和国社区矫正法第三条",
        "反分裂国家法",
    ],
)
def test_laws(title: str) -> None:
    assert read_legal_rank(title) is LegalRank.LAW


@pytest.mark.parametrize(
    "title",
    [
        "最高人民法院关于审理民间借贷案件适用法律若干问题的规定",
        "最高人民法院、最高人民检察院关于办理盗窃刑事案件适用法律若干问题的解释",
        "最高人民法院关于适用《民法典》有关担保制度的解释第一条",
    ],
)
def test_interpretations(title: str) -> None:
    assert read_legal_rank(title) is LegalRank.INTERPRETATION


@pytest.mark.parametrize(
    "title",
    [
        "安庆市住房公积金提取管理办法",
        "关于学习宣传《中华人民共和国民法典》的通知",
        "野生动物价值评估方法",
        "安庆市规范行政执法",
        "最高人民法院关于修改《关于上海金融法院案件管辖的规定》的决定",
        "中华人民共和国政府信息公开条例",
        "",
    ],
)
def test_nothing_else_ranks(title: str) -> None:
    assert read_legal_rank(title) is None
