"""Runs a real Elasticsearch without Docker: fetches it with Maven, starts and stops nodes.

    python -m development.elasticsearch_node [--port 9200]

The distribution is the one on Maven Central. It has only the server, network and sign-in modules.
"""

import argparse
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from filelock import FileLock

from development.maven import MissingPartError, cache_folder, fetch

VERSION = os.environ.get("ELASTICSEARCH_VERSION", "9.5.0")
LEAST_JAVA = 21
_NAME = f"elasticsearch-{VERSION}"
_ARTIFACT = "org.elasticsearch.distribution.integ-test-zip:elasticsearch"
_USER = "gongkai-elasticsearch"
_START_SECONDS = 600
_MEMORY_BYTES = 2_000_000_000
"""Room for the data of a node that is soon deleted."""


@dataclass(slots=True)
class Node:
    """One node: its folder, ports and process."""

    name: str
    folder: Path
    http_port: int
    transport_port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def kill(self) -> None:
        """Kills the node with SIGKILL, like a power failure."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@dataclass(slots=True)
class Cluster:
    """The nodes of a cluster and their start options."""

    distribution: Path
    java: Path
    nodes: list[Node] = field(default_factory=list)
    heap_megabytes: int = 512
    password: str | None = None
    is_brief: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Addresses of all nodes, in the form of GONGKAI_ELASTICSEARCH_URL."""
        return ",".join(node.url for node in self.nodes)

    def start(self, node: Node) -> None:
        """Starts a new or killed node without waiting for it."""
        config = _configure(self, node)
        # Short-lived nodes would spend most of their time in the optimising compiler.
        hurried = "-XX:TieredStopAtLevel=1" if self.is_brief else ""
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "ES_JAVA_HOME": str(self.java),
            "ES_PATH_CONF": str(config),
            "ES_JAVA_OPTS": f"-Xms{self.heap_megabytes}m -Xmx{self.heap_megabytes}m {hurried}",
        }
        owner = _unprivileged_user()
        if owner:
            _give_to(node.folder, owner)
        if self.password:
            _store_password(self, environment, owner)
        node.process = subprocess.Popen(
            [self.distribution / "bin" / "elasticsearch"],
            env=environment,
            cwd=node.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **_as_user(owner),
        )

    def wait_until(self, status: str, nodes: int | None = None) -> None:
        """Waits for the status `yellow` or `green` and for this many nodes. Raises TimeoutError."""
        wanted = nodes or len(self.nodes)
        until = time.monotonic() + _START_SECONDS
        parameters = {"wait_for_status": status, "wait_for_nodes": f">={wanted}", "timeout": "5s"}
        auth = httpx2.BasicAuth("elastic", self.password) if self.password else None
        while time.monotonic() < until:
            for node in self.nodes:
                if node.process is None:
                    continue
                with contextlib.suppress(httpx2.TransportError):
                    asked = f"{node.url}/_cluster/health"
                    with httpx2.Client(trust_env=False, auth=auth, timeout=10) as client:
                        answer = client.get(asked, params=parameters)
                    if answer.status_code == 200 and not answer.json()["timed_out"]:
                        return
            time.sleep(0.3)
        raise TimeoutError(f"Elasticsearch was not {status} after {_START_SECONDS} s.")

    def stop(self) -> None:
        """Stops all nodes and deletes their data."""
        for node in self.nodes:
            node.kill()
            shutil.rmtree(node.folder, ignore_errors=True)


def find_missing_parts() -> str | None:
    """Returns the reason why a node cannot be started here, or None."""
    try:
        _find_java()
    except MissingPartError as error:
        return str(error)
    if not (cache_folder() / _NAME).is_dir() and shutil.which("mvn") is None:
        return "mvn, which fetches Elasticsearch, is not installed"
    return None


@contextlib.contextmanager
def start_cluster(  # noqa: PLR0913 # each is a knob of a node
    nodes: int = 1,
    *,
    heap_megabytes: int = 512,
    password: str | None = None,
    port: int = 0,
    is_brief: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """Starts nodes with their own data folders; stops and deletes them on exit.

    `password` enables sign-in as user `elastic`. `settings` are additional lines of
    elasticsearch.yml. `is_brief` starts faster and runs slower. Raises MissingPartError,
    TimeoutError.
    """
    cluster = Cluster(
        _fetch(), _find_java(), [], heap_megabytes, password, is_brief, settings or {}
    )
    root = Path(
        tempfile.mkdtemp(prefix="nodes-", dir=_choose_disk(nodes) if is_brief else cache_folder())
    )
    root.chmod(0o755)
    cluster.nodes += [
        Node(f"node-{number}", root / f"node-{number}", port or _free_port(), _free_port())
        for number in range(nodes)
    ]
    try:
        for node in cluster.nodes:
            cluster.start(node)
        cluster.wait_until("green")
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(root, ignore_errors=True)


def _choose_disk(nodes: int) -> Path:
    """Returns a folder in memory if there is room: a node waits for its disk after each change."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > nodes * _MEMORY_BYTES
    return memory if has_room else cache_folder()


def _configure(cluster: Cluster, node: Node) -> Path:
    config = node.folder / "config"
    if not config.exists():
        shutil.copytree(cluster.distribution / "config", config)
    seeds = [f"127.0.0.1:{each.transport_port}" for each in cluster.nodes]
    settings = {
        "cluster.name": f"gongkai-{cluster.nodes[0].transport_port}",
        "node.name": node.name,
        "network.host": "127.0.0.1",
        "http.port": node.http_port,
        "transport.port": node.transport_port,
        "path.data": node.folder / "data",
        "path.logs": node.folder / "logs",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "xpack.security.enabled": "true" if cluster.password else "false",
        "xpack.security.transport.ssl.enabled": "false",
        **cluster.settings,
    }
    if len(cluster.nodes) == 1:
        settings["discovery.type"] = "single-node"
    else:
        settings["discovery.seed_hosts"] = f"[{', '.join(seeds)}]"
        names = ", ".join(each.name for each in cluster.nodes)
        settings["cluster.initial_master_nodes"] = f"[{names}]"
    lines = (f"{name}: {value}\n" for name, value in settings.items())
    (config / "elasticsearch.yml").write_text("".join(lines), encoding="utf-8")
    return config


def _store_password(
    cluster: Cluster, environment: dict[str, str], owner: pwd.struct_passwd | None
) -> None:
    keystore = cluster.distribution / "bin" / "elasticsearch-keystore"
    steps: Sequence[tuple[Sequence[str], bytes]] = (
        (("create",), b"n\n"),
        (("add", "--force", "--stdin", "bootstrap.password"), (cluster.password or "").encode()),
    )
    for words, given in steps:
        subprocess.run(
            [keystore, *words],
            env=environment,
            input=given,
            check=True,
            capture_output=True,
            **_as_user(owner),
        )


def _fetch() -> Path:
    """Returns the unpacked distribution; Maven downloads it the first time."""

    def finish(folder: Path) -> Path:
        for program in (folder / _NAME / "bin").iterdir():
            program.chmod(0o755)
        return folder / _NAME

    return fetch(f"{_ARTIFACT}:{VERSION}:zip", _NAME, finish)


def _find_java() -> Path:
    """Returns a recent JDK: from ES_JAVA_HOME, JAVA_HOME, or the system's folder of JDKs."""
    named = (os.environ.get(name) for name in ("ES_JAVA_HOME", "JAVA_HOME"))
    known = [Path(home) for home in named if home]
    known += sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
    for home in known:
        if (home / "bin" / "java").exists() and _java_version(home) >= LEAST_JAVA:
            return home
    raise MissingPartError(f"no Java {LEAST_JAVA} or newer was found")


def _java_version(home: Path) -> int:
    done = subprocess.run(
        [home / "bin" / "java", "-XshowSettings:properties", "-version"],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stderr.splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "java.specification.version":
            return int(value.strip().split(".")[0])
    return 0


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Returns the user for Elasticsearch, which refuses to run as root."""
    if os.geteuid() != 0:
        return None
    with FileLock(cache_folder() / "user.lock"):
        try:
            return pwd.getpwnam(_USER)
        except KeyError:
            subprocess.run(
                ["useradd", "--system", "--user-group", "--no-create-home", _USER], check=True
            )
            return pwd.getpwnam(_USER)


def _as_user(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _give_to(folder: Path, owner: pwd.struct_passwd) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def main() -> None:
    """Starts one node and keeps it until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9200)
    parser.add_argument("--heap", type=int, default=1024, help="megabytes")
    options = parser.parse_args()
    # The node must end with this process, however it ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with start_cluster(port=options.port, heap_megabytes=options.heap, is_brief=False) as cluster:
        print(f"Elasticsearch {VERSION}: {cluster.url}  (Ctrl-C ends it and deletes its data)")
        print(f"GONGKAI_ENGINE=elasticsearch GONGKAI_ELASTICSEARCH_URL={cluster.url}")
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
