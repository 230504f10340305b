"""Two versions of a text: which article became which, and what changed in it."""

from hypothesis import given
from hypothesis import strategies as st

from gongkai.duplicates.revision import ArticleRevision, RevisionKind, compare_versions

ARTICLES = (
    "为了加强农村供水管理，保障饮水安全，制定本办法。",
    "供水单位应当建立水质检测制度，每月检测水质一次。",
    "用水户应当按照规定缴纳水费，逾期加收滞纳金。",
    "任何单位和个人不得擅自改动、拆除供水设施。",
    "本办法自发布之日起施行。",
)
NUMERALS = "一二三四五六七八九十"


def write(articles: tuple[str, ...]) -> str:
    return "\n".join(f"第{NUMERALS[at]}条 {text}" for at, text in enumerate(articles))


def describe(rows: list[ArticleRevision]) -> list[tuple[str, str, str]]:
    return [(row.kind.value, row.old_label, row.new_label) for row in rows]


def test_articles_are_followed_through_new_numbers() -> None:
    later = (
        ARTICLES[0],
        "供水单位应当取得取水许可，依法办理卫生手续。",
        ARTICLES[1].replace("每月", "每日"),
        ARTICLES[3],
        ARTICLES[4],
    )
    rows = compare_versions(write(ARTICLES), write(later))
    assert describe(rows) == [
        ("same", "第一条", "第一条"),
        ("added", "", "第二条"),
        ("changed", "第二条", "第三条"),
        ("removed", "第三条", ""),
        ("same", "第四条", "第四条"),
        ("same", "第五条", "第五条"),
    ]
    changed = [piece for piece in rows[2].pieces if not piece.is_equal]
    assert [(piece.one, piece.other) for piece in changed] == [("月", "日")]
    assert rows[2].is_renumbered


def test_an_article_that_moved_is_one_article() -> None:
    later = (ARTICLES[0], ARTICLES[3], ARTICLES[1], ARTICLES[2], ARTICLES[4])
    rows = compare_versions(write(ARTICLES), write(later))
    assert [(row.old_label, row.new_label) for row in rows if row.is_moved] == [
        ("第四条", "第二条")
    ]
    assert {row.kind for row in rows} == {RevisionKind.SAME}


@given(
    st.lists(st.sampled_from(ARTICLES), max_size=6), st.lists(st.sampled_from(ARTICLES), max_size=6)
)
def test_each_paragraph_of_both_texts_is_there_once(old: list[str], new: list[str]) -> None:
    rows = compare_versions("\n".join(old), "\n".join(new))
    ones = ["".join(piece.one for piece in row.pieces) for row in rows]
    others = ["".join(piece.other for piece in row.pieces) for row in rows]
    assert sorted(filter(None, ones)) == sorted(old)
    assert [text for text in others if text] == new
