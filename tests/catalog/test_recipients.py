"""Names beside mobile numbers or homes are held; contacts of offices pass. All is invented."""

import pytest

from gongkai.catalog.intake import IntakeRules, Withheld, take_row
from gongkai.catalog.recipients import holds_recipient
from gongkai.catalog.tables import Tables

TABLE = "姓名\t联系电话\n张三丰\t13912345678"


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "序号\t姓 名\t家庭住址\t金额\n1\t李四光\t大观区龙山路12号3室\t500",
        "救助对象名单\n| 姓名 | 手机 |\n| 王小五 | 139 1234 5678 |",
        "领款人：张三丰，联系电话：13912345678。",
        "户主：李四光；家庭住址：怀宁县高河镇凌桥村李庄组",
        "受益人姓名：王小五 手机号码：139-1234-5678",
    ],
)
def test_a_recipient_is_held(text: str) -> None:
    assert holds_recipient(text)


@pytest.mark.parametrize(
    "text",
    [
        "联系人：张三丰，联系电话：13912345678。",
        "咨询电话：0556-5346666，12345。",
        "姓名\t职务\t联系电话\n张三丰\t科长\t13912345678",
        "单位\t联系人姓名\t手机\n市水利局\t张三丰\t13912345678",
        "姓名\t联系电话\n张三丰\t0556-5346666",
        "姓名\t成绩\n张三丰\t98",
        "姓名\t联系电话\n（由申请人填写）\t",
        "申请人姓名：________ 联系电话：________",
        "企业名称\t地址\n某公司\t大观区龙山路12号",
        "房屋坐落于大观区龙山路12号，热线13912345678。",
        "户主：李四光，补助金额：500元。",
    ],
)
def test_an_office_or_a_name_alone_passes(text: str) -> None:
    assert not holds_recipient(text)


def test_such_a_record_is_withheld_for_staff(tables: Tables) -> None:
    row = {
        "title": "临时救助名单",
        "publisher": "安庆市民政局",
        "published_on": "2020-05-06",
        "disclosure": "主动公开",
    }
    taken = take_row({**row, "body": TABLE}, IntakeRules(tables))
    assert isinstance(taken, Withheld)
    assert taken.reason == "personal_data"
    rows = TABLE.replace("\t", "<td>").replace("\n", "<tr><td>")
    html = f"<table><tr><td>{rows}</table>"
    assert isinstance(take_row({**row, "body": html}, IntakeRules(tables)), Withheld)
    masked = take_row({**row, "body": TABLE.replace("1234", "****")}, IntakeRules(tables))
    assert not isinstance(masked, Withheld)
