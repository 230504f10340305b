"""A city's colour and logo, the design system's page, and the weight of a first view."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.settings_theme import contrast_ratio
from search_api.app import create_app
from tests.journeys.browsing import record_path

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'


def test_a_city_has_its_own_colour_and_logo(sampled: Installation, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(LOGO)
    given = {"site_accent": "#0b5394", "site_logo": logo, "site_name": "某市政府信息公开"}
    settings = sampled.settings.model_copy(update=given)
    with TestClient(create_app(replace(sampled, settings=settings))) as client:
        for path in ("/", "/browse", "/kiosk"):
            page = client.get(path).text
            address = page.partition('href="/theme/colours.css')[2].partition('"')[0]
            styles = client.get(f"/theme/colours.css{address}")
            assert "#0b5394" in styles.text
            assert "immutable" in styles.headers["cache-control"]
        assert "某市政府信息公开" in client.get("/").text
        served = client.get("/theme/logo")
        assert served.content == LOGO
        assert served.headers["content-type"] == "image/svg+xml"
        assert "default-src" in served.headers["content-security-policy"]


def test_without_settings_there_is_no_theme(client: TestClient) -> None:
    assert "/theme/" not in client.get("/").text
    assert client.get("/theme/colours.css").status_code == 404
    assert client.get("/theme/logo").status_code == 404


@pytest.mark.parametrize("is_on", [True, False])
def test_the_design_system_is_shown_in_development(sampled: Installation, is_on: bool) -> None:
    settings = sampled.settings.model_copy(update={"styleguide": is_on})
    with TestClient(create_app(replace(sampled, settings=settings))) as client:
        assert client.get("/styleguide").status_code == (200 if is_on else 404)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_ratio("#ffffff", "#000000") == pytest.approx(21)
    assert contrast_ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast_ratio("#9c1c1c", "#9c1c1c") == 1


def test_a_first_view_weighs_little(client: TestClient) -> None:
    """Page, style sheets and scripts, compressed: at most 100 KB."""
    for path in ("/", "/search?q=公积金", record_path(client, q="公积金提取"), "/kiosk"):
        text = client.get(path).text
        parts = {each.partition('"')[0] for each in text.split('"/static/')[1:]}
        weights = [weigh(client, each) for each in (path, *(f"/static/{each}" for each in parts))]
        assert len(weights) > 3
        assert 5_000 < sum(weights) <= 100_000, path


def weigh(client: TestClient, path: str) -> int:
    """The bytes of a response as they are sent."""
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as response:
        return sum(map(len, response.iter_raw()))
