"""`/staff/doctor`: the checks of `gongkai doctor` on one page, and a form to run them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from gongkai.staff.audit import Action
from search_api.http.dependencies import ContextDependency
from search_api.staff.examination import LIMIT_SECONDS, Examination
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import ActingByForm, ExaminerDependency, Looking

REFRESH_SECONDS = 3
STATUS_LABELS: Mapping[str, str] = {"good": "正常", "warning": "注意", "fault": "故障"}
_RANKS = tuple(STATUS_LABELS)
_PARTS: Sequence[tuple[str, str, str, str]] = (
    (
        "index",
        "检索索引",
        "索引的每个文件完整，能够检索。",
        "请系统管理员在服务器上按说明中的命令处理；处理前检索可能不可用。",
    ),
    (
        "ledger",
        "撤下登记",
        "已撤下信息的登记完整，撤下的信息不会重新出现。",
        "登记修复以前系统停止检索和导入，以免撤下的信息重新公开。",
    ),
    (
        "databases",
        "工作数据",
        "令牌、操作记录、检索证明、查重结果和附件归属的数据库完整。",
        "请系统管理员先停止服务，再从最近的备份恢复。",
    ),
    (
        "disk",
        "磁盘空间",
        "剩余空间足够重建一次索引。",
        "请系统管理员清理旧备份和日志，或者扩大磁盘。",
    ),
    (
        "proxy",
        "反向代理",
        "反向代理的地址已经登记，访问频率按访问者分别限制。",
        "请系统管理员在服务设置中登记代理服务器的地址，然后重新启动服务。",
    ),
    (
        "ocr",
        "文字识别",
        "未启用，或者所需的程序已经安装。",
        "请系统管理员安装所缺的程序，或者关闭文字识别。",
    ),
)
"""Code, name, what holds if there is no fault, what to do otherwise."""
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True)
class PartState:
    """One row of the page."""

    name: str
    status: str
    texts: tuple[str, ...]
    remedy: str

    @property
    def label(self) -> str:
        return STATUS_LABELS[self.status]


@router.get("/doctor")
async def doctor(
    context: ContextDependency, acting: Looking, examiner: ExaminerDependency
) -> HTMLResponse:
    """Shows the last result; reloads itself while a run goes on."""
    latest = await run_in_threadpool(examiner.latest)
    rows = list_parts(latest) if latest and latest.finished and not latest.problem else []
    return HTMLResponse(
        render_staff(
            "doctor.html",
            context,
            acting.session,
            latest=latest,
            is_running=await run_in_threadpool(examiner.is_running),
            rows=rows,
            concerns=sum(row.status != "good" for row in rows),
            refresh=REFRESH_SECONDS,
            minutes=LIMIT_SECONDS // 60,
        )
    )


@router.post("/doctor")
async def examine(acting: ActingByForm, examiner: ExaminerDependency) -> Response:
    """Starts a run, unless one goes on, and shows the page."""
    if await run_in_threadpool(examiner.start):
        await run_in_threadpool(acting.note, Action.EXAMINED)
    return RedirectResponse("/staff/doctor", status_code=303)


def list_parts(examination: Examination) -> list[PartState]:
    """Returns every part with its worst status, faults first."""
    rows = []
    for part, name, sound, remedy in _PARTS:
        found = [each for each in examination.findings if each["part"] == part]
        status = max((each["status"] for each in found), key=_RANKS.index, default="good")
        texts = tuple(each["text"] for each in found) or (sound,)
        rows.append(PartState(name, status, texts, remedy if found else ""))
    return sorted(rows, key=lambda row: -_RANKS.index(row.status))
