"""Measures every HTTP parameter at many times its usual length: status, time and memory.

    python -m bench.sizes DATA_DIR [FACTOR ...]

Each parameter of each endpoint is filled to FACTOR times its usual length (10, 100, 1,000 and
10,000 by default) with each filler text, and given that many times. A query string ends at
QUERY_BYTES, the limit of servers. The table shows the slowest filler of each parameter
and size. Record fields are measured by `bench.row_sizes`.
"""

import resource
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.testclient import TestClient

from gongkai.engines.installation import open_installation
from gongkai.settings import Settings
from search_api.app import create_app

FACTORS = (10, 100, 1_000, 10_000)
QUERY_BYTES = 60_000
USUAL: dict[str, int] = {"q": 8, "cursor": 80, "record_id": 20, "back": 40, "find": 4}
USUAL_ELSE = 10
FILLERS = (
    "公",
    "a/",
    "1",
    '"',
    "-a ",
    "2008年",
    "（",
    "%",
    "公积金 ",
    "国发〔2008〕1号",
    "e\u0301",
)
PAGES = (
    *("/search", "/search/facets/topic", "/search/citations", "/search/export", "/feed.atom"),
    *(
        "/kiosk/list",
        "/kiosk/narrow",
        "/kiosk/find",
        "/kiosk/browse/topic",
        "/kiosk/records/{record_id}",
    ),
    *(
        "/records/{record_id}",
        "/text/records/{record_id}",
        "/apply",
        "/appearance",
        "/opensearch/suggest",
    ),
)
PAGE_PARAMETERS = ("find", "back", "record", "hall", "path", "contrast", "unknown")
PATHS = ("/records/{}", "/api/v1/records/{}", "/api/v1/records/{}/similar", "/browse/{}", "/{}")
"""Addresses with a segment of any length."""


def list_parameters(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yields address and name of each query parameter that the application describes."""
    return list_described(app.openapi())


def list_described(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields address and name of each query parameter of an OpenAPI document."""
    for path, methods in document["paths"].items():
        for each in methods.get("get", {}).get("parameters", []):
            if each["in"] == "query":
                yield path, each["name"]


def list_page_parameters(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yields every page with every parameter: the described ones and those of pages only."""
    described = (name for _, name in list_parameters(app))
    return product(PAGES, dict.fromkeys((*PAGE_PARAMETERS, *described)))


def fill(path: str, name: str, filler: str, factor: int) -> str:
    """Returns the address with the parameter at `factor` times its usual length."""
    length = USUAL.get(name, USUAL_ELSE) * factor
    text = "".join(islice(cycle(filler), min(length, QUERY_BYTES)))
    return f"{path}?{name}=" + _cut(quote(text, safe=""))


def repeat(path: str, name: str, filler: str, factor: int) -> str:
    """Returns the address with the parameter `factor` times, each with another value."""
    values = (f"{name}={quote(filler, safe='')}{number}" for number in range(factor))
    return f"{path}?" + _cut("&".join(values))


def _cut(query: str) -> str:
    """Returns the query cut to QUERY_BYTES, but never inside %XX."""
    cut = query[:QUERY_BYTES]
    return cut[: cut.rfind("%")] if "%" in cut[-2:] else cut


def measure(client: TestClient, address: str) -> tuple[float, int, int]:
    """Returns seconds, growth of the peak memory in megabytes, status."""
    before, started = _peak(), time.perf_counter()
    status = client.get(address).status_code
    return time.perf_counter() - started, _peak() - before, status


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def print_slowest(client: TestClient, title: str, addresses: dict[str, str]) -> None:
    """Measures each address; prints the slowest."""
    seconds, megabytes, status, name = max(
        (*measure(client, address), name) for name, address in addresses.items()
    )
    print(f"{title:<58} {seconds * 1e3:8.1f} ms {megabytes:5} MB  {status} {name!r}", flush=True)


def main(data_dir: Path, factors: tuple[int, ...]) -> None:
    """Prints a line for each parameter and factor, and for each address with a long segment."""
    app = create_app(open_installation(Settings(data_dir=data_dir)))
    with TestClient(app, raise_server_exceptions=False) as client:
        record_id = client.get("/api/v1/search?size=1").json()["hits"][0]["id"]
        for listed, name in (*list_parameters(app), *list_page_parameters(app)):
            path = listed.replace("{record_id}", quote(record_id))
            for factor in factors:
                addresses = {each: fill(path, name, each, factor) for each in FILLERS}
                addresses["many values"] = repeat(path, name, "类", factor)
                print_slowest(client, f"{path} {name} x{factor}", addresses)
        for path in PATHS:
            for factor in factors:
                texts = {each: _cut(quote(each * 20 * factor, safe="")) for each in FILLERS}
                addresses = {each: path.format(text) for each, text in texts.items()}
                print_slowest(client, f"{path} x{factor}", addresses)


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(map(int, sys.argv[2:])) or FACTORS)
