"""The page that compares two versions of a document by article (修订对照)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from gongkai.duplicates.revision import RevisionKind
from gongkai.search.responses import ArticleRevisionView, ComparisonAnswer, CopyView
from search_api.web.rendering import PageContext, render
from search_api.web.site import comparison_path
from search_api.web.urls import record_url

_LABELS = {
    RevisionKind.CHANGED: "修改",
    RevisionKind.ADDED: "新增",
    RevisionKind.REMOVED: "删去",
    RevisionKind.SAME: "未作修改",
}
_COUNTED = {
    RevisionKind.CHANGED: "修改 {} 条",
    RevisionKind.ADDED: "新增 {} 条",
    RevisionKind.REMOVED: "删去 {} 条",
    RevisionKind.SAME: "未作修改 {} 条",
}


@dataclass(frozen=True, slots=True)
class ComparedArticles:
    """One changed article, or several unchanged ones in a row, with what happened to them."""

    articles: tuple[ArticleRevisionView, ...]
    is_same: bool
    note: str


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """The content of the page; `summary` counts the articles by what happened to them."""

    earlier: CopyView
    later: CopyView
    earlier_href: str
    later_href: str
    address: str
    summary: str
    rows: tuple[ComparedArticles, ...]


def build_comparison(answer: ComparisonAnswer, base: str) -> ComparisonPage:
    """Returns the content of the page."""
    has_articles = any(each.later_label or each.earlier_label for each in answer.articles)
    counts = (text.format(answer.counts[kind]) for kind, text in _COUNTED.items())
    named = [each for kind, each in zip(_COUNTED, counts, strict=True) if answer.counts[kind]]
    summary = "，".join(named)
    return ComparisonPage(
        earlier=answer.earlier,
        later=answer.later,
        earlier_href=record_url(answer.earlier.id),
        later_href=record_url(answer.later.id),
        address=base + comparison_path(answer.later.id, answer.earlier.id),
        summary=summary if has_articles else summary.replace("条", "段"),
        rows=tuple(_group(answer)),
    )


def render_comparison(answer: ComparisonAnswer, context: PageContext) -> str:
    """Renders the page."""
    return render("comparison.html", context, compared=build_comparison(answer, context.base))


def _group(answer: ComparisonAnswer) -> Iterator[ComparedArticles]:
    for is_same, articles in groupby(answer.articles, key=_is_plain):
        if is_same:
            same = tuple(articles)
            yield ComparedArticles(same, is_same=True, note=_name_range(same))
        else:
            yield from (
                ComparedArticles((each,), is_same=False, note=_note(each)) for each in articles
            )


def _is_plain(article: ArticleRevisionView) -> bool:
    """Whether nothing happened to an article, not even to its number."""
    is_numbered_alike = article.earlier_label == article.later_label
    return article.kind == RevisionKind.SAME and is_numbered_alike and not article.moved


def _note(article: ArticleRevisionView) -> str:
    notes = [_LABELS[RevisionKind(article.kind)]]
    is_renumbered = article.earlier_label and article.later_label
    if is_renumbered and article.earlier_label != article.later_label:
        notes.append("条文序号调整")
    if article.moved:
        notes.append("次序调整")
    return "，".join(notes)


def _name_range(articles: tuple[ArticleRevisionView, ...]) -> str:
    """Returns 第三条至第七条未作修改, or how many paragraphs are the same."""
    first, last = articles[0].later_label, articles[-1].later_label
    if not first:
        return f"{len(articles)} 段未作修改"
    return f"{first}未作修改" if first == last else f"{first}至{last}未作修改"
