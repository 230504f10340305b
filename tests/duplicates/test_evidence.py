"""Evidence is a typed value; its text is the same in stored scans of every version."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.duplicates.classify import Finding
from gongkai.duplicates.clusters import Pair
from gongkai.duplicates.decisions import Decisions
from gongkai.duplicates.evidence import (
    Difference,
    Evidence,
    Kind,
    WrongCharacters,
    read_evidence,
    spell_evidence,
)
from gongkai.duplicates.scan_store import ScanStore
from gongkai.duplicates.titles import TitleRelation
from search_api.staff.page import label_evidence

FIXED: list[Evidence] = [*Kind, *Difference, *TitleRelation]
EVIDENCE = st.one_of(st.sampled_from(FIXED), st.builds(WrongCharacters, st.integers(1, 10**6)))


@given(EVIDENCE)
def test_the_text_of_evidence_is_read_back(evidence: Evidence) -> None:
    assert read_evidence(spell_evidence(evidence)) == evidence


def test_no_two_values_share_a_text() -> None:
    assert len({spell_evidence(each) for each in FIXED}) == len(FIXED)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("same text", Kind.SAME_TEXT),
        ("other edition", Kind.OTHER_EDITION),
        ("title: other edition", TitleRelation.OTHER_EDITION),
        ("title: same", TitleRelation.SAME),
        ("wrong characters: 12", WrongCharacters(12)),
        ("sentences moved", Difference.SENTENCES_MOVED),
        ("frame added", Difference.FRAME_ADDED),
        ("other document number", Difference.DOCUMENT_NUMBER),
        ("other index number", Difference.INDEX_NUMBER),
        ("other date of issue", Difference.DATE_OF_ISSUE),
    ],
)
def test_texts_of_older_versions_are_read(text: str, evidence: Evidence) -> None:
    assert read_evidence(text) == evidence


@pytest.mark.parametrize("text", ["", "title: ", "wrong characters: x", "other number"])
def test_another_text_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="unknown evidence"):
        read_evidence(text)


def test_every_evidence_has_a_chinese_label() -> None:
    labels = label_evidence([*FIXED, WrongCharacters(3)])
    assert all(label and not label.isascii() for label in labels)
    assert labels[-1] == "零星错字 3 处"


def test_a_stored_scan_keeps_its_evidence(tmp_path: Path) -> None:
    evidence = (Kind.NEAR_TEXT, WrongCharacters(2), TitleRelation.SAME, Difference.INDEX_NUMBER)
    pair = Pair("a", "b", Finding(Kind.NEAR_TEXT, 0.9, 0.8, 0.9, evidence))
    ScanStore(tmp_path, Decisions(tmp_path)).keep([pair], "v", "g", 0.8)
    stored = orjson.loads((tmp_path / "duplicates.json").read_bytes())["pairs"][0][2]["evidence"]
    expected = ["near text", "wrong characters: 2", "title: same", "other index number"]
    assert stored == expected
    scan = ScanStore(tmp_path, Decisions(tmp_path)).latest()
    assert scan is not None
    assert scan.pairs == (pair,)
