"""Removes everything around the article of a portal page: menus, sharing, footers and so on.

These elements are recognised by common class names and by the words they begin with. The work is
linear in the size of the page.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lxml import html

_SILENT_TAGS = frozenset(("script", "style", "noscript", "template", "head", "input", "textarea"))
_FRAME_TAGS = frozenset(("header", "footer", "nav", "aside", "button", "select", "menu"))
_MENU_TAGS = frozenset(("ul", "ol", "dl", "div", "section", "table", "td"))
DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|txt|rtf|zip|rar|7z|csv)$", re.IGNORECASE
)
_MEDIA_TAGS = frozenset(("img", "iframe", "video", "audio", "object", "embed", "picture"))
# Class names, ids and parts of them (`share` in `share-box`) that also occur inside articles.
_BESIDE = (
    *(r"(?:bd|b|j)?share\w*", r"jiathis\w*", r"social\w*", "fenxiang", r"qrcode\w*", "ewm"),
    *("erweima", "saoyisao", "print(?:er|btn)", "dayin", "fontsize", "zihao", "pagination"),
    *("prenext", "prevnext", "shangxia", "shangyi", "xiayi", "related", "xiangguan", "tuijian"),
    *(r"xg(?:yd|wz|xw|jd|lj|xx|zx|nr)\w*", r"recommend\w*", "pinglun"),
)
_BESIDE_WHOLE = ("prev(?:ious)?", "pre", "next", "pager?", "sxp", "sxy", "tools?", "toolbar", "qr")
_AROUND = (
    *("header", "topbar", "footer", "foot", "copyright", "banquan", "friendlinks?", r"nav\w*"),
    *("menu", "daohang", r"breadcrumbs?\w*", "crumbs?", "curmbs?", "dqwz", "sidebar", "sitemap"),
)
_AROUND_WHOLE = (
    *(
        "top",
        "head",
        "bottom",
        "bread",
        "location",
        "weizhi",
        "position",
        "links?",
        "yqlj",
        "search",
    ),
    *("login", "banner", "hot", "hotnews", "rank", "logo", "side", "comments?"),
)
_Names: TypeAlias = tuple["re.Pattern[str]", "re.Pattern[str]"]
_BESIDE_NAMES: _Names = (re.compile("|".join(_BESIDE)), re.compile("|".join(_BESIDE_WHOLE)))
_FRAME_NAMES: _Names = (
    re.compile("|".join((*_BESIDE, *_AROUND))),
    re.compile("|".join((*_BESIDE_WHOLE, *_AROUND_WHOLE))),
)
_CONTROL_WORDS = re.compile(
    r"[\[【(（◀<«]?\s*(?:上一?[篇条页则][:：\s】\])）]|下一?[篇条页则][:：\s】\])）]|[上下]一?[篇条页则]$"
    r"|[前后]一[篇条页则]|分享[到至]|分享[:：]|一键分享|扫一扫|扫码(?:分享|关注)|扫描二维码(?:分享|关注)"
    r"|打印(?:本页|本文|[】\])|]|$)|关闭(?:窗口|本页|[】\])|]|$)|(?:字体|字号|文字大小)\s*[:：]"
    r"|[大中小](?:\s*[】\]]|\s*[大中小]\s*[大中小])|返回(?:顶部|列表)|我要纠错|收藏本页)"
)
_RELATED_WORDS = re.compile(
    r"(?:相关(?:阅读|文章|新闻|稿件|推荐|资讯|信息|报道|链接|内容)|猜你喜欢|推荐阅读|延伸阅读|热点推荐)[:：]?"
)
_AROUND_WORDS = re.compile(
    r"(?:您?(?:当前|现在|目前)?的?(?:所在)?位置\s*[:：]|您(?:现在)?(?:所)?在的?位置|首页\s*[>›»|]|网站首页|设为首页"
    r"|[主承]办(?:单位)?\s*[:：]|版权所有|网站地图|网站标识码|关于我们|联系我们|友情链接|(?:网站)?备案号|\w?ICP备)"
)
_LONGEST_FRAME, _LONGEST_CONTROL = 600, 40
_MOST_CLIMBED, _MOST_PARTS, _REST = 2_000, 20, 4
_SOME, _MOSTLY, _MENU_LINKS = 0.4, 0.7, 3
_START = 24
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINTS = re.compile("[-_]")
_PARTS = re.compile(r"[-_\s]+|(?<=[a-z])(?=\d)")


@dataclass(frozen=True, slots=True)
class Measure:
    """Measures of an element's text: letters, letters in links, its start, media, link count."""

    length: int = 0
    linked: int = 0
    start: str = ""
    has_media: bool = False
    links: int = 0

    @property
    def is_linked(self) -> bool:
        return self.linked >= _MOSTLY * self.length > 0

    @property
    def is_empty(self) -> bool:
        return not self.length and not self.has_media


Measures: TypeAlias = Mapping[html.HtmlElement, Measure]


def drop_unseen(page: html.HtmlElement) -> None:
    """Removes invisible elements from a page."""
    for element in list(page.iter()):
        if element.getparent() is not None and (_is_silent(element) or is_hidden(element)):
            element.drop_tree()


def measure_elements(root: html.HtmlElement) -> dict[html.HtmlElement, Measure]:
    """Returns the measures of a root and all its descendants, innermost first."""
    found: dict[html.HtmlElement, Measure] = {}
    for element in reversed(list(root.iter())):
        found[element] = _measure(element, found)
    return found


def _measure(element: html.HtmlElement, inner: Measures) -> Measure:
    if _is_silent(element):
        return Measure()
    own = "".join((element.text or "").split())
    length, linked, start = len(own), 0, own[:_START]
    has_media, links = element.tag in _MEDIA_TAGS, int(element.tag == "a")
    for child in element:
        below = inner[child]
        tail = "".join((child.tail or "").split())
        length += below.length + len(tail)
        linked += below.linked
        links += below.links
        has_media = has_media or below.has_media
        if len(start) < _START:
            start = f"{start}{below.start}{tail[:_START]}"[:_START]
    return Measure(length, length if element.tag == "a" else linked, start, has_media, links)


def is_control(measure: Measure) -> bool:
    """Returns whether an element is a control that looks like text: 字体：大 中 小."""
    return measure.length <= _START and bool(_CONTROL_WORDS.match(measure.start))


def drop_frame(
    root: html.HtmlElement, measures: Measures, articles: Collection[html.HtmlElement]
) -> None:
    """Removes the elements around the article from a page.

    `articles` are the candidates; their content and their ancestors stay.
    """
    around = {above for element in articles for above in element.iterancestors()}
    passed = set(articles)
    dropped: set[html.HtmlElement] = set()
    for element in list(root.iter()):
        above = element.getparent()
        if above in passed:
            passed.add(element)
        elif above in dropped:
            dropped.add(element)
        elif element in passed or element in around or element is root:
            continue
        elif _is_framed(element, measures[element], _FRAME_NAMES) or _is_menu(element, measures):
            dropped.add(element)
        else:
            dropped.update(_find_worded(element, measures, is_inside=False, kept=around))
    _drop_all(dropped)


def drop_beside(root: html.HtmlElement, measures: Measures) -> None:
    """Removes elements from an article's container that do not belong to the article."""
    dropped: set[html.HtmlElement] = set()
    for element in list(root.iter()):
        if element is root:
            continue
        measure = measures[element]
        if element.getparent() in dropped or _is_framed(element, measure, _BESIDE_NAMES):
            dropped.add(element)
        else:
            dropped.update(_find_worded(element, measures, is_inside=True, kept={root}))
    _drop_all(dropped)


def _drop_all(dropped: Collection[html.HtmlElement]) -> None:
    for element in dropped:
        if element.getparent() is not None:
            element.drop_tree()


def _is_framed(element: html.HtmlElement, measure: Measure, names: _Names) -> bool:
    if element.tag in _FRAME_TAGS:
        return True
    is_small = measure.length <= _LONGEST_FRAME or measure.is_linked
    return is_small and element.tag not in ("body", "html") and _is_named(element, names)


def _is_menu(element: html.HtmlElement, measures: Measures) -> bool:
    """Returns whether an element contains only links to pages."""
    measure = measures[element]
    if element.tag not in _MENU_TAGS or measure.links < _MENU_LINKS or not measure.is_linked:
        return False
    return not _links_document(element)


def _find_worded(
    element: html.HtmlElement,
    measures: Measures,
    *,
    is_inside: bool,
    kept: Collection[html.HtmlElement],
) -> list[html.HtmlElement]:
    """Returns the elements to drop: the element if it begins with frame words, and its links."""
    words = _match_words(measures[element], is_inside=is_inside)
    if not words:
        return []
    first = next((child for child in element if measures[child].length), None)
    begins_inside = first is not None and not (element.text or "").strip()
    if begins_inside and _match_words(measures[first], is_inside=is_inside):
        return []
    widest = _climb(element, measures, words, kept)
    after = widest.getnext()
    if words is _RELATED_WORDS and after is not None and measures[after].is_linked:
        return [widest, after]
    return [widest]


def _match_words(measure: Measure, *, is_inside: bool) -> "re.Pattern[str] | None":
    """Returns the pattern that an element begins with, if it is short enough or mostly links."""
    length, linked = measure.length, measure.linked
    if length > _LONGEST_FRAME:
        return None
    if _CONTROL_WORDS.match(measure.start):
        is_control = length <= _LONGEST_CONTROL or linked >= _SOME * length
        return _CONTROL_WORDS if is_control else None
    if found := _RELATED_WORDS.match(measure.start):
        is_related = length <= found.end() + _REST or linked >= _SOME * length
        return _RELATED_WORDS if is_related else None
    return _AROUND_WORDS if not is_inside and _AROUND_WORDS.match(measure.start) else None


def _climb(
    element: html.HtmlElement,
    measures: Measures,
    words: "re.Pattern[str]",
    kept: Collection[html.HtmlElement],
) -> html.HtmlElement:
    """Returns the widest ancestor with the same start that otherwise contains only links."""
    above = element.getparent()
    while above is not None and above not in kept and above.tag not in ("body", "html"):
        around = measures[above]
        is_short = len(above) <= _MOST_PARTS and around.length <= _MOST_CLIMBED
        if not is_short or not words.match(around.start) or _rest(above, measures, words) > _REST:
            break
        if words is _CONTROL_WORDS and _links_document(above):
            break
        element, above = above, above.getparent()
    return element


def _rest(element: html.HtmlElement, measures: Measures, words: "re.Pattern[str]") -> int:
    """Returns the number of letters outside links and outside parts that begin with `words`."""
    texts = ((child.tail or "") for child in element)
    own = sum(len("".join(text.split())) for text in ((element.text or ""), *texts))
    own = 0 if words.match("".join((element.text or "").split())) else own
    parts = (measures[child] for child in element)
    return own + sum(each.length - each.linked for each in parts if not words.match(each.start))


def _links_document(element: html.HtmlElement) -> bool:
    return any(DOCUMENT.search(link.get("href") or "") for link in element.iterfind(".//a"))


def _is_named(element: html.HtmlElement, names: _Names) -> bool:
    raw = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    if not raw:
        return False
    wholes = [_JOINTS.sub("", word) for word in raw.lower().split()]
    parts = [part for part in _PARTS.split(CAMEL.sub("-", raw).lower()) if part]
    of_parts, of_wholes = names
    return any(map(of_wholes.fullmatch, wholes)) or any(map(of_parts.fullmatch, (*parts, *wholes)))


def _is_silent(element: html.HtmlElement) -> bool:
    return not isinstance(element.tag, str) or element.tag in _SILENT_TAGS


def is_hidden(element: html.HtmlElement) -> bool:
    """Returns whether an element is invisible."""
    style = "".join((element.get("style") or "").lower().split())
    return "display:none" in style or "visibility:hidden" in style or "hidden" in element.attrib
