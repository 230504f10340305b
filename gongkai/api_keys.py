"""The keys of programs that read the API at a rate of their own, from a city's own table.

A key is 256 random bits, so its plain SHA-256 cannot be reversed by guessing.
"""

import hashlib
import math
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from analyzers.errors import TableError
from gongkai.catalog.table_reader import TableRow, read_table

_FILE = "api_keys.csv"
_COLUMNS = ("name", "digest", "rate")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PREFIX = "gkapi_"
RATE_LIMIT = 10_000.0


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The owner of a key, and the requests a second that the key allows."""

    name: str
    rate: float


def make_key() -> tuple[str, str]:
    """Returns a new key and its digest for the table."""
    text = _PREFIX + secrets.token_urlsafe(32)
    return text, digest_key(text)


def digest_key(text: str) -> str:
    """Returns the SHA-256 of a key in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def load_api_keys(directory: Path | None = None) -> Mapping[str, ApiKey]:
    """Loads the keys by digest. Raises TableError with file and line for the first invalid row."""
    rows, problems = read_table(_FILE, directory, _COLUMNS, _check)
    if problems:
        raise TableError(problems[0])
    return {row["digest"]: ApiKey(row["name"], float(row["rate"])) for row in rows}


def check_api_keys(directory: Path | None = None) -> list[str]:
    """Returns every problem of the table that `load_api_keys(directory)` would read."""
    try:
        return read_table(_FILE, directory, _COLUMNS, _check)[1]
    except TableError as error:
        return [str(error)]


def _check(rows: Iterable[TableRow]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for row in rows:
        if not row["name"]:
            yield row.line, _("has an empty {column}; write one.").format(column="name")
        if not _DIGEST.fullmatch(row["digest"]):
            yield row.line, _("digest is no SHA-256; write the one that `gongkai apikey` prints.")
        elif row["digest"] in seen:
            yield row.line, _("the digest has two rows; delete one.")
        seen.add(row["digest"])
        if not _is_rate(row["rate"]):
            yield (
                row.line,
                _("rate is a number of requests a second, above 0 and at most {most:,.0f}.").format(
                    most=RATE_LIMIT
                ),
            )


def _is_rate(text: str) -> bool:
    try:
        rate = float(text)
    except ValueError:
        return False
    return math.isfinite(rate) and 0 < rate <= RATE_LIMIT
