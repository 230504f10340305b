"""What a city deploys: the compose file with each profile, the image's user, what is in it all."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gongkai.command_table import COMMANDS
from gongkai.settings import Settings
from search_api.http.body_limit import LARGE_BODY
from tests.conftest import require_or_skip

ROOT = Path(__file__).resolve().parents[1]
PROFILES = ("three-nodes", "indexer")
CHOSEN = [each for size in range(3) for each in itertools.combinations(PROFILES, size)]


@pytest.fixture(scope="module")
def compose() -> list[str]:
    """The plugin of Docker's client, or the program that came before it."""
    if shutil.which("docker") and _answers(["docker", "compose", "version"]):
        return ["docker", "compose"]
    if not shutil.which("docker-compose"):
        require_or_skip("compose", "no docker compose: the compose file was not checked")
    return ["docker-compose"]


def _answers(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _config(compose: list[str], chosen: Sequence[str], **given: str) -> tuple[int, str]:
    profiles = [word for name in chosen for word in ("--profile", name)]
    done = subprocess.run(
        [*compose, *profiles, "config"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("chosen", CHOSEN, ids="+".join)
def test_the_compose_file_is_understood(compose: list[str], chosen: tuple[str, ...]) -> None:
    status, said = _config(compose, chosen, ELASTIC_PASSWORD="x")
    assert status == 0, said


def test_there_is_no_password_but_the_one_that_is_given(compose: list[str]) -> None:
    status, said = _config(compose, ())
    assert status != 0
    assert "ELASTIC_PASSWORD" in said


def test_every_port_is_on_loopback(compose: list[str]) -> None:
    _, said = _config(compose, PROFILES, ELASTIC_PASSWORD="x")
    published = [line for line in said.splitlines() if ":9200" in line or ":8000" in line]
    bound = [line for line in published if line.strip().startswith("- ")]
    assert all("127.0.0.1" in line for line in bound), bound


@pytest.mark.parametrize("service", ["api", "indexer"])
def test_every_setting_of_the_environment_reaches_the_service(
    compose: list[str], service: str
) -> None:
    # These are places in the container, or named otherwise outside.
    placed = {"engine", "data_dir", "tables_dir", "dictionary_dir", "elasticsearch_ca_certs"}
    given = {
        f"GONGKAI_{name.upper()}": f"given-{name}"
        for name in Settings.model_fields
        if name not in {*placed, "elasticsearch_password"}
    }
    status, said = _config(compose, PROFILES, ELASTIC_PASSWORD="given-password", **given)
    assert status == 0, said
    section = said.partition(f"\n  {service}:\n")[2].partition("\n  elasticsearch")[0]
    section = re.split(r"\n  [\w-]+:\n", section)[0]
    reached = dict(re.findall(r"^ +(\w+): (\S+)$", section, re.MULTILINE))
    assert {name: reached.get(name) for name in given} == given
    assert reached["GONGKAI_ELASTICSEARCH_PASSWORD"] == "given-password"
    assert {f"GONGKAI_{name.upper()}" for name in placed} <= reached.keys()


UNITS = sorted((ROOT / "deploy").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_name_commands_that_exist(unit: Path) -> None:
    lines = re.sub(r"\\\n\s*", "", unit.read_text()).splitlines()
    started = [line for line in lines if line.startswith("ExecStart=")]
    assert started
    for line in started:
        words = line.split()
        if "/opt/gongkai/bin/gongkai" not in line:
            assert "chromium" in line
            continue
        at = words.index("--config")
        assert words[at + 1] == "/srv/gongkai/gongkai.toml"
        assert words[at + 2] in COMMANDS


def test_every_timer_has_its_service() -> None:
    timers = sorted((ROOT / "deploy").glob("*.timer"))
    assert timers
    assert [each for each in timers if not each.with_suffix(".service").exists()] == []


def test_nginx_names_the_client_and_allows_the_largest_body() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in text
    most, uploaded = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(uploaded) >= Settings.model_fields["upload_limit_mb"].default
    assert int(most) * 1024 * 1024 >= LARGE_BODY
    (trusted,) = re.findall(r"server (\S+);", text.partition("upstream gongkai")[2])[:1]
    assert trusted == "127.0.0.1:8000"
    assert text.count("{") == text.count("}")


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    programs = [path for name in ("nginx", "openssl") if (path := shutil.which(name))]
    if len(programs) < 2:
        require_or_skip("nginx", "no nginx or openssl: deploy/nginx.conf was not checked")
    nginx, openssl = programs
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=xxgk", "-days", "2")
    subprocess.run(
        [openssl, *made, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = re.sub(r"/etc/nginx/tls/\S+\.pem", str(certificate), text)
    text = re.sub(r"/etc/nginx/tls/\S+\.key", str(key), text)
    (tmp_path / "site.conf").write_text(text)
    folders = "\n".join(
        f"{name}_temp_path {tmp_path / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    site = f"access_log off; {folders} include {tmp_path}/site.conf;"
    whole = f"pid {tmp_path}/pid; events {{}} http {{ {site} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run(
        [nginx, "-t", "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_container_is_not_root() -> None:
    steps = (ROOT / "Dockerfile").read_text().splitlines()
    users = [step.split()[1] for step in steps if step.startswith("USER ")]
    assert users
    assert users[-1] not in {"root", "0", "0:0"}


def test_all_that_the_image_copies_is_sent_to_docker() -> None:
    steps = [line.split() for line in (ROOT / "Dockerfile").read_text().splitlines()]
    copied = {name for verb, *words in filter(None, steps) if verb == "COPY" for name in words[:-1]}
    sources = {name for name in copied if "=" not in name and not name.startswith("/")}
    sent = set((ROOT / ".dockerignore").read_text().splitlines())
    assert {f"!{name}" for name in sources} <= sent
    assert all((ROOT / name).exists() for name in sources)


def test_the_bill_of_materials_names_every_locked_package(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("cyclonedx-py")
    out = tmp_path / "sbom.json"
    words = ("requirements", str(ROOT / "requirements.lock"), "--of", "JSON", "-o", str(out))
    subprocess.run([program, *words], check=True, capture_output=True)
    named = {(each["name"], each["version"]) for each in json.loads(out.read_text())["components"]}
    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9][\w.-]*)==(\S+)", lock, re.MULTILINE))
    assert len(locked) > 40
    assert locked <= named, locked - named
