"""The audit log stores texts; every version's texts are read as one typed value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.duplicates.decisions import Decision
from gongkai.staff.audit_subjects import (
    AuditSubject,
    ListName,
    MatchCount,
    Ruling,
    StaffList,
    read_subject,
    spell_subject,
)
from search_api.staff.page import label_subject

CLUSTER = "0123456789abcdef"
SUBJECTS = st.one_of(
    st.builds(MatchCount, st.integers(0, 999_999)),
    st.builds(
        Ruling, st.text("0123456789abcdef", min_size=16, max_size=16), st.sampled_from(Decision)
    ),
    st.builds(StaffList, st.sampled_from(ListName), st.text(max_size=40)),
    st.ip_addresses().map(str),
)


@given(SUBJECTS)
def test_a_subject_is_read_back_from_its_text(subject: AuditSubject) -> None:
    assert read_subject(spell_subject(subject)) == subject


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("120 found", "找到 120 条"),
        ("searches without results", "没有结果的检索"),
        ("rejected 20260101T000000000000", "退回清单 20260101T000000000000"),
        ("rejected ", "退回清单"),
        ("duplicate open", "查重：待处理"),
        ("duplicates open", "查重：待处理"),
        ("duplicates duplicate", "查重：判为重复"),
        ("duplicates distinct", "查重：判为不同"),
        ("statistics 2025", "年度数据 2025"),
        (f"{CLUSTER} duplicate", f"{CLUSTER} 判为重复"),
        (f"{CLUSTER} distinct", f"{CLUSTER} 判为不同"),
        (CLUSTER, CLUSTER),
        ("2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_texts_of_older_versions_have_their_labels(text: str, label: str) -> None:
    assert label_subject(read_subject(text)) == label


@given(st.text())
def test_any_stored_text_is_shown(text: str) -> None:
    assert label_subject(read_subject(text)) or not text.strip()
