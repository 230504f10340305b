"""The table of contents of a long text: chapters and articles with links."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.catalog.articles import Heading, Level, find_headings

_LEAST_ARTICLES = 5
"""Articles of a text that gets a table of contents; a shorter one fits on a screen."""


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A part, chapter or section, and the articles below it.

    The entry without `heading` holds articles outside of all chapters.
    """

    heading: Heading | None
    articles: list[Heading] = field(default_factory=list)

    @property
    def range(self) -> str:
        """Returns its articles in words: 第一条至第八条."""
        first, last = self.articles[0].label, self.articles[-1].label
        return first if first == last else f"{first}至{last}"


def list_contents(body: str) -> Sequence[ContentsEntry]:
    """Returns the entries in order; none for a text with few articles."""
    headings = find_headings(body)
    if sum(each.level is Level.ARTICLE for each in headings) < _LEAST_ARTICLES:
        return ()
    entries = [ContentsEntry(None)]
    for each in headings:
        if each.level is Level.ARTICLE:
            entries[-1].articles.append(each)
        else:
            entries.append(ContentsEntry(each))
    return [entry for entry in entries if entry.heading or entry.articles]
