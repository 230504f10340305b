"""Draws pages and kiosk screens in every size and appearance, and joins them to contact sheets.

    python -m development.contact_sheets ADDRESS FOLDER [NAME ...]

ADDRESS is a running server that has the sample. FOLDER receives a WebP file for each NAME of
`build_sheets`.
"""

import io
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

Size = tuple[int, int]
PHONE, TABLET, DESK, WIDE = (390, 844), (768, 1024), (1280, 900), (1920, 1080)
PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
_FLAGS = ("--no-sandbox", "--disable-gpu", "--hide-scrollbars")
_HEIGHT = 420
"""Height of one picture on a sheet, in pixels."""
_GAP = 12


@dataclass(frozen=True, slots=True)
class Appearance:
    """What the system prefers and what the reader chose; `kiosk` is the query of kiosk screens."""

    scheme: Literal["light", "dark"] = "light"
    chosen: str = "standard.system"
    kiosk: str = ""


PAGE_APPEARANCES = {
    "light": Appearance(),
    "dark": Appearance("dark"),
    "elder": Appearance(chosen="elder.system"),
    "contrast": Appearance(chosen="standard.contrast"),
}
KIOSK_APPEARANCES = {
    "standard": Appearance(),
    "largest": Appearance(kiosk="size=3"),
    "contrast": Appearance(kiosk="contrast=on"),
}


@dataclass(frozen=True, slots=True)
class View:
    """A page in one size and appearance."""

    path: str
    size: Size
    appearance: Appearance = Appearance()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows are sizes and appearances, columns are paths."""

    paths: Sequence[str]
    sizes: Sequence[Size]
    appearances: Mapping[str, Appearance]


def build_sheets(address: str) -> Mapping[str, Sheet]:
    """Returns the sheets of the site at `address`, which names the records that they show."""
    long, ended, asked = (
        _find_record(address, **query)
        for query in ({"q": "条例 第三十二条"}, {"validity": "废止"}, {"disclosure": "依申请公开"})
    )
    pages = (
        "/",
        "/search?q=公积金提取",
        "/search?q=公积金&year=2023&published_from=2020",
        "/search?q=住房供积金",
        "/search?q=龘靐齉",
        "/browse",
        "/browse/topic",
        f"{long}?q=公积金",
        ended,
        asked,
        "/apply?record=" + asked.removeprefix("/records/"),
        "/appearance",
        "/styleguide",
        "/docs",
    )
    kiosk = (
        "/kiosk",
        "/kiosk/find",
        "/kiosk/list?q=公积金&rows=8",
        "/kiosk/narrow?q=公积金",
        "/kiosk/browse/topic",
        f"/kiosk{long}?back={quote('/kiosk/list?q=条例&rows=8', safe='')}",
        f"/kiosk{ended}",
        "/kiosk/list?q=龘靐齉",
    )
    return {
        "pages": Sheet(pages, (PHONE, TABLET, DESK, WIDE), PAGE_APPEARANCES),
        "kiosk": Sheet(kiosk, (PORTRAIT, LANDSCAPE, (1280, 1024), (1024, 768)), KIOSK_APPEARANCES),
    }


def _find_record(address: str, **query: str) -> str:
    with urlopen(f"{address}/api/v1/search?{urlencode(query)}") as answer:
        hit = json.load(answer)["hits"][0]
    return f"/records/{quote(hit['id'])}"


def draw(browser: Browser, view: View, address: str, *, has_masked_times: bool = False) -> bytes:
    """Returns a PNG of the window, as it is without scrolling."""
    (width, height), look = view.size, view.appearance
    joint = "&" if "?" in view.path else "?"
    with browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=look.scheme, locale="zh-CN",
        reduced_motion="reduce",
    ) as context:  # fmt: skip
        cookie = {"name": "appearance", "value": look.chosen, "url": address}
        context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.goto(address + view.path + (joint + look.kiosk if look.kiosk else ""))
        page.wait_for_load_state("networkidle")
        return page.screenshot(mask=[page.locator("time")] if has_masked_times else [])


def draw_sheet(browser: Browser, address: str, sheet: Sheet) -> Image.Image:
    """Returns one picture: a row for each size and appearance, a column for each path."""
    rows = [
        [draw(browser, View(path, size, look), address) for path in sheet.paths]
        for size in sheet.sizes
        for look in sheet.appearances.values()
    ]
    return join([[_shrink(each) for each in row] for row in rows])


def _shrink(picture: bytes) -> Image.Image:
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    return whole.resize(
        (round(whole.width * _HEIGHT / whole.height), _HEIGHT), Image.Resampling.LANCZOS
    )


def join(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    """Returns the pictures in rows, with gaps."""
    width = max(sum(each.width + _GAP for each in row) for row in rows) + _GAP
    height = sum(row[0].height + _GAP for row in rows) + _GAP
    sheet = Image.new("RGB", (width, height), "#888")
    top = _GAP
    for row in rows:
        left = _GAP
        for each in row:
            sheet.paste(each, (left, top))
            left += each.width + _GAP
        top += row[0].height + _GAP
    return sheet


def main(address: str, folder: Path, names: Sequence[str]) -> None:
    """Writes the sheets of these names, or all."""
    sheets = build_sheets(address)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(_FLAGS)
        )
        for name in names or sheets:
            (draw_sheet(browser, address, sheets[name])).save(folder / f"{name}.webp", quality=60)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
