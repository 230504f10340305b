"""Reads when a document takes effect and when its stated term ends, from its title and text.

A sentence counts only if it speaks of the document itself (本办法自…起施行，有效期五年): not a
quoted text, not another document, not the term of a licence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.periods import DATE, SPAN, add_span, read_day, read_span

_TRIAL = lazy_re(
    r"[（(〔\[]\s?(?:试行|暂行)(?:稿|第[一二三四五]版)?\s?[)）〕\]]"
    r"|暂行(?:办法|规定|条例|细则|规则|标准|意见|制度|规程)(?:[（(][^（()）]{1,20}[)）])?》?(?:的通知)?\Z"
)
_PASSAGE_LIMIT = 200
_KIND = (
    "办法|规定|条例|细则|规则|通知|意见|方案|标准|决定|公告|通告|制度|措施|政策|批复|复函|函|规程|规范"
    "|规划|计划|目录|清单|名录|基准|决议|守则|法|解释|指南|指引|导则|要求|章程|准则|文件|预案|令|修正案|安排|纲要"
    "|要点|程序|裁量权|定额|价格|价|试点|批准|许可决定"
)
_OWN = (
    rf"(?:本(?:[\u4e00-\u9fff]{{0,12}}?)(?:{_KIND})"
    rf"|本《[^《》]{{1,60}}》|本[“\"][^”\"]{{1,40}}[”\"]|(?:以上|上述)(?:{_KIND}))"
)
_DAY_OF = (
    r"(?:本(?:[\u4e00-\u9fff]{1,8}?))?(?:发布|公布|印发|下发|发文|颁布|签发|签署|批准|颁发|批复|通过|文件印发)"
    r"(?:之日|当日|的?次日|日|之后|后)?"
)
_AFTER = rf"(?P<delay>{SPAN})(?:之?后|以后|届?满后)"
_VERB = r"(?:正式|开始|起|起始)?(?:施行|实施|执行|生效|试行|实行|启用)"
_START = (
    rf"[自从于]?(?:(?P<start>{DATE})(?:之?日)?|(?P<issue>{_DAY_OF}))"
    rf"(?:零时)?(?:起|开始|后)?(?:{_AFTER})?"
)
_COMMENCES = lazy_re(rf"{_START},?{_VERB}")
_LATER_START = lazy_re(
    rf"[自从于](?:{DATE}|(?:发布|公布|印发|下发|发文|颁布)之日)起?(?:正式)?(?:施行|实施|执行)"
)
_LENGTH = rf"(?:为|是|暂?定为?|共)?(?P<length>{SPAN})"
_UNTIL = (
    rf"(?:自?(?P<from>{DATE})(?:之?日)?起?,?)?(?:延续|持续|延长)?(?:至|到|截至|截止(?:到|至|日期为)?|止于)"
    rf"(?P<end>{DATE}|[0-9]{{4}}年(?:年?底|末))"
)
_NAME_OF_TERM = (
    r"(?:暂?定)?(?:有效期|试行期|施行期|实施期|执行期|适用期|暂行期|试点期|有效时间|执行时间|实施时间|有效)"
    r"(?:限|间)?[:为是]?"
)
_TERM = lazy_re(
    rf"(?:其|并|暂|政策|文件)?(?:{_NAME_OF_TERM}{_UNTIL}"
    rf"|(?:{_NAME_OF_TERM}|试行|暂行|执行|施行|实施|暂定){_LENGTH}"
    rf"|(?P<bare>{SPAN})(?:内?有效|期满))"
)
_ENDS = lazy_re(
    rf"(?:并|其)?(?:于|自|到|至|截至|截止到?|有效至|施行至|执行至|实施至|试行至)?(?P<end>{DATE})"
    r"(?:之?日)?(?P<how>止|起?(?:自动|自行|同时)?(?:失效|废止|停止执行|终止))"
)
_FROM_TO = lazy_re(
    rf"[自从]?(?P<from>{DATE})(?:之?日)?(?:起|开始)?(?:{_VERB})?,?(?:至|到|-|—|~)(?P<end>{DATE})(?:之?日)?"
    r"(?:止|期间)?(?:有效|施行|实施|执行|试行|内有效)?"
)
_ARTICLE = lazy_re(
    r"第[0-9一二三四五六七八九十百千零〇]{1,9}条(?:【[^【】]{1,20}】)?|[(（]?[一二三四五六七八九十0-9]{1,3}[)）、.．]"
)
_SUBJECT = lazy_re(rf"{_OWN}的?(?:[(（][^()（）]{{1,20}}[)）])?")
_OWN_KIND = lazy_re(rf"({_KIND})(?:[（(][^（()）]{{1,20}}[)）])?\Z")
_NOTE = lazy_re(rf"[(（][^()（）]{{0,160}}?{_START}{_VERB}[)）]?")
_QUOTED = lazy_re(r"“[^“”]{0,2000}”")
_SENTENCE = lazy_re(r"[^。；;\n]+")
_SPEAKS_OF_OTHERS = lazy_re(
    r"解读|问答|图解|读懂|发布会|起草说明|编制说明|征求意见|征集|草案|公示\Z|答记者问|新闻|关于延长"
)
_FOLDED = str.maketrans("０１２３４５６７８９，：", "0123456789,:")
_CLAUSE = lazy_re(r"[^,]+")
_SENTENCE_LIMIT = 800
_WORDS = ("行", "效", "止", "施")
_MARK = lazy_re(
    r"[（(〔【\[]\s?(?:注[:：])?(?:[0-9.年月日,，于自起 -]{0,20})"
    r"(?:已经|业已|已被|已|被|全文|宣布|自动|自行|现|即行|予以|此件|本文件){0,3}(?P<state>废止|失效)"
    r"[0-9.年月日 -]{0,12}[)）〕】\]]"
)


@dataclass(frozen=True, slots=True)
class ValidityPeriod:
    """The period that a document states for itself.

    `expires_on` is the last day in force. `passage` is the sentence with the term, or else the one
    with the commencement. `is_trial` is true where the title says 试行 or 暂行.
    """

    effective_on: PartialDate | None = None
    expires_on: PartialDate | None = None
    passage: str = ""
    is_trial: bool = False

    def is_passed(self, today: date) -> bool:
        """Whether the stated term has passed."""
        return self.expires_on is not None and self.expires_on.last_day < today


NO_PERIOD = ValidityPeriod()


def read_ended_mark(title: str) -> str | None:
    """Returns 废止 or 失效 where a mark at either end of the title says so: （已废止）."""
    stripped = title.strip(" 　*")
    for match in _MARK.finditer(stripped):
        if match.start() == 0 or match.end() == len(stripped):
            return match["state"]
    return None


def read_validity_period(title: str, body: str, issued: PartialDate | None) -> ValidityPeriod:
    """Returns the period; `issued` is the day that 自发布之日起 means, if it is known."""
    period = NO_PERIOD
    if not _SPEAKS_OF_OTHERS.search(title):
        for found in _Reader(title, issued).read(_hide_quotes(body)):
            # The last sentence counts: a notice ends with the text of the rule that it announces.
            if found.expires_on or not period.expires_on:
                period = found
    return replace(period, is_trial=True) if _TRIAL.search(title) else period


def _hide_quotes(body: str) -> str:
    return _QUOTED.sub(lambda match: "□" * len(match[0]), body)


class _Reader:
    """Reads the sentences of one document that speak of it."""

    def __init__(self, title: str, issued: PartialDate | None) -> None:
        kind = _OWN_KIND.search(title)
        self._kind = kind[1] if kind else "本"
        self._issued = issued

    def read(self, body: str) -> Iterator[ValidityPeriod]:
        """Yields what each sentence states, with the sentence."""
        note = _NOTE.search(body[:1_000])
        if note and (start := _read_start(note, self._issued)):
            yield ValidityPeriod(start, passage=_tidy(note[0]))
        before: ValidityPeriod | None = None
        for match in _SENTENCE.finditer(body):
            found = self._read_sentence(match[0], before)
            if found:
                yield replace(found, passage=_tidy(match[0]))
            before = found if found and not found.expires_on else None

    def _read_sentence(self, text: str, before: ValidityPeriod | None) -> ValidityPeriod | None:
        if not any(word in text for word in _WORDS) or len(text) > _SENTENCE_LIMIT:
            return None
        sentence = "".join(text.split()).translate(_FOLDED)
        article = _ARTICLE.match(sentence)
        sentence = sentence[article.end() :] if article else sentence
        if not before and not self._may_have_subject(sentence):
            return None
        is_own = False
        for clause in _CLAUSE.finditer(sentence):
            rest = self._after_subject(sentence, clause.start())
            is_own = is_own or (rest is not None and not clause.start())
            # 本规定由市财政局负责解释，自发布之日起施行。
            if rest is None and is_own and _LATER_START.match(clause[0]):
                rest = sentence[clause.start() :]
            if rest and (found := _read_clauses(rest, self._issued, None)):
                return found
        # 本办法自2021年1月1日起施行。有效期五年。
        if before:
            return _read_clauses(sentence, self._issued, before.effective_on, must_end=True)
        return None

    def _may_have_subject(self, sentence: str) -> bool:
        """Whether a sentence may speak of the document; a fast test, false for most sentences."""
        return any(word in sentence for word in ("本", "以上", "上述", self._kind))

    def _after_subject(self, sentence: str, at: int) -> str | None:
        if subject := _SUBJECT.match(sentence, at):
            return sentence[subject.end() :]
        if sentence.startswith(self._kind, at):
            return sentence[at + len(self._kind) :]
        return None


def _read_clauses(
    text: str, issued: PartialDate | None, start: PartialDate | None, *, must_end: bool = False
) -> ValidityPeriod | None:
    """Reads clauses from the first on; the first that is neither a start nor a term ends it."""
    end: PartialDate | None = None
    is_stated = False
    text = text.lstrip(",、")
    while text:
        if match := _FROM_TO.match(text):
            start, end = read_day(match["from"]), read_day(match["end"], is_end=True)
        elif match := _COMMENCES.match(text):
            start, is_stated = _read_start(match, issued), True
        elif match := _TERM.match(text):
            end = _read_end(match, start or issued) or end
            start = read_day(match["from"]) or start if match["from"] else start
        elif match := _ENDS.match(text):
            end = _last_day(match)
        else:
            break
        text = text[match.end() :].lstrip(",、并且和及()（）")
        if end:
            break
    if end and start and end.last_day < start.first_day:
        return None
    has_content = end if must_end else end or (is_stated and start)
    return ValidityPeriod(start, end) if has_content else None


def _last_day(match: re.Match[str]) -> PartialDate | None:
    day = read_day(match["end"], is_end=True)
    # 2026年1月1日起废止: the day before is the last one in force.
    return add_span(day, days=-1) if day and match["how"].startswith("起") else day


def _read_start(match: re.Match[str], issued: PartialDate | None) -> PartialDate | None:
    if match["start"]:
        return read_day(match["start"])
    day = issued if issued and issued.day else None
    if day and "次日" in match["issue"]:
        day = add_span(day, days=1)
    delay = read_span(match["delay"]) if day and match["delay"] else None
    return add_span(day, **delay) if day and delay else day


def _read_end(match: re.Match[str], start: PartialDate | None) -> PartialDate | None:
    if match["end"]:
        return read_day(match["end"], is_end=True)
    span = read_span(match["length"] or match["bare"])
    if not span or not start:
        return None
    last = start.last_day
    end = add_span(PartialDate(last.year, last.month, last.day), **span)
    return add_span(end, days=-1) if end else None


def _tidy(sentence: str) -> str:
    text = " ".join(sentence.split())
    return text if len(text) <= _PASSAGE_LIMIT else f"{text[:_PASSAGE_LIMIT]}…"
