"""Column headings of other systems: portals, content management, office automation.

The catalog's own headings take precedence over these, and earlier ones over later ones.
"""

from collections.abc import Mapping

from analyzers.lazy_pattern import lazy_re

_TELLING: Mapping[str, str] = {
    "index_number": (
        "索引编号 信息索引 索引码 政府信息索引号 索引号码 信息索引码 indexNumber indexNo "
        "indexNum indexCode syh"
    ),
    "title": (
        "文件名称 文件标题 公文标题 公文名称 文章标题 政策名称 政策标题 法规名称 标题名称 "
        "题名 主标题 文件题名 信息题名 政策文件名称 docTitle articleTitle infoTitle newsTitle "
        "fileTitle titleName wjbt xxbt newsName"
    ),
    "document_number": (
        "发文文号 发文号 公文文号 公文字号 文件字号 文件文号 文件号 发布文号 发文编号 "
        "文书文号 政策文号 documentNumber documentNo docNumber docNo docNum fileNumber fileNo "
        "fileNum pcode wenhao fileCode fwzh"
    ),
    "publisher": (
        "发文机构 发文单位 发文部门 发布机关 发布部门 发布主体 公布机关 公布单位 印发机关 "
        "印发单位 印发机构 制发机关 制发单位 制定机关 制定单位 公开机构 公开单位 责任部门 "
        "信息发布机构 信息发布单位 信息公开单位 颁布机关 颁布单位 颁布部门 颁发机关 颁发部门 "
        "制作单位 公开主体 publisherName publishOrg publishOrgName publishUnit publishDept "
        "pubOrg issuingAgency issuer issuingAuthority issueOrg issueUnit publishingAgency "
        "fwjg fbjg"
    ),
    "issued_on": (
        "印发日期 印发时间 成文时间 发文时间 签发日期 签发时间 制发日期 制定日期 生成时间 "
        "文件日期 落款日期 形成日期 签署日期 成文日 印发日 issueDate issuedDate issueTime "
        "docDate writtenDate ptime writeDate generateDate cwrq fwrq"
    ),
    "published_on": (
        "公布日期 公布时间 公开时间 上网日期 上网时间 发表日期 发表时间 信息发布日期 "
        "信息发布时间 网站发布时间 颁布日期 颁布时间 挂网日期 挂网时间 上传日期 上传时间 "
        "信息公开日期 信息公开时间 pubDate pubTime pubTimeStr publishDate publishTime "
        "publishedDate publishedTime publishedAt publicationDate displayPublishTime "
        "displayPublishDate releaseDate releaseTime docPubTime docRelTime publishDateStr "
        "publishTimeStr displayTime displayDate showTime onlineTime fbrq fbsj"
    ),
    "category": "组配类别",
    "topic": "主题类别 主题分类名称 所属主题 信息分类 主题目录 childtype topicName",
    "audience": "服务对象类别 服务对象名称",
    "genre": ("文种 公文种类 公文文种 体裁类别 体裁名称 文体 公文体裁 公文类型 信息体裁"),
    "validity": (
        "效力状态 效力状况 效力情况 有效状态 有效情况 时效状态 时效性状态 文件效力 文件有效性 "
        "是否有效 是否失效 是否废止 时效性说明 效力说明 isAbolished isRepealed validityStatus "
        "effectStatus timeliness effectiveStatus"
    ),
    "keywords": ("关键字 主题关键词 检索词 关键词语 主题标引 docKeywords subjectWord keyword"),
    "summary": (
        "内容摘要 内容简介 内容提要 文件摘要 信息摘要 摘要内容 主要内容 内容概要 docAbstract"
    ),
    "body": (
        "正文内容 正文文本 信息正文 文章内容 文章正文 文件内容 文件正文 公文正文 内容正文 "
        "详细内容 正文HTML 内容详情 信息详情 文本内容 全文内容 政策正文 docContent docHtmlCon "
        "articleContent contentText bodyText contentHtml htmlContent bodyHtml infoContent "
        "newsContent detailContent articleText mainBody zwnr"
    ),
    "url": (
        "原文链接 原文地址 原文网址 链接地址 网页链接 网页地址 页面链接 页面地址 信息链接 "
        "详情链接 文章链接 来源网址 原文URL 网址链接 信息网址 信息地址 docPubUrl pubUrl "
        "docUrl articleUrl detailUrl pageUrl sourceUrl originUrl originalUrl webUrl infoUrl "
        "newsUrl sourceLink detailLink permalink"
    ),
    "attachments": (
        "附件列表 附件信息 附件名称 附件清单 附件文件 相关附件 附件名 附件地址 附件链接 "
        "附件路径 附件下载地址 attachment attachmentList attachList appendix attachFile "
        "attachmentUrl attachUrl annex accessory"
    ),
}
# These words also name lists and pages. They identify a cell, but not an object as a record.
_GENERAL: Mapping[str, str] = {
    "keywords": "标签 tags",
    "summary": "简介 概述 abstract digest",
    "body": "全文 fullText content html text",
    "url": "link href",
    "attachments": "附件下载 attachFiles fileList files",
}
_FLAGS: Mapping[str, tuple[str, str]] = {
    "是否废止": ("废止", ""),
    "isabolished": ("废止", ""),
    "isrepealed": ("废止", ""),
    "是否失效": ("失效", ""),
    "是否有效": ("有效", "失效"),
}
"""The validity that yes and no mean; "not repealed" does not imply that a text is in force."""
_YES = frozenset(("是", "1", "true", "yes", "y", "已废止", "已失效"))
_NO = frozenset(("否", "0", "false", "no", "n"))
_SEPARATORS = lazy_re(r"[_\-./]")


def fold_heading(heading: str) -> str:
    """Returns one spelling for pub_date, PUBDATE and pubDate."""
    return _SEPARATORS.sub("", heading).lower()


def _rank(table: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    return {
        fold_heading(heading): (key, place)
        for key, headings in table.items()
        for place, heading in enumerate(headings.split())
    }


TELLING = _rank(_TELLING)
"""Folded heading -> key, and the heading's rank for that key."""
GENERAL = {
    heading: (key, len(_TELLING[key].split()) + place)
    for heading, (key, place) in _rank(_GENERAL).items()
}
CHINESE = tuple(
    heading
    for table in (_TELLING, _GENERAL)
    for headings in table.values()
    for heading in headings.split()
    if not heading.isascii()
)


def read_flag(heading: str, value: object) -> object:
    """Returns the validity for a yes or no under such a heading; empty where it is open."""
    meanings = _FLAGS.get(heading)
    if meanings is None:
        return value
    said = str(value).strip().lower()
    return meanings[0] if said in _YES else meanings[1] if said in _NO else value
