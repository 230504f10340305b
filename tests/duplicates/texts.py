"""Texts to compare, and ways to spoil a copy of one."""

import random
from dataclasses import replace

from gongkai.duplicates.comparable_text import Subject

WATER = """某市人民政府文件
宜政发〔2020〕12号
关于加强农村饮水安全工作的通知
各县（市、区）人民政府，市政府各部门、各直属机构：
为进一步提高农村供水保障水平，根据省政府统一部署，结合我市实际，现就有关事项通知如下。
一、明确目标任务。到2022年底，全市农村自来水普及率达到百分之九十五以上，水质达标率稳步提高，供水工程全部明确管护主体。
二、落实管护责任。县级人民政府对农村饮水安全负主体责任，水行政主管部门负行业监管责任，供水单位负运行管理责任，任何环节出现问题都要依法依规追究。
三、强化水质监测。规模以上供水工程应当设立化验室，每日检测出厂水，每季度公布一次检测结果；卫生健康部门每半年开展一次抽检，结果通报水利部门。
四、保障资金投入。市级财政每年安排专项资金，用于维修养护和水源保护，县级财政按照不低于一比一的比例配套，专款专用，不得挤占挪用。
五、严格监督考核。市水利局会同有关部门每年组织考核，考核结果与下一年度资金安排挂钩，对工作不力的单位予以通报批评。
本通知自2020年5月1日起施行。
某市人民政府
2020年4月12日
"""
SCHOOL = """各区教育局，局属各学校：
现就做好今年义务教育阶段学校招生工作通知如下。义务教育学校实行免试就近入学，不得以考试或者变相考试的方式选拔学生。
各区应当在每年四月底前公布学校招生范围、人数和程序，接受社会监督。适龄儿童因身体状况需要延缓入学的，由监护人提出申请。
随迁子女凭居住证和监护人的劳动合同到居住地所在区报名，由区教育局统筹安排到公办学校就读，不得收取与入学挂钩的费用。
"""
OTHER_CHARACTERS = "湖泊茶叶桥梁森林钢铁铁路粮食棉花船舶航空纺织陶瓷煤炭石油天然蔬菜水果家禽渔业"


def make_subject(**fields: str | None) -> Subject:
    """A record with these fields on top of a plain one."""
    base = Subject(
        id="a",
        title="关于加强农村饮水安全工作的通知",
        document_number=None,
        index_number=None,
        publisher="340800-sl",
        issued_on="2020-04-12",
        published_on="2020-04-20",
        body=WATER,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def misread(text: str, share: float, seed: int = 1) -> str:
    """A copy with this share of its characters replaced, as a scanner misreads them."""
    draw = random.Random(seed)
    return "".join(
        draw.choice(OTHER_CHARACTERS)
        if "\u4e00" <= sign <= "\u9fff" and draw.random() < share
        else sign
        for sign in text
    )


def move_paragraph(text: str) -> str:
    """A copy whose paragraph in the middle stands somewhere else."""
    lines = text.splitlines()
    middle = len(lines) // 2
    return "\n".join(
        [*lines[: middle - 2], lines[middle], *lines[middle - 2 : middle], *lines[middle + 1 :]]
    )
