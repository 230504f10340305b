"""The common frame and the Chinese labels of the staff pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gongkai.catalog.record import Record
from gongkai.duplicates.clusters import Cluster, Pair
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.decisions import Decision, Verdict
from gongkai.duplicates.differences import Passage, Piece, list_passages, mark_differences
from gongkai.duplicates.evidence import Difference, Evidence, Kind, WrongCharacters
from gongkai.duplicates.titles import TitleRelation
from gongkai.staff.audit import Action
from gongkai.staff.audit_subjects import AuditSubject, ListName, MatchCount, Ruling, StaffList
from gongkai.staff.roles import Role
from gongkai.staff.tokens import Session
from search_api.web.rendering import PageContext, render
from search_api.web.site import record_path

KIND_LABELS: Mapping[Kind, str] = {
    Kind.SAME_INDEX_NUMBER: "索引号相同",
    Kind.SAME_DOCUMENT_NUMBER: "文号相同",
    Kind.SAME_TEXT: "正文相同",
    Kind.NEAR_TEXT: "正文基本相同",
    Kind.SAME_ENTRY: "标题、机构和日期相同（没有正文）",
    Kind.REVISION: "同名文件，正文有修订",
    Kind.OTHER_EDITION: "同类文件，年份或者批次不同",
    Kind.OTHER_REGION: "同类文件，地区或者机构不同",
    Kind.PASSED_ON: "一件转发或者印发另一件",
    Kind.CONTAINED: "一件的正文包含另一件",
    Kind.SAME_FORM: "套用同一格式的不同文件",
    Kind.SAME_TITLE: "标题相同，正文不同",
    Kind.NUMBER_CONFLICT: "号码相同，正文不同",
}
_EVIDENCE: Mapping[TitleRelation | Difference, str] = {
    Difference.SENTENCES_MOVED: "段落次序不同",
    Difference.FRAME_ADDED: "一件多出页眉、导航等内容",
    TitleRelation.SAME: "标题相同",
    TitleRelation.OTHER_EDITION: "标题的年份或者批次不同",
    TitleRelation.OTHER_REGION: "标题的地区或者机构不同",
    TitleRelation.PASSED_ON: "标题为转发或者印发",
    TitleRelation.DIFFERENT: "标题不同",
    Difference.DOCUMENT_NUMBER: "文号不同",
    Difference.INDEX_NUMBER: "索引号不同",
    Difference.DATE_OF_ISSUE: "成文日期不同",
}
ACTION_LABELS: Mapping[str, str] = {
    Action.SIGN_IN: "登录",
    Action.SIGN_OUT: "退出",
    Action.SIGN_IN_REFUSED: "登录被拒绝",
    Action.TOKEN_ADDED: "新增令牌",
    Action.TOKEN_REVOKED: "吊销令牌",
    Action.CHECKED: "发布前核对",
    Action.DECIDED: "处理重复",
    Action.UNDONE: "撤销处理",
    Action.RECORD_WITHDRAWN: "撤下信息",
    Action.RECORD_RESTORED: "撤销撤下",
    Action.VERSIONS_ERASED: "删除早先的文本",
    Action.EXPORTED: "导出清单",
    Action.VIEWED: "查看清单",
    Action.CERTIFIED: "出具检索证明",
    Action.EXAMINED: "系统检查",
    Action.UPLOADED: "上传文件",
    Action.TAKEN_IN: "导入文件",
    Action.CORRECTED: "更正退回的行",
    Action.JOB_STOPPED: "停止任务",
    Action.JOB_REPEATED: "重新运行任务",
    Action.JOB_DISCARDED: "删除上传的文件",
    Action.VOCABULARY_ADDED: "保存词表条目",
    Action.VOCABULARY_REMOVED: "停用词表条目",
    Action.VOCABULARY_RESTORED: "恢复词表条目",
    Action.VOCABULARY_IMPORTED: "导入词表",
}
_LISTS: Mapping[ListName, str] = {
    ListName.DUPLICATES: "查重：",
    ListName.REJECTED: "退回清单 ",
    ListName.ZERO_RESULTS: "没有结果的检索",
    ListName.STATISTICS: "年度数据 ",
    ListName.EXPIRING: "期限将满的文件：",
    ListName.SUPERVISION: "公开督查 ",
    ListName.GAPS: "文号缺号",
    ListName.VOCABULARY: "检索词表",
}
STATES: Mapping[str, str] = {
    "open": "待处理",
    Decision.DUPLICATE: "判为重复",
    Decision.DISTINCT: "判为不同",
    Decision.VERSION: "判为新旧版本",
}
"""The states of a cluster."""
_PARTS: Mapping[str, str] = {**STATES, "coming": "将要到期", "passed": "已经到期"}
MENU: Mapping[str, Sequence[tuple[str, str, Role]]] = {
    "日常工作": (
        ("/staff", "首页", Role.CLERK),
        ("/staff/jobs", "导入", Role.CLERK),
        ("/staff/rejected", "退回清单", Role.CLERK),
        ("/staff/records", "信息处理", Role.CLERK),
        ("/staff/check", "发布前核对", Role.CLERK),
        ("/staff/duplicates", "查重", Role.CLERK),
    ),
    "检查督查": (
        ("/staff/supervision", "公开督查", Role.EDITOR),
        ("/staff/unclassified", "未分类", Role.EDITOR),
        ("/staff/expiring", "期限将满", Role.EDITOR),
        ("/staff/gaps", "文号缺号", Role.EDITOR),
    ),
    "检索效果": (
        ("/staff/searches", "没有结果的检索", Role.EDITOR),
        ("/staff/vocabulary", "检索词表", Role.EDITOR),
    ),
    "数据证明": (
        ("/staff/statistics", "年度数据", Role.EDITOR),
        ("/staff/certificate", "检索证明", Role.EDITOR),
    ),
    "系统": (
        ("/staff/audit", "操作记录", Role.EDITOR),
        ("/staff/doctor", "系统检查", Role.EDITOR),
        ("/staff/tokens", "令牌", Role.ADMINISTRATOR),
        ("/staff/settings", "设置", Role.ADMINISTRATOR),
    ),
}
"""The groups of the menu: address, label, and the least role that may open the page."""
ROLE_LABELS: Mapping[Role, str] = {
    Role.CLERK: "经办人",
    Role.EDITOR: "编辑",
    Role.ADMINISTRATOR: "管理员",
}


@dataclass(frozen=True, slots=True)
class Facing:
    """One record compared with the first record of its cluster."""

    record: Record
    href: str
    evidence: Sequence[str]
    pieces: Sequence[Piece]
    passages: Sequence[Passage]
    is_same: bool


def render_staff(template: str, context: PageContext, session: Session, **shown: object) -> str:
    """Renders a page in the frame of the staff area."""
    path = context.here.partition("?")[0]
    here = _find_listed(path)
    menu = {
        "menu": _choose_menu(session.token.role),
        "group": _find_group(here),
        "here": here,
        "is_listed": path == here,
        "role": ROLE_LABELS[session.token.role],
    }
    return render(f"staff/{template}", context, session=session, **menu, **shown)


def _choose_menu(role: Role) -> dict[str, list[tuple[str, str]]]:
    """Returns address and label of the pages that a role may open, by group."""
    menu = {
        group: [(href, label) for href, label, least in pages if role.includes(least)]
        for group, pages in MENU.items()
    }
    return {group: pages for group, pages in menu.items() if pages}


def _find_listed(path: str) -> str:
    """Returns the page of the menu that this page is, or is below."""
    pages = [href for listed in MENU.values() for href, _, _ in listed]
    return max((href for href in pages if path.startswith(href)), default="")


def _find_group(listed: str) -> str:
    """Returns the group of a page of the menu."""
    return next(
        (name for name, pages in MENU.items() if listed in {href for href, _, _ in pages}),
        next(iter(MENU)),
    )


def label_evidence(evidence: Sequence[Evidence]) -> list[str]:
    """Returns labels for the evidence, without repetition."""
    return list(dict.fromkeys(_label(each) for each in evidence))


def face(cluster: Cluster, records: Sequence[Record]) -> list[Facing]:
    """Returns every record of a cluster compared with the first one, by character."""
    if not records:
        return []
    first = Subject.of(records[0])
    return [_face(first, each, cluster.pairs) for each in records]


def label_subject(subject: AuditSubject) -> str:
    """Returns a label for the subject of an audit entry; an id stays unchanged."""
    match subject:
        case StaffList(name, part):
            return f"{_LISTS[name]}{_PARTS.get(part, part)}".strip()
        case MatchCount(found):
            return f"找到 {found} 条"
        case Ruling(cluster, decision):
            return f"{cluster} {STATES[decision]}"
        case str():
            return subject


def describe_verdict(verdict: Verdict) -> str:
    """Returns a decision as a sentence."""
    day = verdict.decided_at[:10]
    word = STATES[verdict.decision]
    return f"{verdict.decided_by} 于 {day} {word}"


def _face(first: Subject, record: Record, pairs: Sequence[Pair]) -> Facing:
    subject = Subject.of(record)
    ends = {first.id, subject.id}
    evidence = [
        e for pair in pairs if {pair.one, pair.other} == ends for e in pair.finding.evidence
    ]
    is_first = subject.id == first.id
    pieces = [] if is_first else mark_differences(first.body, subject.body)
    return Facing(
        record=record,
        href=record_path(record.id),
        evidence=label_evidence(evidence),
        pieces=pieces,
        passages=[] if is_first else list_passages(first.body, subject.body),
        is_same=all(piece.is_equal for piece in pieces),
    )


def _label(evidence: Evidence) -> str:
    match evidence:
        case WrongCharacters(count):
            return f"零星错字 {count} 处"
        case Kind():
            return KIND_LABELS[evidence]
        case _:
            return _EVIDENCE[evidence]
