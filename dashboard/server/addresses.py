"""Under which addresses this server may be asked, exactly: what a request says of itself is held against them, never followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Header = tuple[bytes, bytes]
LOCAL_NAMES = ("127.0.0.1", "localhost")
FORWARDING = frozenset({b"forwarded", b"via", b"x-real-ip"})
"""Headers of a server in front, beside all that begin with `x-forwarded-`."""


@dataclass(frozen=True)
class Addresses:
    """Origins (`scheme://host[:port]`) under which pages are served, and the Host headers that go with them."""

    origins: frozenset[str]
    local_hosts: frozenset[str]
    """Host headers of this machine itself, under which a monitor asks for the server's state."""
    is_forwarded: bool = False
    """Whether a server in front hands requests on; where none does, a request that says so is refused."""

    @property
    def hosts(self) -> frozenset[str]:
        """The Host headers under which pages are served."""
        return frozenset(origin.partition("://")[2] for origin in self.origins)

    @property
    def is_encrypted(self) -> bool:
        """Whether every address is one of TLS."""
        return all(origin.startswith("https://") for origin in self.origins)


def local_addresses(port: int) -> Addresses:
    """This machine alone, by the two names that it has for itself."""
    hosts = frozenset(name if port == 80 else f"{name}:{port}" for name in LOCAL_NAMES)
    return Addresses(frozenset(f"http://{host}" for host in hosts), hosts)


def public_addresses(origin: str, port: int) -> Addresses:
    """One name that the organisation gave it, behind a server that brings TLS and hands requests on."""
    return Addresses(frozenset({origin}), local_addresses(port).local_hosts, is_forwarded=True)


def only_header(headers: Iterable[Header], name: bytes) -> str | None:
    """The value of a header that came exactly once; None where it is missing, came twice or is not ASCII."""
    values = [value for known, value in headers if known.lower() == name]
    if len(values) != 1 or not values[0].isascii():
        return None
    return values[0].decode("ascii")


def has_header(headers: Iterable[Header], name: bytes) -> bool:
    """Whether a header came at all."""
    return any(known.lower() == name for known, _ in headers)


def is_handed_on(headers: Iterable[Header]) -> bool:
    """Whether a server in front says that it hands the request on."""
    return any(name.lower() in FORWARDING or name.lower().startswith(b"x-forwarded-") for name, _ in headers)


def is_of_this_machine(scope: Mapping[str, object]) -> bool:
    """Whether the connection comes from this machine and no server in front says that it hands on another's request."""
    client = scope.get("client")
    headers: Iterable[Header] = scope["headers"]  # type: ignore[assignment]  # by the ASGI specification
    return isinstance(client, tuple | list) and client[0] in ("127.0.0.1", "::1") and not is_handed_on(headers)
