"""The page that shows a problem and what the reader can do."""

from collections.abc import Mapping

from gongkai.catalog.fields import TITLES
from gongkai.search.responses import Problem
from search_api.web.rendering import PageContext, render

_PARAMETERS: Mapping[str, str] = {
    **TITLES,
    "q": "检索词",
    "published_from": "起始日期",
    "published_to": "截止日期",
    "issued_from": "起始成文日期",
    "issued_to": "截止成文日期",
    "effective_from": "起始施行日期",
    "effective_to": "截止施行日期",
    "in_force": "是否只列出有效的",
    "scope": "检索范围",
    "sort": "排序方式",
    "page": "页码",
    "size": "每页条数",
    "facet_size": "分类取值个数",
    "cursor": "翻页标记",
    "expand": "扩展检索词",
    "correct": "自动纠错",
    "dates": "识别日期",
    "relax": "放宽条件",
    "find": "查找内容",
    "record": "信息编号",
    "back": "返回地址",
    "layout": "版式",
    "colours": "颜色",
    "wanted": "所需政府信息",
}


def render_problem(problem: Problem, context: PageContext, home: str = "/") -> str:
    """Renders the problem and nothing beyond its content."""
    parameter = _PARAMETERS.get(problem.parameter or "", problem.parameter)
    return render("problem.html", context, problem=problem, parameter=parameter, home=home)
