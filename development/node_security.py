"""Sign-in and TLS of an Elasticsearch node: its settings, certificate and keystore."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from development.distribution import find_unprivileged_user, run_as


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files of a private CA and of a node."""

    authority: bytes
    certificate: bytes
    key: bytes


def write_security(
    config: Path, password: str | None, certificate: Certificate | None
) -> dict[str, str]:
    """Returns the settings of sign-in and TLS; writes the certificate where a node may read it."""
    settings = {
        "xpack.security.enabled": "true" if password else "false",
        "xpack.security.transport.ssl.enabled": "false",
    }
    if certificate:
        (config / "node.crt").write_bytes(certificate.certificate)
        (config / "node.key").write_bytes(certificate.key)
        settings |= {
            "xpack.security.http.ssl.enabled": "true",
            "xpack.security.http.ssl.certificate": "node.crt",
            "xpack.security.http.ssl.key": "node.key",
        }
    return settings


def store_password(password: str, programs: Path, environment: Mapping[str, str]) -> None:
    """Puts the password of user `elastic` into the keystore of a node."""
    keystore = programs / "elasticsearch-keystore"
    steps: Sequence[tuple[Sequence[str], bytes]] = (
        (("create",), b"n\n"),
        (("add", "--force", "--stdin", "bootstrap.password"), password.encode()),
    )
    for words, given in steps:
        subprocess.run(
            [keystore, *words],
            env=environment,
            input=given,
            check=True,
            capture_output=True,
            **run_as(find_unprivileged_user()),
        )


def add_user(  # noqa: PLR0913 # what a user consists of
    programs: Path,
    environment: Mapping[str, str],
    name: str,
    password: str,
    *,
    role: str,
    rights: str,
) -> None:
    """Adds a user and a role to the files of a node."""
    config = Path(environment["ES_PATH_CONF"])
    with (config / "roles.yml").open("a", encoding="utf-8") as roles:
        roles.write(f"{role}: {' '.join(rights.split())}\n")
    subprocess.run(
        [programs / "elasticsearch-users", "useradd", name, "-p", password, "-r", role],
        env=environment,
        check=True,
        capture_output=True,
        **run_as(find_unprivileged_user()),
    )
