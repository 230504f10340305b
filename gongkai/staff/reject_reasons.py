"""Converts codes of refusals and warnings to Chinese sentences with a remedy."""

from collections.abc import Mapping

from gongkai.catalog.fields import COLUMNS

_ENGINE = "engine: "
_UNKNOWN = "这一行不能收录（代码 {code}），请联系系统管理员。"
FIELD_TITLES: Mapping[str, str] = {
    **{each.key: each.headings.partition(" ")[0] for each in COLUMNS},
    "id": "编号",
    "extra": "其他栏目",
}

REASONS: Mapping[str, str] = {
    # A cell
    "missing": "“{field}”没有填写，请补上。",
    "too_long": "“{field}”内容过长，请缩短，或者检查引号是否成对。",
    "too_many_values": "“{field}”的内容过多，请减少到规定的数量。",
    "unclean": "“{field}”不是本系统写出的形式，请从来源重新获取。",
    "too_deep": "“{field}”的数据嵌套过深，请改为普通文字。",
    "ambiguous_date": "“{field}”有两种以上读法，请写成 2009-02-20 的形式。",
    "invalid_date": "“{field}”不是存在的日期，请核对后写成 2009-02-20 的形式。",
    "filler_date": "“{field}”是程序在没有日期时写出的零值，请补上真实的日期。",
    "future_date": "“{field}”比今天晚一年以上，请核对年份。",
    "dot_segment": "“{field}”中不能有“.”或者“..”一段，请改写。",
    "not_text": "“{field}”应当是文字，请改为文字。",
    "not_http": "“{field}”不是 http 或者 https 网址，请写完整的网址。",
    "garbled": "“{field}”中有乱码，请用正确的编码重新导出。",
    "unknown_class": "“{field}”不在分类表中，请改用表中的分类，或者把它加进分类表。",
    "unknown_validity": "“{field}”不是规定的取值，请写有效、失效、废止、已修改或者尚未生效。",
    "unknown_agency": "“{field}”不在机构表中，请核对名称，或者把它加进机构表。",
    # Disclosure
    "missing_disclosure": "没有填写公开方式，请写主动公开、依申请公开或者不予公开。",
    "unknown_disclosure": "从“{field}”看不出能否公开，请写明主动公开、依申请公开或者不予公开。",
    "personal_data": "含有身份证号码或者银行卡号码，请在来源处遮盖后再发布。",
    "not_public": "这一行不予公开，不收录。",
    "other_unit": "这一行由其他单位发布，请交给发布单位，或者请编辑导入。",
    "not_own": "这个编号属于其他单位的信息，或者这条信息已经撤下、不再公开，请由编辑处理。",
    "withdrawn": "这条信息已经撤下；需要重新公开的，请先撤销撤下。",
    "withheld_row": "退回清单没有保存这一行的内容，请在来源文件中修改。",
    # A row or a file
    "not_an_object": "这一行不是一条记录，请检查文件的格式。",
    "not_json": "这一行不是完整的 JSON，请检查引号、逗号和括号。",
    "not_csv": "这一行的引号不成对，请检查后重新保存。",
    "column_count": "这一行的单元格多于表头的栏目，请检查有没有多余的分隔符。",
    "bad_encoding": "这一行有无法识别的字符，请把文件另存为 UTF-8 编码。",
    "bad_file": "文件损坏，请重新导出。",
    "encrypted": "表格设有密码，请取消密码后重新导出。",
    "strict_workbook": "表格为“严格 Open XML”格式，请另存为普通的 .xlsx 文件。",
    "old_workbook": "表格为旧版格式，请另存为 .xlsx 文件。",
    "uncalculated": "单元格中的公式没有计算结果，请在表格软件中打开并保存后重新导入。",
    "too_many_fields": "一条信息的字段过多，请检查导出文件。",
    "no_serial": "“{field}”缺少流水号，请填写完整。",
    "bad_xml": "XML 不完整，请重新导出。",
    "no_header": "没有找到认识的表头，请检查栏目名称。",
    "no_rows": "文件中没有记录，请检查导出的内容。",
    "hidden_sheet": "隐藏的工作表中有记录，请取消隐藏，或者删除该工作表。",
    "truncated": "文件不完整，请重新导出。",
    "unpacks_too_large": "压缩文件解开后过大，请拆分后重新导出。",
    "unknown_format": "文件格式无法识别，请改用 JSON、CSV、XLSX、XML 或者 HTML。",
    # Texts of attachments
    "no_text_layer": "附件是扫描件，没有可以检索的文字；请提供带文字的文件。",
    "machine_read": "附件是扫描件，文字由机器识别，可能有误；请核对，或者提供带文字的文件。",
    "too_costly": "附件解析时间过长或者占用内存过多，没有读出文字；请更换文件。",
    "closed_owner": "附件同时属于不予公开、未被收录或者已撤下的信息，没有读取；"
    "确需公开的，请改名后另存。",
    "unreadable": "附件损坏、加密或者过大，没有读出文字；请更换文件。",
}


def describe_reason(field: str, code: str) -> str:
    """Returns a sentence in Chinese; an unknown code gets a general sentence with the code."""
    if code.startswith(_ENGINE):
        return f"检索引擎不能收录这一行（{code.removeprefix(_ENGINE)}），请联系系统管理员。"
    return REASONS.get(code, _UNKNOWN).format(field=title_of(field), code=code)


def title_of(field: str) -> str:
    """Returns the displayed name of a field."""
    return FIELD_TITLES.get(field, field or "这一行")
