"""Builds the index document of a publishable record."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from analyzers.normalize import normalize_text
from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.citations import Citation, find_citations
from gongkai.catalog.classifications import MISSING, ancestors_and_self
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.explained import Explained, find_explained
from gongkai.catalog.fields import CLASSES, FIELDS, TREES, ZONE_BREAK, Column
from gongkai.catalog.identity import record_keys
from gongkai.catalog.legal_rank import read_legal_rank
from gongkai.catalog.number_parts import split_number
from gongkai.catalog.published_part import disclose
from gongkai.catalog.record import Record, field_names
from gongkai.catalog.repeals import Repeal, find_repeals
from gongkai.catalog.stored_record import StoredRecord, decode_record, encode_record
from gongkai.catalog.title_base import read_issued
from gongkai.catalog.validity_period import ValidityPeriod, read_validity_period
from gongkai.duplicates.comparable_text import Text, choose_body
from gongkai.duplicates.minhash import find_bands_of, pack_bands
from gongkai.engines.fingerprint import write_revision
from gongkai.engines.port import IndexDocument
from gongkai.query.citation_marks import list_marks, title_keys
from gongkai.query.similarity import title_mark

_ORDER_BITS = 40
_NAMES_KEPT = 4096
"""Agency names and keywords, which occur in many records."""
_LONGEST_TERM = 20
_FACETS = frozenset(name for name, field in FIELDS.items() if field.facet)
_NUMERIC = re.compile(r"[\W\d_]+")


def build_document(record: Record, analyzer: TextAnalyzer) -> IndexDocument:
    """Returns the analysed document of a record. A record on request has only its entry."""
    return build_documents([record], analyzer)[0]


def build_documents(records: Iterable[Record], analyzer: TextAnalyzer) -> list[IndexDocument]:
    """Returns the document of each record; several at once are faster."""
    shown = [disclose(record) for record in records]
    texts = [Text.of(choose_body(record), record.title) for record in shown]
    bands = find_bands_of([text.stream for text in texts])
    return [_build(*each, analyzer) for each in zip(shown, texts, bands, strict=True)]


def _build(
    record: Record, text: Text, bands: Sequence[str], analyzer: TextAnalyzer
) -> IndexDocument:
    derived = _derive(record, text, bands)
    stored = encode_record(derived)
    title = record.title
    entry_texts, body_texts = _filled(_entry_texts(record)), _filled(_body_texts(record))
    zones = (title, *entry_texts, *body_texts)
    entry, body = "\n".join(entry_texts), "\n".join(body_texts)
    zone_grams = [analyzer.gram_text(zone) for zone in zones]
    text_words: dict[str, str] = {
        "title_words": analyzer.word_text(title),
        "title_grams": zone_grams[0],
        "title_chars": " ".join(analyzer.chars(title)),
        "entry_words": analyzer.word_text(entry),
        "body_words": analyzer.word_text(body) if body else "",
        "text_grams": f" {ZONE_BREAK} ".join(filter(None, zone_grams)),
        # Characters are normalised one by one, so each distinct one is processed only once.
        "text_chars": " ".join(analyzer.chars("".join(set().union(*zones)))),
        "title_key": analyzer.letters_only(title),
    }
    return IndexDocument(
        id=record.id,
        revision=write_revision(record.id, stored),
        fields={
            **text_words,
            **_keywords(record),
            **_codes(record),
            "terms": _terms(record, analyzer),
            "repeals": _name(derived.repeals, analyzer),
            "explains": _name(derived.explained, analyzer),
            "cites": list_marks(derived.cites, analyzer),
            "title_base": title_keys(title, analyzer),
            "text_key": _present(text.key),
            "bands": bands,
            "identities": record_keys(record),
            **_days(record),
            **_stated_days(record.issued_on, derived.period),
        },
        stored=stored,
    )


def rename_document(document: IndexDocument, record_id: str) -> IndexDocument:
    """Returns the same document under another id."""
    stored = encode_record(replace(decode_record(document.stored), id=record_id))
    day = document.fields["published_first"]
    order = _order(day, record_id) if isinstance(day, int) else 0
    return IndexDocument(
        id=record_id,
        revision=write_revision(record_id, stored),
        fields={**document.fields, "published_order": order},
        stored=stored,
    )


def _derive(record: Record, text: Text, bands: Sequence[str]) -> StoredRecord:
    own = {name: getattr(record, name) for name in field_names(Record)}
    issued = record.issued_on or record.published_on
    repeals = find_repeals(record.body)
    explained = find_explained(record.title, record.body, record.category)
    return StoredRecord(
        **own,
        repeals=repeals,
        explained=explained,
        cites=_find_citations(record, (*repeals, *explained)),
        period=read_validity_period(record.title, record.body, issued),
        text_key=text.key,
        bands=pack_bands(bands),
    )


def _find_citations(record: Record, linked: Sequence[Repeal | Explained]) -> tuple[Citation, ...]:
    """Returns the documents that the text cites, without itself and those linked otherwise."""
    own = (record.title, read_issued(record.title), record.document_number)
    others = chain.from_iterable((each.title, each.document_number) for each in linked)
    return find_citations(record.body, filter(None, chain(own, others)))


def _entry_texts(record: Record) -> Iterable[str]:
    """Yields the catalog texts besides the title. They score above the body."""
    numbers = (record.document_number, record.document_number_original, record.index_number)
    yield from (number for number in dict.fromkeys(numbers) if number)
    yield record.publisher_name
    yield from record.keywords
    yield record.summary


def _filled(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if text]


def _body_texts(record: Record) -> Iterable[str]:
    yield record.body
    for attachment in record.attachments:
        yield attachment.name
        yield attachment.text


def _keywords(record: Record) -> dict[str, Sequence[str]]:
    values: dict[str, Sequence[str]] = {
        "publisher": (record.publisher,),
        "authority": _present(read_legal_rank(record.title)),
        "year": (str(record.published_on.year),),
        "disclosure": (record.disclosure.value,),
        **{each.key: _classes(record, each) for each in CLASSES},
    }
    return {
        name: value if value or name not in _FACETS else (MISSING,)
        for name, value in values.items()
    }


def _classes(record: Record, column: Column) -> tuple[str, ...]:
    stated = getattr(record, column.key)
    values = stated if column.several else _present(stated)
    return _with_ancestors(values) if column.key in TREES else values


def _codes(record: Record) -> dict[str, Sequence[str]]:
    parts = split_number(record.document_number or "")
    return {
        "document_number": _present(record.document_number),
        "index_number": _present(record.index_number),
        "number_prefix": _present(parts.prefix),
        "number_year": _present(str(parts.year) if parts.year else None),
        "number_serial": _present(parts.serial),
    }


def _name(cited: Sequence[Repeal | Explained], analyzer: TextAnalyzer) -> Sequence[str]:
    """Returns the keys of cited documents: their numbers and their titles."""
    numbers = (each.document_number for each in cited)
    titles = (each.title and title_mark(analyzer.letters_only(each.title)) for each in cited)
    return tuple(dict.fromkeys(value for value in chain(numbers, titles) if value))


def _terms(record: Record, analyzer: TextAnalyzer) -> Sequence[str]:
    """Returns the terms for suggestions and spelling corrections.

    They are keywords and agency names as a whole, and the words of title and keywords.
    """
    named = (record.publisher_name, *record.keywords)
    whole = map(_close_up, named)
    cut = (word for text in (record.title, *record.keywords) for word in analyzer.tokenize(text))
    return tuple(word for word in dict.fromkeys(chain(whole, cut)) if _is_term(word, analyzer))


@lru_cache(_NAMES_KEPT)
def _close_up(name: str) -> str:
    return "".join(normalize_text(name).split())


def _is_term(word: str, analyzer: TextAnalyzer) -> bool:
    is_named = 2 <= len(word) <= _LONGEST_TERM and not analyzer.is_stopword(word)
    return is_named and (word.isalpha() or not _NUMERIC.fullmatch(word))


def _present(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _with_ancestors(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step for path in paths for step in ancestors_and_self(path)))


def _days(record: Record) -> dict[str, int]:
    """Returns the day numbers (proleptic) of a partial date's range, and a unique sort key."""
    first = record.published_on.first_day.toordinal()
    return {
        "published_first": first,
        "published_last": record.published_on.last_day.toordinal(),
        "published_order": _order(first, record.id),
    }


def _stated_days(issued_on: PartialDate | None, period: ValidityPeriod) -> dict[str, int]:
    """Returns the day numbers of the dates that a record states; none for one that it does not."""
    dates = {"issued": issued_on, "effective": period.effective_on}
    days = {
        f"{name}_{end}": getattr(day, f"{end}_day").toordinal()
        for name, day in dates.items()
        if day
        for end in ("first", "last")
    }
    expires_on = period.expires_on
    return days | ({"expires": expires_on.last_day.toordinal()} if expires_on else {})


def _order(day: int, record_id: str) -> int:
    digest = hashlib.blake2b(record_id.encode(), digest_size=_ORDER_BITS // 8).digest()
    return day << _ORDER_BITS | int.from_bytes(digest)
