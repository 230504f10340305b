"""Search certificates: stored results of a search, as evidence for 经检索没有 answers.

政府信息公开条例 (2019), article 36 (4): an agency that has searched and does not hold the
information informs the applicant, and may have to prove the search in court.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gongkai.engines.database import Database
from gongkai.staff.staff_database import stamp
from gongkai.staff.tokens import read_now


@dataclass(frozen=True, slots=True)
class Certificate:
    """One search and its result; `issued_at` is ISO UTC, `content` is shown on the page."""

    id: str
    issued_at: str
    issued_by: str
    content: Mapping[str, Any]


class Certificates:
    """The certificates of one installation; a certificate never changes."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = read_now) -> None:
        self._database = database
        self._clock = clock

    def issue(self, content: Mapping[str, Any], by: str) -> Certificate:
        """Stores a certificate under a new number: the date and eight random characters."""
        now = self._clock()
        issued = Certificate(f"{now:%Y%m%d}-{secrets.token_hex(4)}", stamp(now), by, content)
        row = (issued.id, issued.issued_at, by, orjson.dumps(content).decode())
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO certificates (id, issued_at, issued_by, content) VALUES (?, ?, ?, ?)",
                row,
            )
        return issued

    def find(self, certificate_id: str) -> Certificate | None:
        """Returns the certificate with this number, or None."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT id, issued_at, issued_by, content FROM certificates WHERE id = ?",
                (certificate_id,),
            ).fetchone()
        if row is None:
            return None
        return Certificate(row[0], row[1], row[2], orjson.loads(row[3]))
