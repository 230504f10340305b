"""Which questions are asked by meaning too: those in words of one's own, not what is known by name.

A title, a number or a phrase names what is wanted, and what is near in meaning only stands in its
way.
"""

from analyzers.normalize import literal_text, normalize_text
from analyzers.pinyin import is_latin
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.request import SearchRequest, Sort
from gongkai.query.syntax import split_pieces

SHORTEST = 4
"""Characters outside quotation marks: fewer are a word, which is found by itself."""


def may_ask_meaning(request: SearchRequest, interpreted: InterpretedQuery) -> bool:
    """Whether the words, the order and the way of reading let meanings in."""
    if not request.semantic or request.cursor or request.sort is not Sort.RELEVANCE:
        return False
    text = normalize_text(interpreted.text)
    if interpreted.codes or request.document_number or is_latin(text):
        return False
    pieces = split_pieces(text)
    if any(piece.excluded for piece in pieces):
        return False
    # A sentence may quote a term (什么是“三期”); a phrase alone is what is wanted, to the letter.
    own_words = "".join(piece.text for piece in pieces if not piece.phrase)
    return len(literal_text(own_words)) >= SHORTEST


def is_named(text: str, title: str) -> bool:
    """Whether the title of the best hit holds the whole text: a record that is known by name."""
    return literal_text(text) in literal_text(title)
