"""Supervision over 20,000 records of 1,200 agencies: the count after a change, and the page.

    python -m bench.supervision

Processor time, so that other work on the machine does not count.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import orjson
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation, open_installation
from gongkai.search.supervision import count_units
from gongkai.settings import SemanticMode, Settings
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from search_api.app import create_app

RECORDS, UNITS, REQUESTS = 20_000, 1_200, 20
_SENTENCE = "各有关单位应当按照规定的时限办理，并将办理结果报送主管部门。"
_CLASSES = ("管理/机构职能", "监督保障/政府信息公开制度", "重点领域/财政预决算", "", "执行")


def main() -> None:
    """Prints the seconds of processor time of the count and of the pages."""
    with tempfile.TemporaryDirectory() as folder:
        installation = _build(Path(folder))
        counted = _count(installation)
        cookie_owner = Tokens(open_ledger(installation.settings.data_dir)).add("bench")
        with TestClient(create_app(installation)) as client:
            client.post("/staff/sign-in", data={"token": cookie_owner})
            client.get("/staff/supervision")
            took = [_time(client, "/staff/supervision") for _ in range(REQUESTS)]
            one = [_time(client, "/staff/supervision/unit-00007") for _ in range(REQUESTS)]
    print(f"{RECORDS:,} records, {UNITS:,} agencies")
    print(f"count after a change of the index: {counted:.2f} s")
    print(f"page: median {statistics.median(took):.3f} s, most {max(took):.3f} s")
    print(f"page of an agency: median {statistics.median(one):.3f} s")


def _build(folder: Path) -> Installation:
    (folder / "tables").mkdir()
    rows = ["code,name,short_names,level,parent,former_names,place", "city,甲市人民政府,,市,,,甲市"]
    rows += [f"unit-{at:05},甲市第{at}单位,,{'县乡'[at % 2]},city,," for at in range(UNITS)]
    (folder / "tables" / "agencies.csv").write_text("\n".join(rows), "utf-8")
    source = folder / "records.jsonl"
    source.write_bytes(b"\n".join(map(_write_row, range(RECORDS))))
    settings = Settings(
        data_dir=folder / "data", tables_dir=folder / "tables", semantic=SemanticMode.OFF
    )
    installation = open_installation(settings)
    publish(IndexJob(find_sources([source])), installation)
    return installation


def _write_row(at: int) -> bytes:
    year, unit = 2015 + at % 11, at % UNITS
    is_report = at % 9 == 0
    title = (
        f"甲市第{unit}单位{year}年政府信息公开工作年度报告" if is_report else f"第{at}号事项的通知"
    )
    row = {
        "title": title,
        "publisher": f"甲市第{unit}单位",
        "document_number": None if is_report else f"甲发{unit}〔{year}〕{at % 40 + 1}号",
        "issued_on": f"{year}-02-{at % 27 + 1:02}",
        "published_on": f"{year}-0{3 + at % 6}-15",
        "category": _CLASSES[at % len(_CLASSES)],
        "topic": "综合政务/政务公开" if at % 3 else "",
        "validity": "有效" if at % 4 else "",
        "disclosure": "主动公开",
        "body": _SENTENCE * 40,
    }
    return orjson.dumps({name: value for name, value in row.items() if value})


def _count(installation: Installation) -> float:
    async def count() -> float:
        engine = installation.open_engine()
        started = time.process_time()
        await count_units(installation, engine)
        took = time.process_time() - started
        await engine.close()
        return took

    return asyncio.run(count())


def _time(client: TestClient, path: str) -> float:
    started = time.process_time()
    answer = client.get(path)
    took = time.process_time() - started
    assert answer.status_code == 200, answer.text[:200]
    return took


if __name__ == "__main__":
    main()
