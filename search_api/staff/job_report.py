"""Words what `gongkai inspect --json` and `gongkai index --json` state, for the page of a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.staff.jobs import Job, JobState, Stage
from gongkai.staff.reject_reasons import describe_reason, title_of

STATE_WORDS: Mapping[JobState, str] = {
    JobState.WAITING: "等待",
    JobState.RUNNING: "正在运行",
    JobState.DONE: "完成",
    JobState.FAILED: "失败",
    JobState.STOPPED: "已停止",
    JobState.INTERRUPTED: "中断",
}
_STAGE_WORDS: Mapping[Stage, str] = {Stage.INSPECT: "检查文件", Stage.INDEX: "导入"}
_OUTCOMES: Mapping[str, str] = {"accepted": "可以导入", "refused": "退回", "withheld": "不收录"}
_REVIEWS: Mapping[str, str] = {
    "same_id": "编号与另一文件相同，两件均已保留，本件另编编号",
    "likely_closed": "有一行不予公开，可能是一条已公开的信息，请核对",
    "closed_file": "附件与不予公开的信息是同一文件，附件文字已撤下",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """One line of a report: what was counted, how many, and the reasons with their numbers."""

    name: str
    count: int
    reasons: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is recognised in a file."""

    format: str
    encoding: str
    sheets: Sequence[tuple[str, int]]
    columns: Sequence[tuple[str, str, int, str]]
    """Heading, field, filled cells, example."""
    counts: Sequence[Counted]
    rows: Sequence[tuple[int, str, str]]
    """Line, outcome, title or reason."""


def describe_state(job: Job) -> str:
    """Returns stage and state in a few words."""
    if job.can_be_taken:
        return "已检查，等待导入"
    if job.state is JobState.WAITING and job.started_at and job.stage is Stage.INDEX:
        return "等待：另一个导入正在进行"
    return f"{_STAGE_WORDS[job.stage]}：{STATE_WORDS[job.state]}"


def describe_inspection(found: Mapping[str, Any]) -> Inspected | None:
    """Returns what an inspection has found in the file, None before it."""
    if not found:
        return None
    report = next(iter(found["files"]), None)
    skipped = [(each["detail"], 1) for each in found["skipped"]]
    if report is None:
        return Inspected("", "", (), (), (Counted("没有读取", len(skipped), skipped),), ())
    rows = report["rows"]
    parts = [*skipped, *((each["detail"], each["count"]) for each in report["skipped"])]
    return Inspected(
        report["format"],
        report["encoding"] or "",
        [(each["name"], each["rows"]) for each in report["sheets"]],
        [_describe_column(each) for each in report["columns"]],
        [
            Counted("读取", rows["read"]),
            Counted("可以导入", rows["accepted"]),
            *_count("退回", rows["refused"]),
            *_count("不收录", rows["withheld"]),
            *_count("提示", rows["warnings"]),
            *([Counted("没有读取", sum(n for _, n in parts), parts)] if parts else ()),
        ],
        [_describe_row(each) for each in report["first"]],
    )


def describe_run(report: Mapping[str, Any]) -> Sequence[Counted]:
    """Returns the lines of a run's report, as the command line prints them; none before the run."""
    if not report:
        return ()
    reviews = [(_REVIEWS.get(name, name), count) for name, count in report["reviews"].items()]
    skipped = [(describe_reason("", each["reason"]), each["count"]) for each in report["skipped"]]
    return [
        Counted("读取", report["read"]),
        Counted("新增或者更新", report["indexed"]),
        Counted("没有变化", report["unchanged"]),
        *_count("退回", report["refused"]),
        *_count("不收录", report["withheld"]),
        *_count("提示", report["warnings"]),
        *([Counted("因不再公开而撤下", report["closed"])] if report["closed"] else ()),
        *([Counted("请核对", sum(n for _, n in reviews), reviews)] if reviews else ()),
        *([Counted("没有读取", sum(n for _, n in skipped), skipped)] if skipped else ()),
    ]


def _count(name: str, reasons: Mapping[str, int]) -> Sequence[Counted]:
    """Returns a line for counts by `field: code` or `code`; none where nothing was counted."""
    worded = [(_word(reason), count) for reason, count in reasons.items() if count]
    return [Counted(name, sum(count for _, count in worded), worded)] if worded else []


def _word(reason: str) -> str:
    field, colon, code = reason.partition(": ")
    if not colon or field == "engine":
        return describe_reason("", reason)
    return f"{title_of(field)}：{describe_reason(field, code)}"


def _describe_column(column: Mapping[str, Any]) -> tuple[str, str, int, str]:
    field = column["field"]
    known = title_of(field) if field else "不认识，原样保留"
    is_unused = field and column["filled"] and not column["used"]
    return (
        column["heading"],
        f"{known}（已由别的栏目填写）" if is_unused else known,
        column["filled"],
        column["example"] or "",
    )


def _describe_row(row: Mapping[str, Any]) -> tuple[int, str, str]:
    said = row.get("title", "")
    if row["outcome"] != "accepted":
        said = describe_reason(row.get("field", ""), row.get("reason", ""))
    return row["line"], _OUTCOMES[row["outcome"]], said
