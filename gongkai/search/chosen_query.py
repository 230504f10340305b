"""The one interpretation of a text that all its lists follow."""

from dataclasses import dataclass

from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.request import SearchRequest, Sort
from gongkai.query.tree import Or, Query


@dataclass(frozen=True, slots=True)
class ChosenQuery:
    """The one interpretation of a text that list, facets, sort orders and exports follow.

    It depends on the text, the switches and the index, and on no filter, order or page. `full`
    counts the records with every word. `is_relaxed` is true where records with some of the words
    follow, `is_any_word` where any dictionary word of the text suffices. `order` is the order that
    the words ask for. `corrected_from` is the text as typed, where a correction replaced it.
    `missing` are words that no record has, where no record has every word. `loosened` is the text
    without its quotation marks, where nothing matches the phrase and something matches that text.
    `pinned` are the ids that staff pinned to the text; `pins` matches them, first one highest.
    """

    request: SearchRequest
    interpreted: InterpretedQuery
    full: int
    order: Sort
    is_relaxed: bool = False
    is_any_word: bool = False
    corrected_from: str | None = None
    did_you_mean: str | None = None
    missing: tuple[str, ...] = ()
    loosened: str | None = None
    pinned: tuple[str, ...] = ()
    pins: Query | None = None

    @property
    def worded(self) -> Query:
        """Returns the query tree of the words alone."""
        relaxed = self.interpreted.relaxed if self.is_relaxed else None
        return relaxed or self.interpreted.strict

    @property
    def placed_first(self) -> tuple[str, ...]:
        """Returns the pinned ids, none where the order is that of dates."""
        return self.pinned if self.order is Sort.RELEVANCE else ()

    @property
    def tree(self) -> Query:
        """Returns the query tree of the list."""
        return Or((self.pins, self.worded)) if self.pins else self.worded
