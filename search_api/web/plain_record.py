"""A record as a plain text file for download."""

from collections.abc import Iterator

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import TITLES
from gongkai.search.responses import RecordView
from search_api.web.catalog_entry import catalog_rows


def write_plain_record(record: RecordView, address: str) -> str:
    """Returns title, catalog entry and text.

    A record on request (依申请公开) has only its entry.
    """
    return "\r\n".join(_lines(record, address))


def _lines(record: RecordView, address: str) -> Iterator[str]:
    yield f"\ufeff{record.title}"
    yield ""
    for row in catalog_rows(record):
        yield f"{row.heading}：{'；'.join(value.text for value in row.values)}"
    yield f"本站网址：{address}"
    yield ""
    if record.summary:
        yield from (TITLES["summary"], *record.summary.splitlines(), "")
    if record.disclosure == Disclosure.PUBLIC:
        yield from record.body.splitlines()
        for attachment in record.attachments:
            yield f"附件：{attachment.name}{f' {attachment.url}' if attachment.url else ''}"
            yield from attachment.text.splitlines()
    else:
        yield "这条信息属于依申请公开，正文可以向发布机构申请获取。"
    yield ""
