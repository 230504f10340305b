"""Extracts the text of a DOCX as Word shows it: in document order, without hidden text.

Insertions, smart tags, content controls, text boxes, hyperlinks and notes are text. Deletions,
moved-away text, comments, field instructions, hidden runs (`w:vanish`) and hidden rows are not.
Source: ECMA-376 part 1, 17.3.2.41 (vanish), 17.4.21 (hidden), 17.13.5 (revisions), 17.16 (fields).
"""

import zipfile
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.docx_parts import open_parts, parse_part
from gongkai.files.docx_story import StoryHandler
from gongkai.files.docx_styles import HiddenStyles, read_hidden_styles


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
    lines = (line.strip() for line in "\n".join(texts).split("\n"))
    return "\n".join(filter(None, lines)), AttachmentText.READ


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
