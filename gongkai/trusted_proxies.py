"""Checks which reverse proxies are trusted to name the address of a client.

uvicorn trusts `X-Forwarded-For` from the addresses in FORWARDED_ALLOW_IPS, by default from this
machine. Behind any other proxy, all clients have the proxy's address and share one rate limit.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from gettext import gettext as _
from ipaddress import ip_address, ip_network
from pathlib import Path

from gongkai.errors import SettingsError
from gongkai.files.durable import replace_file

VARIABLE = "FORWARDED_ALLOW_IPS"
EVERYONE, THIS_MACHINE = "*", "127.0.0.1,::1"
_MARK = "untrusted-proxy"


def read_trusted_proxies(environment: Mapping[str, str]) -> str:
    """Returns the addresses and networks of VARIABLE, separated by commas.

    Raises SettingsError for an entry that matches no address.
    """
    named = environment.get(VARIABLE, "").strip() or THIS_MACHINE
    if named == EVERYONE:
        return named
    for each in map(str.strip, named.split(",")):
        if not _is_usable(each):
            raise SettingsError(
                _(
                    '{variable} (environment) has "{each}", which is no address or network; '
                    "write 10.0.0.5 or 10.0.0.0/24."
                ).format(variable=VARIABLE, each=each)
            )
    return named


def find_proxy_faults(data_dir: Path, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Yields what is wrong with the trust in proxies, for the last or running server."""
    if environment.get(VARIABLE, "").strip() == EVERYONE:
        yield (
            _(
                "{variable} is *: every client can choose its own address and avoid the "
                "rate limit. Name the addresses of the proxies."
            ).format(variable=VARIABLE)
        )
    try:
        seen = (data_dir / _MARK).read_text(encoding="ascii").strip()
    except OSError:
        return
    yield _("{fault} First seen: {seen}.").format(fault=describe_untrusted(), seen=seen)


def describe_untrusted() -> str:
    """Returns what to do about a proxy that is not trusted."""
    return _(
        "Requests with X-Forwarded-For come from an address that is not trusted. If it is your "
        "reverse proxy, all its clients share one rate limit: add its address to {variable} and "
        "restart."
    ).format(variable=VARIABLE)


def note_untrusted(data_dir: Path) -> None:
    """Stores that an untrusted proxy was seen, without its address, for `find_proxy_faults`."""
    with suppress(OSError):
        replace_file(data_dir / _MARK, datetime.now(UTC).isoformat(timespec="seconds").encode())


def forget_untrusted(data_dir: Path) -> None:
    """Removes the note of an earlier server."""
    with suppress(OSError):
        (data_dir / _MARK).unlink(missing_ok=True)


def _is_usable(text: str) -> bool:
    try:
        # As strict as uvicorn, which ignores a network with host bits.
        return bool(ip_network(text) if "/" in text else ip_address(text))
    except ValueError:
        return False
