"""What stands for a record: its title, then what says most of it, and no more than is public."""

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.installation import Installation
from gongkai.semantic.passages import LENGTH, choose_passage, name_passage
from tests.engines.records import make_document


def passage(installation: Installation, **fields: object) -> str:
    return choose_passage(decode_record(make_document(installation, **fields).stored))


def test_title_summary_and_the_beginning_of_the_text(installation: Installation) -> None:
    whole = passage(
        installation, title="关于饮水的通知", summary="摘要在前。", body="正文\n\n在后。"
    )
    assert whole == "关于饮水的通知\n摘要在前。\n正文 在后。"
    assert len(passage(installation, body="水" * 5_000)) == LENGTH
    assert passage(installation, body=f"甲{' ' * 5_000}乙").endswith("甲 乙")


def test_of_a_record_on_request_only_its_entry(installation: Installation) -> None:
    entry = passage(installation, disclosure="依申请公开", summary="摘要。", body="不在网上的正文")
    assert "不在网上" not in entry
    assert "摘要。" in entry


def test_another_passage_has_another_name() -> None:
    assert name_passage("甲") == name_passage("甲")
    assert name_passage("甲") != name_passage("乙")
