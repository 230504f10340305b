"""Judges the figures of an agency: a light for each requirement, always with a word and a fact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from gongkai.catalog.agencies import Agency
from gongkai.catalog.duties import Duties, Duty, Rule
from gongkai.staff.unit_figures import UnitFigures
from gongkai.staff.working_days import TERM

TIMELINESS, UNCLASSIFIED = "公开时限", "未分类"
DEAD, REPEALED, UNMARKED = "附件失效", "废止未标注", "有效性未标注"
MEASURED = (TIMELINESS, UNCLASSIFIED, DEAD, REPEALED, UNMARKED)
"""Names of the requirements beside the duties, in the order of the table."""
_LIMITS = {
    TIMELINESS: (0.05, 0.2),
    UNCLASSIFIED: (0.05, 0.2),
    DEAD: (0.0, 0.05),
    UNMARKED: (0.2, 0.5),
}
"""Shares up to which a requirement is met, and up to which it is not yet failed."""
_REPEALED_MOST = 2
"""Records repealed without a mark that are not yet a failure."""
_YEARS = 5
"""Years of annual reports that are looked at; earlier ones may be on an older platform."""


class Light(IntEnum):
    """The state of a requirement, the worst highest."""

    NONE = 0
    GREEN = 1
    YELLOW = 2
    RED = 3

    @property
    def word(self) -> str:
        """Returns what the light says."""
        return ("无数据", "合格", "需改进", "不合格")[self]

    @property
    def tone(self) -> str:
        """Returns the name of its colour and shape in style sheets."""
        return ("none", "good", "warning", "fault")[self]


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement of one agency: its name, its light, and the fact behind it."""

    name: str
    light: Light
    fact: str


@dataclass(frozen=True, slots=True)
class Judged:
    """An agency with its figures and checks."""

    agency: Agency
    figures: UnitFigures
    checks: Sequence[Check]

    @property
    def light(self) -> Light:
        """Returns the worst light."""
        return max((each.light for each in self.checks), default=Light.NONE)

    @property
    def failed(self) -> int:
        """Returns the number of failed requirements."""
        return sum(each.light is Light.RED for each in self.checks)


def name_checks(duties: Duties) -> tuple[str, ...]:
    """Returns the names of all requirements, in the order of the table."""
    return (*(each.name for each in duties.duties), *MEASURED)


def judge(agency: Agency, figures: UnitFigures, duties: Duties, today: date) -> Judged:
    """Returns the checks of an agency on a day."""
    owed = [_check_duty(each, agency, figures, today) for each in duties.of_level(agency.level)]
    return Judged(agency, figures, (*owed, *_measure(figures)))


def _check_duty(duty: Duty, agency: Agency, figures: UnitFigures, today: date) -> Check:
    if duty.rule is Rule.ANNUAL:
        return _check_reports(duty, agency, figures, today)
    count = figures.duties[duty.name]
    return Check(duty.name, Light.GREEN, f"{count} 条") if count else _fail(duty.name, "没有")


def _check_reports(duty: Duty, agency: Agency, figures: UnitFigures, today: date) -> Check:
    due = [
        (year, day)
        for year in range(today.year - _YEARS, today.year)
        if (day := duty.due_on(agency, year)) and day < today
    ]
    if not due:
        return Check(duty.name, Light.NONE, "未到期")
    year, day = due[-1]
    published = figures.reports.get(year)
    if published is None:
        return _fail(duty.name, f"缺 {year} 年")
    if published > day.isoformat():
        late = (date.fromisoformat(published) - day).days
        return Check(duty.name, Light.YELLOW, f"{year} 年的迟 {late} 天")
    first = min(figures.reports)
    missing = [str(each) for each, _ in due if each > first and each not in figures.reports]
    if missing:
        return Check(duty.name, Light.YELLOW, f"缺 {'、'.join(missing)} 年")
    return Check(duty.name, Light.GREEN, f"{year} 年的按期")


def _measure(figures: UnitFigures) -> Iterator[Check]:
    median = figures.median_lag
    lag = "" if median is None else f"中位数 {median:g} 个工作日，"
    late = f"{lag}超过 {TERM} 个工作日的 {figures.late:,} 条"
    yield _check_share(TIMELINESS, figures.late, figures.dated, late)
    counted = f"{figures.unclassified:,} 条"
    yield _check_share(UNCLASSIFIED, figures.unclassified, figures.records, counted)
    yield _check_share(DEAD, figures.dead, figures.attachments, f"{figures.dead:,} 个")
    yield _check_repealed(figures)
    unmarked = f"{figures.unmarked:,} 件有文号的文件"
    yield _check_share(UNMARKED, figures.unmarked, figures.numbered, unmarked)


def _check_share(name: str, part: int, whole: int, counted: str) -> Check:
    if not whole:
        return Check(name, Light.NONE, "无数据")
    share = part / whole
    good, bad = _LIMITS[name]
    light = Light.GREEN if share <= good else Light.YELLOW if share <= bad else Light.RED
    return Check(name, light, f"{counted}（{share:.0%}）")


def _check_repealed(figures: UnitFigures) -> Check:
    if not figures.records:
        return Check(REPEALED, Light.NONE, "无数据")
    count = figures.repealed
    light = Light.RED if count > _REPEALED_MOST else Light.YELLOW if count else Light.GREEN
    return Check(REPEALED, light, f"{count:,} 件")


def _fail(name: str, fact: str) -> Check:
    return Check(name, Light.RED, fact)
