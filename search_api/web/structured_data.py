"""Structured data of a record for search engines: JSON-LD with schema.org terms."""

from collections.abc import Mapping

from gongkai.search.responses import RecordView


def describe_record(record: RecordView, address: str, site: str) -> Mapping[str, object]:
    """Returns the description without empty fields. `address` is the absolute page address."""
    publisher = {"@type": "GovernmentOrganization", "name": record.publisher.name}
    numbers = [number for number in (record.document_number, record.index_number) if number]
    described = {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "name": record.title,
        "url": address,
        "identifier": numbers,
        "publisher": publisher,
        "datePublished": record.published_on,
        "dateCreated": record.issued_on,
        "genre": record.genre,
        "keywords": record.keywords,
        "about": record.topic,
        "abstract": record.summary,
        "inLanguage": "zh-CN",
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "WebSite", "name": site},
        "sameAs": record.url,
        "creativeWorkStatus": record.validity,
    }
    return {name: value for name, value in described.items() if value}
