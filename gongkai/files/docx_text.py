"""Extracts the text of a DOCX as Word shows it: in document order, without hidden text.

Insertions, smart tags, content controls, text boxes, hyperlinks and notes are text. Deletions,
moved-away text, comments, field instructions, hidden runs (`w:vanish`) and hidden rows are not.
Source: ECMA-376 part 1, 17.3.2.41 (vanish), 17.4.21 (hidden), 17.13.5 (revisions), 17.16 (fields).
"""

import re
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.docx_parts import open_parts, parse_part
from gongkai.files.docx_story import StoryHandler
from gongkai.files.docx_styles import HiddenStyles, read_hidden_styles
from gongkai.files.text_lines import trim_lines

_NUMBER = re.compile(r"[〔\[（(【﹝][12][0-9]{3}[〕\]）)】﹞]\s*第?\s*[0-9]{1,5}\s*号")
_MOST_HEADERS, _LONGEST_HEADER = 20, 2_000


def read_docx(file: BinaryIO, characters: int) -> tuple[str, AttachmentText]:
    """Returns the visible text, a line for each paragraph and table row, up to `characters`.

    Raises BrokenFileError or a parser's error for a damaged file.
    """
    parts = open_parts(file)
    with parts.archive as archive:
        styles = read_hidden_styles(archive, parts.styles)
        body = _read_story(archive, parts.document, styles, characters)
        texts = [body.text]
        for part, kind in ((parts.footnotes, "w:footnote"), (parts.endnotes, "w:endnote")):
            wanted = [note for note in body.notes if note[0] == kind]
            if part and wanted:
                notes = _read_story(archive, part, styles, characters).note_texts
                # A deleted or hidden reference leaves its note in the file.
                texts += [notes.get(note, "") for note in dict.fromkeys(wanted)]
        headers = _read_numbers(archive, parts.headers, styles)
    text = trim_lines("\n".join(texts))
    above = [line for line in headers if line not in text]
    return "\n".join((*above, text)), AttachmentText.READ


def _read_numbers(
    archive: zipfile.ZipFile, headers: Mapping[str, str], styles: HiddenStyles
) -> list[str]:
    """Returns the lines of the headers that carry a document number (文号)."""
    found: dict[str, None] = {}
    for part in sorted(set(headers.values()))[:_MOST_HEADERS]:
        if part in archive.NameToInfo:
            text = _read_story(archive, part, styles, _LONGEST_HEADER).text
            found |= dict.fromkeys(
                line for line in trim_lines(text).split("\n") if _NUMBER.search(line)
            )
    return list(found)


def _read_story(
    archive: zipfile.ZipFile, part: str, styles: HiddenStyles, characters: int
) -> StoryHandler:
    story = StoryHandler(styles, characters)
    parse_part(archive, part, story)
    story.finish()
    if story.has_open_field:
        # An instruction without an end would hide the rest of the document.
        story = StoryHandler(styles, characters, are_fields_balanced=False)
        parse_part(archive, part, story)
        story.finish()
    return story
