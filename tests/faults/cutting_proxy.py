"""A wire between a program and a database server that breaks after a number of bytes."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Wire:
    """`breaks_at` is how many of the server's bytes still come through in all, None for no end."""

    port: int
    breaks_at: int | None = None
    carried: int = 0
    """Bytes from the server so far, over all connections."""
    broken: int = 0
    """Connections that were broken."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self, breaks_at: int | None) -> None:
        with self._lock:
            self.breaks_at, self.carried, self.broken = breaks_at, 0, 0

    def allowed(self, block: bytes) -> bytes:
        """The part of a block that still comes through."""
        with self._lock:
            room = len(block) if self.breaks_at is None else max(self.breaks_at - self.carried, 0)
            self.carried += min(len(block), room)
            self.broken += room < len(block)
            return block[:room]


@contextlib.contextmanager
def wire_to(server_port: int) -> Iterator[Wire]:
    """A listening port on loopback that passes everything on to another one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire(listener.getsockname()[1])
        accepting = threading.Thread(target=_accept, args=(listener, server_port, wire))
        accepting.start()
        try:
            yield wire
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()


def _accept(listener: socket.socket, server_port: int, wire: Wire) -> None:
    connections = []
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            break
        connections.append(threading.Thread(target=_connect, args=(client, server_port, wire)))
        connections[-1].start()
    for connection in connections:
        connection.join()


def _connect(client: socket.socket, server_port: int, wire: Wire) -> None:
    """One connection, until either side has left or the wire breaks."""
    with client, socket.create_connection(("127.0.0.1", server_port)) as server:
        asking = threading.Thread(target=_carry, args=(client, server, None))
        asking.start()
        _carry(server, client, wire)
        asking.join()


def _carry(source: socket.socket, target: socket.socket, wire: Wire | None) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(16_384):
            passed = wire.allowed(block) if wire else block
            target.sendall(passed)
            if len(passed) < len(block):
                break
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
