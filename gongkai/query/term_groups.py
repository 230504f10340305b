"""Cut words and the terms among them in, units that are asked for as one out. For `understand`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from analyzers.token import Token
from gongkai.query.expansion import Expansion


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Words that are asked for together, at [start:end]. `is_bound`: they stand side by side."""

    words: tuple[str, ...]
    start: int
    end: int
    meaning: Expansion | None = None
    is_asking: bool = False
    is_bound: bool = False


def group_terms(
    tokens: Sequence[Token], meanings: Sequence[Expansion], is_stopword: Callable[[str], bool]
) -> list[TermGroup]:
    """The words of one run in units, in order; `meanings` lie in the text that was cut."""
    return _bind(_group(tokens, meanings), is_stopword)


def _group(tokens: Sequence[Token], meanings: Sequence[Expansion]) -> Iterator[TermGroup]:
    """Each word by itself, or the words that one term is made of; a term ends where words do."""
    ends = {token.end for token in tokens}
    by_start = {meaning.start: meaning for meaning in meanings if meaning.end in ends}
    held: list[str] = []
    start, term = 0, None
    for token in tokens:
        if not held:
            start, term = token.start, by_start.get(token.start)
        held.append(token.text)
        if term is None or token.end >= term.end:
            yield TermGroup(tuple(held), start, token.end, term)
            held = []


def _bind(units: Iterable[TermGroup], is_stopword: Callable[[str], bool]) -> list[TermGroup]:
    """Single characters go with what stands beside them: 公 of 公基金 is in nearly every text.

    Several in a row (环竟) make a word that no dictionary knows. One alone goes with the word after
    it, else with the one before; words of asking and terms stay as they are.
    """
    bound: list[TermGroup] = []
    for unit in units:
        is_plain = unit.meaning is None
        if is_plain and is_stopword(unit.words[0]):
            bound.append(replace(unit, is_asking=True))
            continue
        last = bound[-1] if bound else None
        both_single = last is not None and _is_single(last) and _is_single(unit)
        if last and is_plain and (both_single or _is_lone(last)) and _are_close(last, unit):
            bound[-1] = _join(last, unit)
        else:
            bound.append(unit)
    return list(_bind_back(bound))


def _bind_back(units: Sequence[TermGroup]) -> Iterator[TermGroup]:
    """A lone character at the end of plain words goes with the one before it."""
    held: TermGroup | None = None
    for unit in units:
        may_join = held is not None and held.meaning is None and not held.is_asking
        if held and may_join and _is_lone(unit) and _are_close(held, unit):
            held = _join(held, unit)
        else:
            if held:
                yield held
            held = unit
    if held:
        yield held


def _join(one: TermGroup, other: TermGroup) -> TermGroup:
    return TermGroup((*one.words, *other.words), one.start, other.end, is_bound=True)


def _are_close(one: TermGroup, other: TermGroup) -> bool:
    return one.end == other.start


def _is_single(unit: TermGroup) -> bool:
    return unit.meaning is None and not unit.is_asking and all(len(w) == 1 for w in unit.words)


def _is_lone(unit: TermGroup) -> bool:
    return _is_single(unit) and len(unit.words) == 1
