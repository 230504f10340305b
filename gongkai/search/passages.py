"""Chooses the passage of a record for a list: the article that answers, else the best part."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.highlight import choose_source, snippet
from analyzers.normalize import literal_text
from gongkai.catalog.articles import Heading, find_articles

SNIPPET_LENGTH = 120
_LEAST_ARTICLES = 2
_TITLE_WEIGHT = 0.25
"""Weight of a term that the title contains: every article is about it."""
_NAMED = re.compile("第([0-9]+)条")
_KEPT = 2_000
"""Texts whose articles are kept, by digest; with more, the collection starts anew."""
_articles: dict[bytes, tuple[Heading, ...]] = {}


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as HTML, and the article that it is from."""

    html: str
    article: Heading | None = None


def choose_passage(
    title: str, body: str, sources: Sequence[str], highlight_terms: Sequence[str], limit: int
) -> Passage:
    """Returns the passage with the most terms.

    `sources` are the texts that it may come from: the record's own, which contains `body`, then
    attachments. `limit` is the number of characters that are folded.
    """
    if not highlight_terms:
        return Passage(snippet(sources[0], (), SNIPPET_LENGTH, limit=limit))
    chosen = choose_source(sources, highlight_terms, limit) if len(sources) > 1 else 0
    article = choose_article(title, body, highlight_terms, limit) if chosen == 0 else None
    if article is None:
        return Passage(snippet(sources[chosen], highlight_terms, SNIPPET_LENGTH, limit=limit))
    text = body[article.start : article.end]
    shown = snippet(text, highlight_terms, SNIPPET_LENGTH, limit=limit)
    return Passage(f"{article.label}{shown}" if shown.startswith("…") else shown, article)


def choose_article(
    title: str, body: str, highlight_terms: Sequence[str], limit: int
) -> Heading | None:
    """Returns the article that the terms name (劳动法第32条), else the one with most of them.

    None for a text without articles, and where the terms are in its title or annexes.
    """
    articles = _find_articles(body)
    if len(articles) < _LEAST_ARTICLES:
        return None
    titled = literal_text(title)
    named = [match[1] for match in map(_NAMED.fullmatch, highlight_terms) if match]
    if named and any(literal_text(term) in titled for term in highlight_terms):
        own = next((each for each in articles if each.number in named), None)
        if own:
            return own
    weights = {t: _TITLE_WEIGHT if t in titled else 1.0 for t in map(literal_text, highlight_terms)}
    # Folding each article costs more than the rest; where a term is as written, that is enough.
    # A text longer than `limit` is never folded.
    is_folded = len(body) <= limit and not any(term in body for term in weights)

    def weigh(text: str) -> tuple[float, int]:
        stream = literal_text(text) if is_folded else text
        weight = sum(weight for term, weight in weights.items() if term in stream)
        return weight, sum(map(stream.count, weights)) if weight >= 1 else 0

    best = max(articles, key=lambda each: weigh(body[each.start : each.end]))
    most, _ = weigh(body[best.start : best.end])
    outside, _ = weigh(body[: articles[0].start] + "\n" + body[articles[-1].end :])
    return best if most >= max(outside, 1) else None


def _find_articles(body: str) -> tuple[Heading, ...]:
    """Returns `find_articles`; reading a law takes longer than everything else about its hit."""
    digest = hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    found = _articles.get(digest)
    if found is None:
        if len(_articles) >= _KEPT:
            _articles.clear()
        found = _articles[digest] = find_articles(body)
    return found
