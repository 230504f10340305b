"""After any runs no closed record is public unless staff are told, and no other one is lost."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, publish
from tests.engines.records import read_contents
from tests.journeys.command import write_rows

IDENTIFIERS = ("id", "index_number", "document_number", "url")
OPEN, CLOSE = "主动公开", "不予公开"
Step: TypeAlias = tuple[int, str, set[str], bool, int]
"""A document, what its row says of disclosure, its identifiers, whether respelled, its version."""


def full_row(document: int, version: int) -> dict[str, object]:
    return {
        "id": f"cms-{document}",
        "index_number": f"003127334/20200{document}-0000{document}",
        "document_number": f"宜水〔2020〕{document}号",
        "url": f"http://www.example.gov.cn/xxgk/{document}.html",
        "title": f"关于第{document}水厂供水安全工作的通知",
        "publisher": "安庆市水利局",
        "published_on": f"2020-05-0{document}",
        "body": f"第{document}水厂有关供水安全的事项通知如下，请认真贯彻执行。版本{version}。",
    }


def respell(row: Mapping[str, object]) -> dict[str, object]:
    """The same identifiers as another system writes them."""
    wide = str.maketrans("0123456789/-", "０１２３４５６７８９／—")
    respelled = dict(row)
    if "index_number" in row:
        respelled["index_number"] = str(row["index_number"]).translate(wide)
    if "document_number" in row:
        number = str(row["document_number"])
        respelled["document_number"] = (
            number.replace("〔", "[").replace("〕", "] 0").replace("号", " 号")
        )
    if "url" in row:
        respelled["url"] = str(row["url"]).replace("http://www", "HTTPS://WWW") + "#top"
    respelled["publisher"] = "市水利局"
    return respelled


steps = st.tuples(
    st.integers(1, 4),
    st.sampled_from([OPEN, OPEN, CLOSE]),
    st.sets(st.sampled_from(IDENTIFIERS)),
    st.booleans(),
    st.integers(1, 2),
)
runs = st.lists(st.lists(steps, max_size=4, unique_by=lambda step: step[0]), max_size=5)


def check(installation: Installation, plan: Sequence[Sequence[Step]]) -> None:
    """Every run of a plan over an empty installation, and what is public after each."""
    latest: dict[int, str | None] = {}
    told: set[str] = set()
    prefix = installation.settings.elasticsearch_prefix
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = installation.settings.model_copy(
            update={
                "data_dir": folder / "data",
                "elasticsearch_prefix": f"{prefix}-{uuid4().hex[:8]}",
            }
        )
        made = replace(installation, settings=settings)
        for number, run in enumerate(plan):
            rows = [write_row(step) for step in run]
            latest |= {
                step[0]: str(row["body"]) if step[1] == OPEN else None
                for step, row in zip(run, rows, strict=True)
            }
            done = publish(IndexJob([write_rows(folder / f"{number}.jsonl", rows)]), made)
            if done.review:
                told |= set(re.findall(r"，请核对,([^,]+),", done.review.read_text("utf-8-sig")))
            contents = read_contents(made)
            public = {key: orjson.loads(stored)["body"] for key, stored in contents.items()}
            for document, body in latest.items():
                versions = {k: v for k, v in public.items() if v.startswith(f"第{document}水厂")}
                assert body in versions.values() if body else versions.keys() <= told


def write_row(step: Step) -> dict[str, object]:
    document, word, kept, is_respelled, version = step
    row = {
        key: value
        for key, value in full_row(document, version).items()
        if key in kept or key not in IDENTIFIERS
    }
    row["disclosure"] = word
    return respell(row) if is_respelled else row


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(plan=runs)
def test_nothing_closed_is_left_and_nothing_else_is_lost(
    installation: Installation, plan: list[list[Step]]
) -> None:
    check(installation, plan)


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(plan=runs)
def test_nothing_closed_is_left_on_a_node_either(
    elastic: Installation, plan: list[list[Step]]
) -> None:
    check(elastic, plan)
