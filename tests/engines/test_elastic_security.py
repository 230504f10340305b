"""TLS with a private CA, API keys, users and their rights, and servers that are no Elasticsearch.

A gateway with TLS before the shared node checks API keys, which the test distribution lacks. The
nodes of the slow tests have TLS and sign-in of their own.
"""

import http.server
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import trustme
from fastapi.testclient import TestClient
from pydantic import SecretStr

from development.distribution import OPENSEARCH
from development.elasticsearch_node import Cluster, find_missing_parts, start_cluster
from development.node_security import Certificate
from gongkai.engines.installation import Installation
from gongkai.errors import EngineUnavailableError
from gongkai.settings import EngineKind
from search_api.app import create_app
from tests.conftest import require_or_skip
from tests.engines.proxy import Way, run_server, stand_between
from tests.engines.records import changed, make_document
from tests.engines.test_elastic_faults import count, write
from tests.journeys.command import plain_row, run_with, write_rows

API_KEY, OTHER_KEY = "VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw", "c29tZTpvdGhlcg"
PASSWORD, WRONG_PASSWORD = "right-one-4711", "wrong-one-0815"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "elasticsearch.md"
HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def authorities(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the right CA and of another one."""
    folder = tmp_path_factory.mktemp("authorities")
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    trustme.CA().cert_pem.write_to_path(str(folder / "other.crt"))
    return folder


def issue(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.fixture
def guarded(
    elastic: Installation, authority: trustme.CA, authorities: Path
) -> Iterator[Installation]:
    """The node behind TLS and an API key."""
    way = Way(elastic.settings.elasticsearch_url, admitted=frozenset({f"ApiKey {API_KEY}"}))
    with stand_between(way, tls=issue(authority, HOST)) as address:
        yield changed(
            elastic,
            elasticsearch_url=address,
            elasticsearch_ca_certs=authorities / "ca.crt",
            elasticsearch_api_key=SecretStr(API_KEY),
        )


def variables_of(installation: Installation, data_dir: Path) -> dict[str, str]:
    settings = installation.settings
    secrets = {
        "USERNAME": settings.elasticsearch_username,
        "PASSWORD": settings.elasticsearch_password,
        "API_KEY": settings.elasticsearch_api_key,
        "CA_CERTS": settings.elasticsearch_ca_certs,
    }
    return {
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_DATA_DIR": str(data_dir),
        "GONGKAI_SEMANTIC": "off",
        "GONGKAI_LOG_LEVEL": "info",
        "GONGKAI_ELASTICSEARCH_URL": settings.elasticsearch_url,
        "GONGKAI_ELASTICSEARCH_PREFIX": settings.elasticsearch_prefix,
        "GONGKAI_ELASTICSEARCH_REPLICAS": "0",
        **{
            f"GONGKAI_ELASTICSEARCH_{name}": (
                value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            )
            for name, value in secrets.items()
            if value is not None
        },
    }


def check_refusal(installation: Installation, words: str) -> None:
    """Searching and writing fail with these words, and no secret is in the message."""
    for act in (lambda: count(installation), lambda: write(installation, [])):
        with pytest.raises(EngineUnavailableError, match=words) as caught:
            act()
        for secret in (API_KEY, OTHER_KEY, PASSWORD, WRONG_PASSWORD):
            assert secret not in str(caught.value)


def test_an_api_key_over_tls_opens_the_cluster(guarded: Installation, tmp_path: Path) -> None:
    given = variables_of(guarded, tmp_path)
    source = write_rows(tmp_path / "rows.jsonl", [plain_row(1), plain_row(2)])
    done = run_with(given, "index", source)
    assert done.returncode == 0, done.stderr
    assert "generation.committed" in done.stderr
    assert API_KEY not in done.stdout + done.stderr
    assert API_KEY not in run_with(given, "settings").stdout
    with TestClient(create_app(guarded)) as client:
        assert client.get("/api/v1/search").json()["total"] == 2


@pytest.mark.parametrize("key", [SecretStr(OTHER_KEY), None])
def test_a_wrong_or_missing_key_is_said(
    guarded: Installation, key: SecretStr | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = changed(guarded, elasticsearch_api_key=key)
    check_refusal(stranger, r"refused the sign-in \(401\)")
    done = run_with(variables_of(stranger, tmp_path), "search", "水")
    assert done.returncode == 4
    assert "GONGKAI_ELASTICSEARCH_USERNAME, _PASSWORD or _API_KEY" in done.stderr
    with TestClient(create_app(stranger)) as client:
        assert client.get("/api/v1/search").status_code == 503
    assert OTHER_KEY not in done.stdout + done.stderr + caplog.text


@pytest.mark.parametrize("file", ["other.crt", None])
def test_a_certificate_of_an_unknown_ca_is_said(
    guarded: Installation, authorities: Path, file: str | None, tmp_path: Path
) -> None:
    ca = authorities / file if file else None
    stranger = changed(guarded, elasticsearch_ca_certs=ca)
    check_refusal(stranger, "is not trusted .* GONGKAI_ELASTICSEARCH_CA_CERTS")
    chinese = {**variables_of(stranger, tmp_path), "GONGKAI_LANGUAGE": "zh"}
    done = run_with(chinese, "status")
    assert done.returncode == 4
    assert "证书" in done.stderr


def test_a_certificate_of_another_host_is_said(
    elastic: Installation, authority: trustme.CA, authorities: Path
) -> None:
    way = Way(elastic.settings.elasticsearch_url)
    with stand_between(way, tls=issue(authority, "es.example.gov.cn")) as address:
        opened = changed(
            elastic, elasticsearch_url=address, elasticsearch_ca_certs=authorities / "ca.crt"
        )
        check_refusal(opened, r"is not trusted \(IP address mismatch")


def test_https_to_a_node_without_tls_is_said(elastic: Installation, authorities: Path) -> None:
    with stand_between(Way(elastic.settings.elasticsearch_url)) as address:
        https = address.replace("http:", "https:")
        check_refusal(changed(elastic, elasticsearch_url=https), "write http://")


def test_a_cluster_answers_while_one_of_its_addresses_is_dead(guarded: Installation) -> None:
    alive = guarded.settings.elasticsearch_url
    both = changed(guarded, elasticsearch_url=f"https://{HOST}:9,{alive}")
    assert write(both, [make_document(both, id="a")]) == {}
    assert [count(both) for _ in range(4)] == [1, 1, 1, 1]


class Opensearch(http.server.BaseHTTPRequestHandler):
    """Answers well, without the header that names Elasticsearch."""

    def do_GET(self) -> None:
        content = orjson.dumps({"status": "green", "version": {"distribution": "opensearch"}})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    do_HEAD = do_PUT = do_POST = do_GET  # noqa: N815 # their names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def check_product(address: str, tmp_path: Path) -> None:
    given = {
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_DATA_DIR": str(tmp_path),
        "GONGKAI_ELASTICSEARCH_URL": address,
    }
    source = write_rows(tmp_path / "rows.jsonl", [plain_row(1)])
    for words in (("index", source), ("status",), ("search", "水"), ("doctor",)):
        done = run_with(given, *words)
        assert done.returncode == 4, (words, done)
        assert "OpenSearch and other products derived from it are not supported" in done.stderr


def test_a_server_without_the_header_of_elasticsearch_is_said(tmp_path: Path) -> None:
    with run_server(Opensearch) as address:
        check_product(address, tmp_path)


@pytest.mark.slow
def test_a_real_opensearch_is_said(tmp_path: Path) -> None:
    if missing := find_missing_parts(OPENSEARCH):
        require_or_skip("opensearch", f"no OpenSearch: {missing}")
    with start_cluster(distribution=OPENSEARCH) as cluster:
        check_product(cluster.url, tmp_path)


# ------------------------------------------------------------------ sign-in of a real node


def read_rights(number: int) -> str:
    """The role of the docs: the one of the indexer, then the one of the server."""
    blocks = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert orjson.loads(blocks[number])
    return str(blocks[number]).replace("gongkai-*", "test-*")


@pytest.fixture(scope="module")
def secured(authority: trustme.CA) -> Iterator[Cluster]:
    """A node with TLS and sign-in, and two users with the rights of the docs."""
    if missing := find_missing_parts():
        require_or_skip("elasticsearch", f"no node with sign-in: {missing}")
    issued = authority.issue_cert(HOST)
    chain = b"".join(each.bytes() for each in issued.cert_chain_pems)
    certificate = Certificate(authority.cert_pem.bytes(), chain, issued.private_key_pem.bytes())
    with start_cluster(password="bootstrap-0000", certificate=certificate) as cluster:
        for number, name in enumerate(("indexer", "server")):
            cluster.add_user(name, PASSWORD, role=f"gongkai_{name}", rights=read_rights(number))
        cluster.wait_for_user("server", PASSWORD)
        yield cluster


@pytest.fixture
def signed_in(installation: Installation, secured: Cluster, authorities: Path) -> Installation:
    return changed(
        installation,
        engine=EngineKind.ELASTICSEARCH,
        elasticsearch_url=secured.url,
        elasticsearch_ca_certs=authorities / "ca.crt",
        elasticsearch_username="indexer",
        elasticsearch_password=SecretStr(PASSWORD),
        elasticsearch_prefix="test-rights",
        elasticsearch_replicas=0,
    )


@pytest.mark.slow
def test_users_with_the_rights_of_the_docs_can_do_their_work_and_no_more(
    signed_in: Installation, tmp_path: Path
) -> None:
    given = variables_of(signed_in, tmp_path)
    source = write_rows(tmp_path / "rows.jsonl", [plain_row(1), plain_row(2), plain_row(3)])
    for words in (
        ("index", source),
        ("index", "--rebuild", source),
        ("rollback",),
        ("withdraw", "r1"),
        ("purge",),
        ("status",),
        ("doctor",),
    ):
        done = run_with(given, *words)
        assert done.returncode == 0, (words, done)
        assert PASSWORD not in done.stdout + done.stderr
    server = changed(signed_in, elasticsearch_username="server")
    with TestClient(create_app(server)) as client:
        assert client.get("/api/v1/search").json()["total"] == 2
        assert client.get("/api/v1/search?q=通知").status_code == 200
        assert client.get("/api/v1/records/r2").status_code == 200
        assert client.get("/api/v1/records/r1").status_code == 410
        assert client.get("/readyz").status_code == 200
    with pytest.raises(EngineUnavailableError, match=r"refused the sign-in \(403\)"):
        write(server, [])


@pytest.mark.slow
def test_a_wrong_password_or_user_is_said(signed_in: Installation, tmp_path: Path) -> None:
    for changes in (
        {"elasticsearch_password": SecretStr(WRONG_PASSWORD)},
        {"elasticsearch_username": "nobody"},
        {"elasticsearch_username": None, "elasticsearch_password": None},
    ):
        stranger = changed(signed_in, **changes)
        check_refusal(stranger, r"refused the sign-in \(401\)")
        done = run_with(variables_of(stranger, tmp_path), "search", "水")
        assert done.returncode == 4
        assert WRONG_PASSWORD not in done.stdout + done.stderr
    with TestClient(create_app(stranger)) as client:
        response = client.get("/api/v1/search")
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0


@pytest.mark.slow
def test_a_node_with_tls_trusts_nobody_without_its_ca(
    signed_in: Installation, authorities: Path
) -> None:
    for file in (authorities / "other.crt", None):
        check_refusal(changed(signed_in, elasticsearch_ca_certs=file), "is not trusted")
    http = signed_in.settings.elasticsearch_url.replace("https:", "http:")
    check_refusal(changed(signed_in, elasticsearch_url=http), "can't be reached")


def test_what_is_no_certificate_is_said_at_start(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.crt"
    wrong.write_text("nonsense")
    done = run_with(
        {"GONGKAI_DATA_DIR": str(tmp_path), "GONGKAI_ELASTICSEARCH_CA_CERTS": str(wrong)}, "status"
    )
    assert done.returncode == 2
    assert "holds no certificate in PEM form" in done.stderr
