"""The hostile server: ``python -m tests.hostile.server``, one process for all attacks, on loopback only.

Every attack has its own host, 127.4.x.y, a second one for requests to another site, and a path on one host
that has all attacks. The first line of output contains the ports. Each line of input is answered with the
counters of all attacks. The server ends with its input.
"""

import asyncio
import contextlib
import json
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from tests.hostile import catalog, healthy, wire
from tests.hostile.attack import DATA, Ask, Attack, Reply
from tests.hostile.counters import Seen
from tests.messages import Hit

Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
# What may happen at the second port instead of TLS; in one case at an IPv6 address.
PLAIN, HANGS, CLOSES, PLAIN_IPV6 = "plain", "hangs", "closes", "plain-ipv6"
BACKLOG = 256
ATTEMPTS = 20


class Hostile:
    """The listeners and counters; ``canaries`` counts connections that must never be made."""

    def __init__(self) -> None:
        self.hosts = catalog.hosts(catalog.attacks())
        self.seen = {attack.name: Seen() for attack in self.hosts.values()}
        self.healthy = {host: Seen() for host in catalog.HEALTHY}
        self.canaries: list[str] = []
        self.port = 0
        self.secure_port = 0
        self._servers: list[asyncio.Server] = []
        self._named = {attack.name: host for host, attack in self.hosts.items()}

    async def open(self) -> None:
        """Listen everywhere, on two ports that are free everywhere."""
        for _ in range(ATTEMPTS):
            try:
                await self._listen_on(*_free_ports())
            except OSError:
                for server in self._servers:
                    server.close()
                self._servers.clear()
            else:
                return
        raise OSError("no port is free on all addresses")

    def to_json(self) -> dict[str, Any]:
        """Return all counters."""
        return {
            "attacks": {name: seen.to_json() for name, seen in self.seen.items()},
            "healthy": {host: seen.to_json() for host, seen in self.healthy.items()},
            "canaries": self.canaries,
        }

    async def _listen_on(self, port: int, secure_port: int) -> None:
        self.port, self.secure_port = port, secure_port
        for host, attack in self.hosts.items():
            await self._listen(partial(self._attack, attack, host, False), host)
            await self._listen(partial(self._attack, attack, host, True), catalog.other_of(host))
            await self._listen_secure(attack, host)
        for host in catalog.HEALTHY:
            await self._listen(partial(self._be_well, host), host)
        await self._listen(self._by_path, catalog.PATHS)
        for host in catalog.OUTSIDE:
            await self._listen(partial(self._canary, host), host)

    async def _listen(
        self, connected: Connected, host: str, port: int | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        server = await asyncio.start_server(
            connected, host, port or self.port, ssl=tls, backlog=BACKLOG, limit=2**20
        )
        self._servers.append(server)

    async def _listen_secure(self, attack: Attack, host: str) -> None:
        attacking = partial(self._attack, attack, host, False)
        if attack.tls is None:
            return
        if attack.tls in (HANGS, CLOSES):
            await self._listen(partial(_mute, hang=attack.tls == HANGS), host, self.secure_port)
        elif attack.tls in (PLAIN, PLAIN_IPV6):
            await self._listen(attacking, host if attack.tls == PLAIN else "::1", self.secure_port)
        else:
            await self._listen(attacking, host, self.secure_port, _context(attack.tls))

    async def _attack(
        self,
        attack: Attack,
        host: str,
        elsewhere: bool,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Serve a connection to a host of one attack."""
        seen = self.seen[attack.name]
        secure = writer.get_extra_info("sockname")[1] == self.secure_port
        home = not elsewhere and secure == ("secure" in attack.target)
        places = catalog.places(host, attack, self.port, self.secure_port)

        def answer(hit: Hit) -> Reply:
            ask = Ask(
                hit,
                hit.path,
                places.root,
                places.other,
                places.secure,
                places.canary,
                seen.asked(hit, home=home),
                elsewhere,
            )
            return attack.answer(ask)

        await _serve(answer, seen, attack.greeting, reader, writer)

    async def _by_path(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection to the host that has every attack below its own path."""
        everything = Seen()

        def answer(hit: Hit) -> Reply:
            _, name, rest = (hit.path + "/").split("/", 2)
            attack = self.hosts[self._named[name]]
            places = catalog.places(self._named[name], attack, self.port, self.secure_port)
            root = f"http://{catalog.PATHS}:{self.port}/{name}"
            path = "/" + rest.removesuffix("/")
            count = self.seen[name].asked(hit, home=True)
            return attack.answer(Ask(hit, path, root, places.other, places.secure, places.canary, count))

        await _serve(answer, everything, None, reader, writer)

    async def _be_well(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = self.healthy[host]

        def answer(hit: Hit) -> Reply:
            seen.asked(hit, home=True)
            return healthy.answer(hit, f"http://{host}:{self.port}")

        await _serve(answer, seen, None, reader, writer)

    async def _canary(self, host: str, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.canaries.append(host)
        writer.close()


async def _serve(
    answer: Callable[[Hit], Reply],
    seen: Seen,
    greeting: bytes | None,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """Respond to the requests of one connection until it ends."""
    connection = wire.Connection(reader, writer, seen)
    host = writer.get_extra_info("sockname")[0]
    seen.opened(host, connection.socket)
    try:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            if greeting is not None:
                await connection.say(greeting)
                return
            while (hit := await connection.request()) is not None:
                if not await connection.reply(hit, answer(hit)):
                    return
    finally:
        seen.closed(host, connection.socket)
        writer.close()


async def _mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, hang: bool) -> None:
    """Send nothing: wait until the client closes the connection, or close it at once."""
    with contextlib.suppress(OSError):
        while hang and await reader.read(2**16):
            pass
    writer.close()


def _context(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    folder = DATA / "tls"
    context.load_cert_chain(folder / f"{certificate}.pem", folder / f"{certificate}.key")
    return context


def _free_ports() -> tuple[int, int]:
    """Return two ports that are free on one IP address; they may be in use on the others."""
    with socket.socket() as first, socket.socket() as second:
        first.bind((catalog.PATHS, 0))
        second.bind((catalog.PATHS, 0))
        return first.getsockname()[1], second.getsockname()[1]


async def _main() -> None:
    hostile = Hostile()
    await hostile.open()
    _tell({"port": hostile.port, "secure_port": hostile.secure_port})
    while await asyncio.to_thread(sys.stdin.readline):
        _tell(hostile.to_json())


def _tell(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # Connections that clients close in the middle of TLS are expected.
    asyncio.run(_main())
