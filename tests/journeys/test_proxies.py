"""A reverse proxy that is not trusted: what the log, doctor and serve say of it."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.errors import SettingsError
from gongkai.trusted_proxies import (
    describe_untrusted,
    find_proxy_faults,
    read_trusted_proxies,
)
from search_api.app import create_app
from tests.journeys.command import plain_row, run, run_with, running_server, write_rows

UNTRUSTED = describe_untrusted()
PROXY, CITIZEN = "10.0.0.5", "203.0.113.5"


@pytest.fixture
def installed(sampled: Installation, tmp_path: Path) -> Installation:
    """The sample's index is not needed: warnings come before any search."""
    return replace(sampled, settings=sampled.settings.model_copy(update={"data_dir": tmp_path}))


def warned(caplog: pytest.LogCaptureFixture) -> int:
    return sum(each.getMessage() == UNTRUSTED for each in caplog.records)


def test_a_proxy_that_is_not_trusted_is_warned_of_once(
    installed: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    client = TestClient(create_app(installed), client=(PROXY, 1))
    for number in range(3):
        client.get("/healthz", headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert warned(caplog) == 1
    (fault,) = find_proxy_faults(installed.settings.data_dir, {})
    assert fault.startswith(UNTRUSTED)
    assert PROXY not in caplog.text + fault
    assert CITIZEN not in caplog.text + fault


@pytest.mark.parametrize(
    ("client", "header"),
    [
        # uvicorn has put the first untrusted address of the header in place of the proxy's.
        (CITIZEN, CITIZEN),
        (CITIZEN, f"198.51.100.1, {CITIZEN}, 10.0.0.9"),
        (CITIZEN, f"{CITIZEN}:4711"),
        ("2001:db8::1", "[2001:db8::1]:4711"),
        ("2001:db8::1", "2001:db8::1"),
        (CITIZEN, ""),
        (CITIZEN, None),
    ],
)
def test_a_trusted_proxy_and_a_direct_client_are_not(
    installed: Installation, caplog: pytest.LogCaptureFixture, client: str, header: str | None
) -> None:
    caplog.set_level(logging.WARNING)
    headers = {} if header is None else {"X-Forwarded-For": header}
    TestClient(create_app(installed), client=(client, 1)).get("/healthz", headers=headers)
    assert warned(caplog) == 0
    assert not list(find_proxy_faults(installed.settings.data_dir, {}))


@pytest.mark.parametrize("named", ["", "127.0.0.1", "10.0.0.5, 10.1.0.0/16", "::1,fd00::/8", "*"])
def test_addresses_and_networks_can_be_trusted(named: str) -> None:
    trusted = read_trusted_proxies({"FORWARDED_ALLOW_IPS": named})
    assert trusted == (named or "127.0.0.1,::1")


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ("proxy.example.gov.cn", "proxy.example.gov.cn"),
        ("127.0.0.1 10.0.0.5", "127.0.0.1 10.0.0.5"),
        ("127.0.0.1,10.0.0.5/24", "10.0.0.5/24"),
        ("127.0.0.1,", ""),
        ("127.0.0.1,*", "*"),
    ],
)
def test_an_entry_that_matches_no_address_is_told(named: str, wrong: str) -> None:
    with pytest.raises(SettingsError, match="no address or network") as raised:
        read_trusted_proxies({"FORWARDED_ALLOW_IPS": named})
    assert f'"{wrong}"' in str(raised.value)


def test_serve_tells_of_a_wrong_entry_and_doctor_of_everyone(tmp_path: Path) -> None:
    settings = {"GONGKAI_DATA_DIR": str(tmp_path)}
    done = run_with({**settings, "FORWARDED_ALLOW_IPS": "proxy"}, "serve", "--port", 0)
    assert done.returncode == 2
    assert done.stderr.startswith("gongkai: FORWARDED_ALLOW_IPS")
    told = run_with({**settings, "FORWARDED_ALLOW_IPS": "*"}, "doctor").stdout
    assert "every client can choose its own address" in told


def test_doctor_tells_what_a_running_server_saw_until_it_trusts_the_proxy(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.jsonl", [plain_row(1)])
    assert run(tmp_path / "data", "index", rows).returncode == 0
    settings = {"GONGKAI_DATA_DIR": str(tmp_path / "data"), "FORWARDED_ALLOW_IPS": PROXY}
    headers = {"X-Forwarded-For": CITIZEN}
    with running_server(settings) as (_, client):
        client.get("/", headers=headers)
    done = run(tmp_path / "data", "doctor")
    assert done.returncode == 3
    assert UNTRUSTED in done.stdout
    with running_server({**settings, "FORWARDED_ALLOW_IPS": "127.0.0.1"}) as (_, client):
        client.get("/", headers=headers)
    done = run(tmp_path / "data", "doctor")
    assert done.returncode == 0
    assert UNTRUSTED not in done.stdout
