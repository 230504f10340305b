"""Decides which queries use semantic search.

A title, a number or a phrase names its record; semantic hits would only displace it.
"""

from analyzers.normalize import literal_text, normalize_text
from analyzers.pinyin import is_latin
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.request import Scope, SearchRequest, Sort
from gongkai.query.syntax import split_pieces

SHORTEST = 4
"""Least number of characters outside quotation marks; shorter queries are single words."""


def allows_semantic_search(request: SearchRequest, interpreted: InterpretedQuery) -> bool:
    """Whether the text, the sort order and the page of a request allow semantic search."""
    is_wide = request.semantic and request.scope is Scope.ALL
    if not is_wide or request.cursor or request.sort is not Sort.RELEVANCE:
        return False
    text = normalize_text(interpreted.text)
    if interpreted.codes or request.document_number or is_latin(text):
        return False
    pieces = split_pieces(interpreted.text)
    if any(piece.excluded for piece in pieces):
        return False
    # A sentence may quote a term (什么是“三期”). A phrase alone must match literally.
    own_words = "".join(piece.text for piece in pieces if not piece.phrase)
    return len(literal_text(own_words)) >= SHORTEST


def is_named(text: str, title: str) -> bool:
    """Whether the title contains the whole text, so that the query names a record."""
    return literal_text(text) in literal_text(title)
