"""Opens the sockets for `gongkai serve` before anything is loaded."""

import errno
import socket
from contextlib import suppress
from gettext import gettext as _
from typing import Any

from gongkai.errors import GongkaiError, name_fault

_SYSTEM_PORTS = 1024


class ListenError(GongkaiError):
    """The server cannot listen on the address. The message says why and what to do."""


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Returns a bound socket for every address of `host`; port 0 selects a free port.

    The sockets do not listen yet, so clients are refused until the server is ready. Raises
    ListenError.
    """
    opened: list[socket.socket] = []
    try:
        for family, address in _resolve(host, port):
            number = opened[0].getsockname()[1] if opened else port
            opened.append(_bind(family, (address[0], number, *address[2:])))
    except OSError as error:
        for each in opened:
            each.close()
        raise explain_listening(error, host, port) from None
    return opened


def _resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[Any, ...]]]:
    flags = socket.AI_PASSIVE
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=flags)
    except (socket.gaierror, UnicodeError):
        raise ListenError(
            _(
                "The host name {host} can't be found; give --host an address of this "
                "machine, such as 127.0.0.1 or 0.0.0.0."
            ).format(host=host)
        ) from None
    return list(dict.fromkeys((family, address) for family, *_rest, address in found))


def _bind(family: socket.AddressFamily, address: tuple[Any, ...]) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            with suppress(OSError):
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    opened.set_inheritable(True)
    return opened


def explain_listening(error: OSError, host: str, port: int) -> ListenError:
    """Returns an error that says why listening failed and what to do."""
    return ListenError(_explain(error, host, port))


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return _(
            "Port {port} of {host} is in use; stop the program that uses it, or "
            "choose another with --port."
        ).format(port=port, host=host)
    if error.errno in (errno.EACCES, errno.EPERM) and port < _SYSTEM_PORTS:
        return _(
            "Ports below {system_ports} are for administrators ({port}); choose a "
            "higher one with --port and put the web server in front of it."
        ).format(system_ports=_SYSTEM_PORTS, port=port)
    if error.errno == errno.EADDRNOTAVAIL:
        return _(
            "{host} is no address of this machine; give --host one of its own, or "
            "127.0.0.1, or 0.0.0.0 for all."
        ).format(host=host)
    return _("Port {port} of {host} can't be listened on ({strerror}); choose another.").format(
        port=port, host=host, strerror=name_fault(error)
    )
