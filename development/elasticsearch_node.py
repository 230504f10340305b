"""Runs a real Elasticsearch without Docker: fetches it with Maven, starts and stops nodes.

python -m development.elasticsearch_node [--port 9200]
"""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from development.distribution import (
    NEWEST,
    Distribution,
    find_unprivileged_user,
    give_to,
    run_as,
)
from development.maven import cache_folder
from development.node_security import Certificate, add_user, store_password, write_security

_START_SECONDS = 600
_MEMORY_BYTES = 2_000_000_000
"""Room for the data of a node that is soon deleted."""
SNAPSHOTS = "snapshots"
"""The folder of all nodes that `fs` repositories may use."""


@dataclass(slots=True)
class Node:
    """One node: its folder, ports, distribution and process."""

    name: str
    folder: Path
    http_port: int
    transport_port: int
    distribution: Distribution
    scheme: str = "http"
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.http_port}"

    def kill(self) -> None:
        """Kills the node with SIGKILL, like a power failure."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stops the node as a service does."""
        self._end(signal.SIGTERM)

    def _end(self, kind: signal.Signals) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, kind)
            self.process.wait()
            self.process = None


@dataclass(slots=True)
class Cluster:
    """The nodes of a cluster and their start options."""

    nodes: list[Node] = field(default_factory=list)
    heap_megabytes: int = 512
    password: str | None = None
    certificate: Certificate | None = None
    is_brief: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Addresses of all nodes, in the form of GONGKAI_ELASTICSEARCH_URL."""
        return ",".join(node.url for node in self.nodes)

    @property
    def snapshots(self) -> Path:
        """The folder that `fs` repositories may use."""
        return self.nodes[0].folder.parent / SNAPSHOTS

    def start(self, node: Node) -> None:
        """Starts a new, killed or stopped node without waiting for it."""
        program = node.distribution.fetch() / "bin" / node.distribution.product
        environment = self._environment(node, _configure(self, node))
        owner = find_unprivileged_user()
        give_to(node.folder, owner)
        give_to(self.snapshots, owner)
        if self.password:
            store_password(self.password, program.parent, environment)
        node.process = subprocess.Popen(
            [program],
            env=environment,
            cwd=node.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **run_as(owner),
        )

    def upgrade(self, node: Node, distribution: Distribution) -> None:
        """Stops a node and starts it with another version over the same data, without waiting."""
        node.stop()
        node.distribution = distribution
        shutil.rmtree(node.folder / "config")
        self.start(node)

    def add_user(self, name: str, password: str, role: str, rights: str) -> None:
        """Adds a user with a role to the files of every node; `rights` is JSON or YAML.

        The nodes read them within seconds.
        """
        for node in self.nodes:
            environment = self._environment(node, node.folder / "config")
            programs = node.distribution.fetch() / "bin"
            add_user(programs, environment, name, password, role=role, rights=rights)

    def wait_for_user(self, name: str, password: str) -> None:
        """Waits until every node knows a user. Raises TimeoutError."""
        until = time.monotonic() + _START_SECONDS
        with self._open_client() as client:
            for node in self.nodes:
                auth = httpx2.BasicAuth(name, password)
                while client.get(f"{node.url}/_cluster/health", auth=auth).status_code != 200:
                    if time.monotonic() > until:
                        raise TimeoutError(f"{node.name} does not know {name}.")
                    time.sleep(0.3)

    def wait_until(self, status: str, nodes: int | None = None) -> None:
        """Waits for the status `yellow` or `green` and for this many nodes. Raises TimeoutError."""
        wanted = nodes or len(self.nodes)
        until = time.monotonic() + _START_SECONDS
        parameters = {"wait_for_status": status, "wait_for_nodes": f">={wanted}", "timeout": "5s"}
        while time.monotonic() < until:
            for node in self.nodes:
                if node.process is None:
                    continue
                with contextlib.suppress(httpx2.TransportError), self._open_client() as client:
                    answer = client.get(f"{node.url}/_cluster/health", params=parameters)
                    if answer.status_code == 200 and not answer.json()["timed_out"]:
                        return
            time.sleep(0.3)
        raise TimeoutError(f"Elasticsearch was not {status} after {_START_SECONDS} s.")

    def stop(self) -> None:
        """Stops all nodes and deletes their data."""
        for node in self.nodes:
            node.kill()
            shutil.rmtree(node.folder, ignore_errors=True)

    def _open_client(self) -> httpx2.Client:
        auth = httpx2.BasicAuth("elastic", self.password) if self.password else None
        trusted = self.certificate and self.certificate.authority.decode()
        verify = ssl.create_default_context(cadata=trusted) if trusted else False
        return httpx2.Client(trust_env=False, auth=auth, verify=verify, timeout=10)

    def _environment(self, node: Node, config: Path) -> dict[str, str]:
        # Short-lived nodes would spend most of their time in the optimising compiler.
        hurried = "-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC" if self.is_brief else ""
        prefix = "ES" if node.distribution.is_elasticsearch else "OPENSEARCH"
        heap = self.heap_megabytes
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            f"{prefix}_JAVA_HOME": str(node.distribution.find_java()),
            f"{prefix}_PATH_CONF": str(config),
            f"{prefix}_JAVA_OPTS": f"-Xms{heap}m -Xmx{heap}m {hurried}",
        }


def find_missing_parts(distribution: Distribution = NEWEST) -> str | None:
    """Returns the reason why a node cannot be started here, or None."""
    return distribution.find_missing_parts()


@contextlib.contextmanager
def start_cluster(  # noqa: PLR0913 # each is a knob of a node
    nodes: int = 1,
    *,
    distribution: Distribution = NEWEST,
    heap_megabytes: int = 512,
    password: str | None = None,
    certificate: Certificate | None = None,
    port: int = 0,
    is_brief: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """Starts nodes with their own data folders; stops and deletes them on exit.

    `password` enables sign-in as user `elastic`, `certificate` TLS. `settings` are additional lines
    of the nodes' settings file. `is_brief` starts faster and runs slower. Raises MissingPartError,
    TimeoutError.
    """
    distribution.fetch()
    cluster = Cluster([], heap_megabytes, password, certificate, is_brief, settings or {})
    root = Path(
        tempfile.mkdtemp(prefix="nodes-", dir=_choose_disk(nodes) if is_brief else cache_folder())
    )
    root.chmod(0o755)
    (root / SNAPSHOTS).mkdir()
    scheme = "https" if certificate else "http"
    for name in (f"node-{number}" for number in range(nodes)):
        ports = (port or _free_port(), _free_port())
        cluster.nodes.append(Node(name, root / name, *ports, distribution, scheme))
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
        shutil.copytree(node.distribution.fetch() / "config", config)
        _log_nothing_of_java(config / "jvm.options")
    settings: dict[str, Any] = {
        "cluster.name": f"gongkai-{cluster.nodes[0].transport_port}",
        "node.name": node.name,
        "network.host": "127.0.0.1",
        "http.port": node.http_port,
        "transport.port": node.transport_port,
        "path.data": node.folder / "data",
        "path.logs": node.folder / "logs",
        "path.repo": cluster.snapshots,
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        **_find_others(cluster),
        **cluster.settings,
    }
    if node.distribution.is_elasticsearch:
        settings |= write_security(config, cluster.password, cluster.certificate)
    lines = (f"{name}: {value}\n" for name, value in settings.items())
    (config / f"{node.distribution.product}.yml").write_text("".join(lines), encoding="utf-8")
    return config


def _log_nothing_of_java(options: Path) -> None:
    """Removes options that name files in the folder of the distribution, which is read-only."""
    kept = [line for line in options.read_text().splitlines() if "logs/" not in line]
    options.write_text("\n".join(kept))


def _find_others(cluster: Cluster) -> dict[str, str]:
    if len(cluster.nodes) == 1:
        return {"discovery.type": "single-node"}
    seeds = (f"127.0.0.1:{each.transport_port}" for each in cluster.nodes)
    names = (each.name for each in cluster.nodes)
    return {
        "discovery.seed_hosts": f"[{', '.join(seeds)}]",
        "cluster.initial_master_nodes": f"[{', '.join(names)}]",
    }


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
        print(f"{NEWEST.name}: {cluster.url}  (Ctrl-C ends it and deletes its data)")
        print(f"GONGKAI_ENGINE=elasticsearch GONGKAI_ELASTICSEARCH_URL={cluster.url}")
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
