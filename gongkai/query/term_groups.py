"""Groups segmented words into the units that a query matches as one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from analyzers.numerals import Quantity
from analyzers.token import Token
from gongkai.query.expansion import Expansion


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Words that match together, at text[start:end]; `is_bound` words must be side by side.

    `quantity` is the number with a unit that the words are.
    """

    words: tuple[str, ...]
    start: int
    end: int
    expansion: Expansion | None = None
    is_question_word: bool = False
    is_bound: bool = False
    quantity: Quantity | None = None

    @property
    def is_number(self) -> bool:
        """Whether the words are a number, with or without a unit."""
        return self.quantity is not None or self.words[0][0] in "0123456789"


def group_terms(
    tokens: Sequence[Token],
    expansions: Sequence[Expansion],
    is_stopword: Callable[[str], bool],
    quantities: Iterable[Quantity] = (),
) -> list[TermGroup]:
    """Returns the words of one run as groups, in order.

    `expansions` and `quantities` are positions in that run.
    """
    return _bind(_group(tokens, expansions, quantities), is_stopword)


def _group(
    tokens: Sequence[Token], expansions: Sequence[Expansion], quantities: Iterable[Quantity]
) -> Iterator[TermGroup]:
    """Yields each word alone, or the words of one term; a term ends at a word boundary."""
    ends = {token.end for token in tokens}
    named: list[Expansion | Quantity] = [*quantities, *expansions]
    by_start = {each.start: each for each in named if each.end in ends}
    held: list[str] = []
    start, term = 0, None
    for token in tokens:
        if not held:
            start, term = token.start, by_start.get(token.start)
        held.append(token.text)
        if term is None or token.end >= term.end:
            expansion = term if isinstance(term, Expansion) else None
            quantity = term if isinstance(term, Quantity) else None
            yield TermGroup(tuple(held), start, token.end, expansion, quantity=quantity)
            held = []


def _bind(groups: Iterable[TermGroup], is_stopword: Callable[[str], bool]) -> list[TermGroup]:
    """Binds single characters to their neighbours: 公 of 公基金 is in nearly every text.

    Several in a row (环竟) form a word that no dictionary contains. A lone one joins the next word,
    else the previous one. Question words, terms and numbers are not bound.
    """
    bound: list[TermGroup] = []
    for group in groups:
        is_plain = group.expansion is None and not group.is_number
        if is_plain and is_stopword(group.words[0]):
            bound.append(replace(group, is_question_word=True))
            continue
        last = bound[-1] if bound else None
        both_single = last is not None and _is_single(last) and _is_single(group)
        if last and is_plain and (both_single or _is_lone(last)) and _are_close(last, group):
            bound[-1] = _join(last, group)
        else:
            bound.append(group)
    return list(_bind_back(bound))


def _bind_back(groups: Sequence[TermGroup]) -> Iterator[TermGroup]:
    """Binds a lone character after plain words to the word before it."""
    held: TermGroup | None = None
    for group in groups:
        may_join = held is not None and held.expansion is None and not held.is_question_word
        may_join = may_join and held is not None and not held.is_number
        if held and may_join and _is_lone(group) and _are_close(held, group):
            held = _join(held, group)
        else:
            if held:
                yield held
            held = group
    if held:
        yield held


def _join(one: TermGroup, other: TermGroup) -> TermGroup:
    return TermGroup((*one.words, *other.words), one.start, other.end, is_bound=True)


def _are_close(one: TermGroup, other: TermGroup) -> bool:
    return one.end == other.start


def _is_single(group: TermGroup) -> bool:
    return (
        group.expansion is None
        and not group.is_question_word
        and not group.is_number
        and all(len(w) == 1 for w in group.words)
    )


def _is_lone(group: TermGroup) -> bool:
    return _is_single(group) and len(group.words) == 1
