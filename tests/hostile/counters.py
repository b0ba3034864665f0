"""What the server saw of one attack."""

import base64
import socket
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.hostile.attack import NETRC_PASSWORD, SECRETS
from tests.messages import Hit

TCP_ESTABLISHED = 1


@dataclass(slots=True)
class Seen:
    """Counters of one attack. ``canaries`` describes everything that must never happen.

    ``peak`` is the largest number of open connections to one host at the same time.
    """

    requests: int = 0
    connections: int = 0
    peak: int = 0
    sent: int = 0
    canaries: list[str] = field(default_factory=list)
    paths: Counter[str] = field(default_factory=Counter)
    open: set[tuple[str, socket.socket]] = field(default_factory=set)

    def opened(self, host: str, connection: socket.socket) -> None:
        """Record a new connection to a host."""
        self.connections += 1
        self.open.add((host, connection))
        alive = sum(there == host and _is_established(each) for there, each in self.open)
        self.peak = max(self.peak, alive)

    def closed(self, host: str, connection: socket.socket) -> None:
        """Record a closed connection."""
        self.open.discard((host, connection))

    def asked(self, hit: Hit, *, home: bool) -> int:
        """Record a request, and return the number of earlier requests for its path."""
        self.requests += 1
        self.paths[hit.host + hit.path] += 1
        if "canary" in hit.path:
            self.canaries.append(f"request for {hit.path}")
        self.canaries += [f"{each} was sent to {hit.host}" for each in secrets(hit) if _leaks(each, home)]
        return self.paths[hit.host + hit.path] - 1

    def to_json(self) -> dict[str, Any]:
        """Return everything that can be written as JSON."""
        names = ("requests", "connections", "peak", "sent", "canaries")
        return {name: getattr(self, name) for name in names} | {"paths": dict(self.paths.most_common(60))}


def secrets(hit: Hit) -> list[str]:
    """Return the secrets that a request carries."""
    said = " ".join((hit.path, *hit.headers.values()))
    scheme, _, credentials = hit.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        said += base64.b64decode(credentials, validate=False).decode("latin-1")
    return [each for each in SECRETS if each in said]


def _leaks(secret: str, home: bool) -> bool:
    return not home or secret == NETRC_PASSWORD


def _is_established(connection: socket.socket) -> bool:
    """Return whether the client has not closed its end, even if we have not been notified yet."""
    if not hasattr(socket, "TCP_INFO"):
        return True
    try:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_ESTABLISHED
    except OSError:
        return False
