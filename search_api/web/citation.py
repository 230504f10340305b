"""Citations of a record according to GB/T 7714-2015 (electronic resources).

发布机构. 标题: 文号[A/OL]. (发布日期)[引用日期]. 网址.
"""

from datetime import date
from typing import Protocol

from gongkai.search.responses import PublisherView


class Citable(Protocol):
    """The fields that hits and records have in common."""

    title: str
    document_number: str | None
    publisher: PublisherView
    published_on: str


def cite(record: Citable, address: str, today: date) -> str:
    """Returns the citation. `address` is the absolute address of the record's page.

    The standard uses A for a document from a collection.
    """
    number = f": {record.document_number}" if record.document_number else ""
    return (
        f"{record.publisher.name}. {record.title}{number}[A/OL]. "
        f"({record.published_on})[{today.isoformat()}]. {address}."
    )
