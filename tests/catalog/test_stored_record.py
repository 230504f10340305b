"""The stored JSON of a record: what is decoded is encoded to the same bytes again."""

import orjson
import pytest

from gongkai.catalog.citations import Citation
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.explained import Explained
from gongkai.catalog.record import Attachment, AttachmentText, Record
from gongkai.catalog.repeals import Repeal
from gongkai.catalog.stored_record import (
    StoredRecord,
    decode_record,
    encode_record,
)
from gongkai.catalog.validity_period import ValidityPeriod
from gongkai.engines.installation import Installation
from tests.engines.records import make_document

ENTRY = (
    b'"id":"r1","index_number":null,"title":"\xe9\x80\x9a\xe7\x9f\xa5","document_number":null,'
    b'"document_number_original":"x","publisher":"p","publisher_name":"\xe5\xb1\x80","publisher_inferred":false,'
    b'"issued_on":%s,"issued_on_original":null,"published_on":"%s","category":null,'
    b'"topic":%s,"audience":[],"life_event":[],"genre":"\xe9\x80\x9a\xe7\x9f\xa5",'
    b'"genre_inferred":true,"format":null,"disclosure":"%s","validity":null,"validity_inferred":false,"keywords":[],'
    b'"summary":"","body":"","url":null,"attachments":%s,"extra":%s,"repeals":%s,'
    b'"explained":[{"title":"a","document_number":null}],"cites":[{"title":"b",'
    b'"document_number":null,"is_basis":true}],"period":{"effective_on":"2021-10-01",'
    b'"expires_on":null,"passage":"p","is_trial":true},"text_key":"","bands":""'
)
PUBLIC, ON_REQUEST = (each.value.encode() for each in list(Disclosure)[:2])
NOTHING = (b"null", b"2008", b"[]", PUBLIC, b"[]", b"{}", b"[]")
FILE = b'{"name":"a","url":null,"text":"b","text_state":"%s"}'
KINDS = {
    "an entry": NOTHING,
    "dates of a month and a day": (b'"2008-05"', b"2009-02-20", *NOTHING[2:]),
    "classes": (*NOTHING[:2], b'["a/b","c"]', *NOTHING[3:]),
    "on request": (*NOTHING[:3], ON_REQUEST, *NOTHING[4:]),
    "columns of the source": (*NOTHING[:5], b'{"a":[1,2.5,{"b":null}],"c":"d"}', b"[]"),
    "repeals": (*NOTHING[:6], b'[{"title":null,"document_number":"1"}]'),
    **{
        f"an attachment {state}": (*NOTHING[:4], b"[%s]" % (FILE % state.encode()), *NOTHING[5:])
        for state in AttachmentText
    },
}


@pytest.mark.parametrize("values", KINDS.values(), ids=KINDS)
def test_bytes_of_an_index_are_encoded_as_they_were(values: tuple[bytes, ...]) -> None:
    stored = b"{" + ENTRY % values + b"}"
    assert encode_record(decode_record(stored)) == stored


def test_every_value_has_its_type() -> None:
    attachment = Attachment("a", None, "b", AttachmentText.READ)
    record = StoredRecord(
        id="r1",
        title="通知",
        publisher="p",
        publisher_name="局",
        issued_on=PartialDate(2008, 5),
        published_on=PartialDate(2009, 2, 20),
        topic=("a/b", "c"),
        disclosure=Disclosure.ON_REQUEST,
        attachments=(attachment,),
        extra={"a": [1]},
        repeals=(Repeal("办法", None),),
        explained=(Explained(None, "甲〔2021〕1号"),),
        cites=(Citation("条例", None, is_basis=True),),
        period=ValidityPeriod(None, PartialDate(2026, 9, 30), "有效期五年", is_trial=False),
        text_key="k",
        bands="b",
    )
    assert decode_record(encode_record(record)) == record


def test_a_record_on_request_and_a_public_one_survive_indexing(installation: Installation) -> None:
    body = "《旧办法》（某政发〔2008〕1号）同时废止。" + "农村饮水安全工程的建设、管理和保护。" * 9
    for disclosure in ("主动公开", "依申请公开"):
        document = make_document(
            installation, disclosure=disclosure, body=body, attachments=["表.pdf"], 备注="归档"
        )
        assert encode_record(decode_record(document.stored)) == document.stored
    assert orjson.loads(document.stored)["body"] == ""


def test_the_place_of_a_file_on_the_indexing_machine_is_not_stored() -> None:
    record = Record(
        id="r1",
        title="通知",
        publisher="p",
        publisher_name="局",
        published_on=PartialDate(2008),
        disclosure=Disclosure.PUBLIC,
        attachments=(Attachment("a", path="/srv/a"),),
    )
    assert "/srv" not in encode_record(record).decode()


@pytest.mark.parametrize("damaged", [b"", b"{}", b"[]", b'{"issued_on":null}'])
def test_what_is_no_stored_record_is_an_error(damaged: bytes) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        decode_record(damaged)
