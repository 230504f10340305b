"""Takes the frame off a portal page: menus, paths, sharing, neighbouring articles, footers.

They are told by the names that portals give them and by the words that they begin with. The work
is linear in the page.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lxml import html

_SILENT_TAGS = frozenset(("script", "style", "noscript", "template", "head", "input", "textarea"))
_FRAME_TAGS = frozenset(("header", "footer", "nav", "aside", "button", "select", "menu"))
_MEDIA_TAGS = frozenset(("img", "iframe", "video", "audio", "object", "embed", "picture"))
# Class names, ids and parts of them (`share` in `share-box`) of what stands in an article as well.
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
_BESIDE_WORDS = re.compile(
    r"[\[【(（◀<«]?\s*(?:上一?[篇条页则][:：\s】\])）]|下一?[篇条页则][:：\s】\])）]|[上下]一?[篇条页则]$"
    r"|[前后]一[篇条页则]|分享[到至]|分享[:：]|一键分享|扫一扫|扫码|扫描二维码|打印(?:本页|本文|[】\])|]|$)|关闭(?:窗口|本页|[】\])|]|$)"
    r"|(?:字体|字号|文字大小)\s*[:：]|[大中小](?:\s*[】\]]|\s*[大中小]\s*[大中小])"
    r"|相关(?:阅读|文章|新闻|稿件|推荐|资讯|信息|报道|链接|内容)|猜你喜欢|推荐阅读|延伸阅读|热点推荐"
    r"|返回(?:顶部|列表)|我要纠错|收藏本页)"
)
_AROUND_WORDS = re.compile(
    r"(?:您?(?:当前|现在|目前)?的?(?:所在)?位置\s*[:：]|您(?:现在)?(?:所)?在的?位置|首页\s*[>›»|]|网站首页|设为首页"
    r"|[主承]办(?:单位)?\s*[:：]|版权所有|网站地图|网站标识码|关于我们|联系我们|友情链接|(?:网站)?备案号|\w?ICP备)"
)
_LONGEST_FRAME = 600
_MOSTLY = 0.7
_START = 24
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINTS = re.compile("[-_]")
_PARTS = re.compile(r"[-_\s]+|(?<=[a-z])(?=\d)")


@dataclass(frozen=True, slots=True)
class Measure:
    """Letters of an element's text, those that are links, how it begins, whether it shows media."""

    length: int = 0
    linked: int = 0
    start: str = ""
    has_media: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.length and not self.has_media


Measures: TypeAlias = Mapping[html.HtmlElement, Measure]


def drop_unseen(page: html.HtmlElement) -> None:
    """Take out of a page what a visitor does not see."""
    for element in list(page.iter()):
        if element.getparent() is not None and (_is_silent(element) or is_hidden(element)):
            element.drop_tree()


def measure_elements(root: html.HtmlElement) -> dict[html.HtmlElement, Measure]:
    """Every element below a root, and the root, measured from the innermost outwards."""
    found: dict[html.HtmlElement, Measure] = {}
    for element in reversed(list(root.iter())):
        found[element] = _measure(element, found)
    return found


def _measure(element: html.HtmlElement, inner: Measures) -> Measure:
    if _is_silent(element):
        return Measure()
    own = "".join((element.text or "").split())
    length, linked, start = len(own), 0, own[:_START]
    has_media = element.tag in _MEDIA_TAGS
    for child in element:
        below = inner[child]
        tail = "".join((child.tail or "").split())
        length += below.length + len(tail)
        linked += below.linked
        has_media = has_media or below.has_media
        if len(start) < _START:
            start = f"{start}{below.start}{tail[:_START]}"[:_START]
    return Measure(length, length if element.tag == "a" else linked, start, has_media)


def is_control(measure: Measure) -> bool:
    """Whether an element is a button that only looks like a text: 字体：大 中 小."""
    return measure.length <= _START and bool(_BESIDE_WORDS.match(measure.start))


def drop_frame(
    root: html.HtmlElement, measures: Measures, kept: Collection[html.HtmlElement] = ()
) -> None:
    """Take out of a page what is around its article. `kept` elements stay, whatever they are."""
    _drop(root, measures, _FRAME_NAMES, (_BESIDE_WORDS, _AROUND_WORDS), kept)


def drop_beside(root: html.HtmlElement, measures: Measures) -> None:
    """Take out of an article's container what is none of the article."""
    _drop(root, measures, _BESIDE_NAMES, (_BESIDE_WORDS,), ())


def _drop(
    root: html.HtmlElement,
    measures: Measures,
    names: _Names,
    words: tuple["re.Pattern[str]", ...],
    kept: Collection[html.HtmlElement],
) -> None:
    dropped: set[html.HtmlElement] = set()
    for element in list(root.iter()):
        if element is root or element in kept or not isinstance(element.tag, str):
            continue
        if element.getparent() in dropped or _is_framed(element, measures[element], names):
            dropped.add(element)
        elif _begins_with(element, measures, words):
            dropped.add(_climb(element, root, measures, kept))
    for element in dropped:
        if element.getparent() is not None:
            element.drop_tree()


def _is_framed(element: html.HtmlElement, measure: Measure, names: _Names) -> bool:
    if element.tag in _FRAME_TAGS:
        return True
    is_small = measure.length <= _LONGEST_FRAME or measure.linked >= _MOSTLY * measure.length
    return is_small and element.tag not in ("body", "html") and _is_named(element, names)


def _begins_with(
    element: html.HtmlElement, measures: Measures, words: tuple["re.Pattern[str]", ...]
) -> bool:
    """Whether an element begins with such words, and none of those inside does so already."""
    measure = measures[element]
    if measure.length > _LONGEST_FRAME or not any(each.match(measure.start) for each in words):
        return False
    first = next((child for child in element if measures[child].length), None)
    if first is None or (element.text or "").strip():
        return True
    return not any(each.match(measures[first].start) for each in words)


def _climb(
    element: html.HtmlElement,
    root: html.HtmlElement,
    measures: Measures,
    kept: Collection[html.HtmlElement],
) -> html.HtmlElement:
    """The widest element around this one that holds hardly anything but it and links."""
    own = measures[element]
    above = element.getparent()
    while above is not None and above is not root and above not in kept and above.tag != "body":
        around = measures[above]
        if around.linked + own.length - own.linked < _MOSTLY * around.length:
            break
        element, above = above, above.getparent()
    return element


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
    """Whether a visitor does not see an element."""
    style = "".join((element.get("style") or "").lower().split())
    return "display:none" in style or "visibility:hidden" in style or "hidden" in element.attrib
