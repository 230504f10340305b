"""Rows in, index documents out, by the product's own way: intake, then analysis."""

from collections.abc import Mapping

from catalog.intake import Accepted, IntakeRules, take_row
from engines.opening import Installation
from engines.port import IndexDocument
from indexer.documents import build_document

BASE: Mapping[str, object] = {
    "title": "关于加强农村饮水安全工作的通知",
    "publisher": "安庆市水利局",
    "published_on": "2020-05-06",
    "disclosure": "主动公开",
}


def make_document(installation: Installation, **fields: object) -> IndexDocument:
    """One accepted record with these fields on top of a plain one."""
    outcome = take_row({**BASE, **fields}, IntakeRules(installation.tables))
    assert isinstance(outcome, Accepted), outcome
    return build_document(outcome.record, installation.analysis)
