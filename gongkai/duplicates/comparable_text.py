"""The comparable form of a record: its text without frames, and its numbers."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from analyzers.lazy_pattern import lazy_re
from analyzers.normalize import literal_lines
from gongkai.catalog.record import Record
from gongkai.duplicates.masking import mask
from gongkai.duplicates.minhash import find_bands
from gongkai.duplicates.shingles import Shingles, cut_shingles

_SENTENCE_END = lazy_re(r"[。;!?\n]")
LEAST_TEXT = 30
"""Least characters of a text with content; 详见附件 has none."""


@dataclass(frozen=True)
class Text:
    """The letters and digits of a masked body by sentence; may be empty."""

    sentences: tuple[str, ...]

    @classmethod
    def of(cls, body: str, title: str = "") -> Self:
        """Returns the text of a body; empty if the body is too short."""
        text = _SENTENCE_END.sub("\n", "\n".join(mask(body, title)))
        # People type <> for 《》; the literal stream keeps <> and drops 《》.
        sentences = tuple(filter(None, literal_lines(text.replace("<", "").replace(">", ""))))
        return cls(sentences if sum(map(len, sentences)) >= LEAST_TEXT else ())

    @cached_property
    def stream(self) -> str:
        """Returns all sentences joined, independent of a site's line breaks."""
        return "".join(self.sentences)

    @cached_property
    def shingles(self) -> Shingles:
        return cut_shingles(self.stream)

    @cached_property
    def bands(self) -> tuple[str, ...]:
        return find_bands(self.shingles)

    @cached_property
    def key(self) -> str:
        """Returns a key of the stream; equal keys are equal texts. Empty without text."""
        if not self.stream:
            return ""
        return hashlib.blake2b(self.stream.encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class Subject:
    """A record or draft as far as it matters for duplicates; numbers are canonical."""

    id: str
    title: str
    document_number: str | None
    index_number: str | None
    publisher: str
    issued_on: str | None
    published_on: str | None
    body: str

    @classmethod
    def of(cls, record: Record) -> Self:
        """Returns the subject of a record."""
        return cls(
            id=record.id,
            title=record.title,
            document_number=record.document_number,
            index_number=record.index_number,
            publisher=record.publisher,
            issued_on=record.issued_on.iso if record.issued_on else None,
            published_on=record.published_on.iso,
            body=choose_body(record),
        )

    @cached_property
    def text(self) -> Text:
        return Text.of(self.body, self.title)


def choose_body(record: Record) -> str:
    """Returns the body, or with it the text of files if the body only refers to them."""
    if len(record.body) >= LEAST_TEXT * 2:
        return record.body
    return "\n".join([record.body, *(each.text for each in record.attachments)])
