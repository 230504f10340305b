"""The shipped tables are sound; a city's own win, and say what is wrong with them."""

from pathlib import Path

import pytest

from analyzers.dictionary import load_dictionary
from analyzers.errors import TableError


def test_shipped_words() -> None:
    dictionary = load_dictionary()
    words = {word for word, _ in dictionary.words}
    assert len(words) >= 500
    assert {"最低生活保障", "住房公积金", "不动产权证书", "双随机一公开", "河长制"} <= words
    assert {"的", "怎么", "请问", "哪里"} <= dictionary.stopwords
    assert not {"办理", "申请", "条件", "材料"} & dictionary.stopwords


def test_a_replaced_file_wins_and_the_other_stays(tmp_path: Path) -> None:
    (tmp_path / "government.csv").write_text("word,frequency\n宜城通,\n宜事办,900\n", "utf-8-sig")
    dictionary = load_dictionary(tmp_path)
    assert dictionary.words == (("宜事办", 900), ("宜城通", None))
    assert dictionary.stopwords == load_dictionary().stopwords
    assert dictionary.fingerprint != load_dictionary().fingerprint


def test_replaced_stopwords_win(tmp_path: Path) -> None:
    (tmp_path / "stopwords.csv").write_text("word\n請問\n", "utf-8")
    dictionary = load_dictionary(tmp_path)
    assert dictionary.stopwords == {"请问"}
    assert dictionary.words == load_dictionary().words


def test_gb18030_and_order_do_not_count(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    (first / "government.csv").write_text("word\n宜城通\n宜事办\n", "utf-8")
    (second / "government.csv").write_text("kind,word\n,宜事办\n\n,宜城通\n", "gb18030")
    assert load_dictionary(first) == load_dictionary(second)


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("government.csv", "", ":1: the header lacks the column word"),
        ("government.csv", "term\n宜城通\n", ":1: the header lacks the column word"),
        ("government.csv", "word\n宜城通\nA证\n", ":3: 'A证' is not two or more Han"),
        ("government.csv", "word,frequency\n宜城通,-1\n", ":2: the frequency '-1'"),
        ("government.csv", "word\n宜城通\n宜城通\n", ":3: 宜城通 is at"),
        ("government.csv", "word,kind\n,x\n", ":2: has an empty word"),
        ("government.csv", "word\n宜城通,1\n", ":2: has more cells"),
        ("government.csv", 'word\n"宜城通\n', ":2: is not CSV"),
        ("stopwords.csv", "word\n的\n的\n", ":3: 的 is at"),
    ],
)
def test_says_file_and_line(tmp_path: Path, name: str, content: str, place: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(TableError) as caught:
        load_dictionary(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / name}{place}")


def test_damaged_utf8_is_not_read_as_gb18030(tmp_path: Path) -> None:
    content = bytearray("word\n最低生活保障\n住房公积金\n政府信息公开\n不动产登记\n".encode())
    del content[-4]
    (tmp_path / "government.csv").write_bytes(content)
    with pytest.raises(TableError, match=r"government\.csv:5: is neither UTF-8 nor GB18030"):
        load_dictionary(tmp_path)


def test_refuses_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is not a folder"):
        load_dictionary(tmp_path / "missing")
