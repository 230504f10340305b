"""A server on loopback that answers each connection with given bytes, whatever was asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Act = Callable[[socket.socket], None]


@contextmanager
def service(act: Act | bytes) -> Iterator[str]:
    """The address of a server that reads a request head, acts, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, act), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            # Only so does a waiting accept return.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=10)


def _serve(listener: socket.socket, act: Act | bytes) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                _read_head(connection)
                if isinstance(act, bytes):
                    connection.sendall(act)
                else:
                    act(connection)
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(1)
                connection.recv(1)


def _read_head(connection: socket.socket) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65536)
        if not part:
            return
        head += part
