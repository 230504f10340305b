"""The search servers that tests start: version, source, Java and user.

Maven Central has the test distributions of Elasticsearch and OpenSearch: server, network, sign-in.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from development.maven import MissingPartError, cache_folder, fetch

_USER = "gongkai-elasticsearch"


@dataclass(frozen=True, slots=True)
class Distribution:
    """A product, its version, and the versions of Java that run it."""

    product: str
    version: str
    javas: range = range(21, 100)

    @property
    def name(self) -> str:
        return f"{self.product}-{self.version}"

    @property
    def is_elasticsearch(self) -> bool:
        return self.product == "elasticsearch"

    def fetch(self) -> Path:
        """Returns the unpacked distribution; Maven downloads it the first time."""

        def finish(folder: Path) -> Path:
            for program in (folder / self.name / "bin").iterdir():
                program.chmod(0o755)
            return folder / self.name

        group = f"org.{self.product}.distribution.integ-test-zip"
        return fetch(f"{group}:{self.product}:{self.version}:zip", self.name, finish)

    def find_java(self) -> Path:
        """Returns a JDK: from ES_JAVA_HOME, JAVA_HOME, or the system's folder of JDKs."""
        named = (os.environ.get(name) for name in ("ES_JAVA_HOME", "JAVA_HOME"))
        known = [Path(home) for home in named if home]
        known += sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
        for home in known:
            if (home / "bin" / "java").exists() and _read_java_version(home) in self.javas:
                return home
        raise MissingPartError(f"no Java from {self.javas[0]} to {self.javas[-1]} was found")

    def find_missing_parts(self) -> str | None:
        """Returns the reason why a node cannot be started here, or None."""
        try:
            self.find_java()
        except MissingPartError as error:
            return str(error)
        if not (cache_folder() / self.name).is_dir() and shutil.which("mvn") is None:
            return f"mvn, which fetches {self.name}, is not installed"
        return None


NEWEST = Distribution("elasticsearch", os.environ.get("ELASTICSEARCH_VERSION", "9.5.0"))
OLDEST = Distribution("elasticsearch", "8.19.8")
"""The oldest version that is supported, and the only one that can be upgraded to 9."""
OPENSEARCH = Distribution("opensearch", "2.19.6", javas=range(11, 24))
"""It needs the security manager, which Java 24 removed."""


def _read_java_version(home: Path) -> int:
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


def find_unprivileged_user() -> pwd.struct_passwd | None:
    """Returns the user for a search server, which refuses to run as root."""
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


def run_as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """Returns the arguments of `subprocess` for a process of this user."""
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def give_to(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """Makes the user the owner of a folder and all that it contains."""
    if owner:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
