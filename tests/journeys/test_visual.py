"""A dozen pages and kiosk screens compared with pictures of an earlier state, pixel by pixel.

After an intended change, look at the new pictures and keep them:

    GONGKAI_TEST_PICTURES=keep pytest -m slow tests/journeys/test_visual.py
"""

import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from development.contact_sheets import (
    DESK,
    KIOSK_APPEARANCES,
    LANDSCAPE,
    PAGE_APPEARANCES,
    PHONE,
    PORTRAIT,
    View,
    draw,
)

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "pictures"
VIEWS = {
    "start-phone": View("/", PHONE),
    "start-dark": View("/", DESK, PAGE_APPEARANCES["dark"]),
    "results-phone": View("/search?q=公积金提取", PHONE),
    "results-desk": View("/search?q=公积金&year=2021", DESK),
    "results-contrast": View("/search?q=公积金", DESK, PAGE_APPEARANCES["contrast"]),
    "nothing-elder": View("/search?q=龘靐齉", PHONE, PAGE_APPEARANCES["elder"]),
    "browse-desk": View("/browse", DESK),
    "kiosk-start": View("/kiosk", PORTRAIT),
    "kiosk-keys": View("/kiosk/find", PORTRAIT),
    "kiosk-list": View("/kiosk/list?q=公积金&rows=8", PORTRAIT, KIOSK_APPEARANCES["largest"]),
    "kiosk-wide": View("/kiosk", LANDSCAPE),
    "kiosk-narrow": View("/kiosk/narrow?q=公积金", LANDSCAPE, KIOSK_APPEARANCES["contrast"]),
}
_SCALE = 4
"""Pictures are kept at a quarter of the size: the edges of letters differ between font versions."""
_VISIBLE = 40
"""Difference of a grey value, out of 255, that a person sees."""
_TOLERANCE = 0.01
"""Share of pixels that may differ visibly."""


def shrink(picture: bytes) -> Image.Image:
    whole = Image.open(io.BytesIO(picture)).convert("L")
    return whole.reduce(_SCALE)


def differing(one: Image.Image, other: Image.Image) -> float:
    """Share of pixels that differ visibly; 1 for pictures of other sizes."""
    if one.size != other.size:
        return 1
    grey = np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16))
    return float((grey > _VISIBLE).mean())


@pytest.mark.parametrize("name", VIEWS)
def test_pages_look_as_before(name: str, browser: Browser, address: str, tmp_path: Path) -> None:
    shown = shrink(draw(browser, VIEWS[name], address, has_masked_times=True))
    kept = FOLDER / f"{name}.webp"
    if os.environ.get("GONGKAI_TEST_PICTURES") == "keep":
        FOLDER.mkdir(exist_ok=True)
        shown.save(kept, quality=90)
    shown.save(tmp_path / kept.name)
    with Image.open(kept) as earlier:
        share = differing(shown, earlier.convert("L"))
    assert share <= _TOLERANCE, f"{share:.1%} of {tmp_path / kept.name} differ from {kept}"


_SHIFTS = """() => new Promise((found) => {
  let moved = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) moved += each.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => found(moved), 500);
})"""


@pytest.mark.parametrize("name", VIEWS)
def test_nothing_moves_while_a_page_loads(name: str, browser: Browser, address: str) -> None:
    """A cumulative layout shift of 0.1 counts as good (web.dev/cls).

    The processor is slowed down: scripts then run after the browser could draw for the first time.
    """
    width, height = VIEWS[name].size
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
        page.goto(address + VIEWS[name].path)
        assert page.evaluate(_SHIFTS) < 0.01


def test_a_change_of_a_page_is_seen(browser: Browser, address: str) -> None:
    before, after = (
        shrink(draw(browser, view, address, has_masked_times=True))
        for view in (VIEWS["kiosk-start"], replace(VIEWS["kiosk-start"], path="/kiosk/find"))
    )
    assert differing(before, after) > _TOLERANCE
