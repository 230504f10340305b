"""A record in, the line that cites it out, after GB/T 7714-2015 (electronic resources).

发布机构. 标题: 文号[A/OL]. (发布日期)[引用日期]. 网址.
"""

from datetime import date
from typing import Protocol

from gongkai.search.responses import PublisherView


class Citable(Protocol):
    """What a hit and a record have in common."""

    title: str
    document_number: str | None
    publisher: PublisherView
    published_on: str


def cite(record: Citable, address: str, today: date) -> str:
    """`address`: absolute, of the record's page; A is the standard's sign for a document."""
    number = f": {record.document_number}" if record.document_number else ""
    return (
        f"{record.publisher.name}. {record.title}{number}[A/OL]. "
        f"({record.published_on})[{today.isoformat()}]. {address}."
    )
