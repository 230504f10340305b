"""Random texts of the kinds that catalogs hold and that break analyses; every law draws them."""

import re

from hypothesis import strategies as st

SAMPLES = (
    "最低生活保障 申請住房公積金 宜政办秘〔2008〕8号 著作权覆盖 乾隆打溼了 二○○八年 〇"
    "ＰＭ２．５ pm2.5 3g H1N1 İstanbul Straße ﬁn café cafe\u0301 ㍻ ⑴①㈠ ㎡℃ ½ ﷺ ´ ſ K Å ÅΣς"
    "한글 \u1112\u1161\u11ab \u115f\u3164 か\u3099が ｶﾞ ภาษาไทย हिन्दी "
    "😀👩\u200d👩\u200d👧❤\ufe0f🇨🇳 𠮷𠀀𪚥 䶮鿐 \U000323af"
    "，。；：！？（）【】《》“”……——、·-_=+<>&\"'|~^`$ \t\r\n\u3000\xa0\u2028\u2029\x85\x0b\x0c\x1c"
    "\u200b\u200c\u200d\u2060\ufeff\xad\u202e\x00\x07\x7f\ue000\U000f0000\U0010ffff\ud800\udfff\ufffe"
)

pieces = st.one_of(
    st.sampled_from(SAMPLES),
    st.sampled_from(SAMPLES.split(" ")),
    st.characters(),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
)

texts = st.lists(pieces, max_size=30).map("".join)


@st.composite
def substrings(draw: st.DrawFn) -> tuple[str, str]:
    """A text and a part of it."""
    text = draw(texts)
    start = draw(st.integers(0, len(text)))
    return text, text[start : draw(st.integers(start, len(text)))]


def cuts_a_year(before: str, after: str) -> bool:
    """Whether numerals meet at the border of two texts, so that it may lie inside a year."""
    numeral = "[0-9０-９零〇○一二三四五六七八九·・]"
    edges = re.search(rf"{numeral}\W*$", before), re.match(rf"\W*{numeral}", after)
    return all(edges)
