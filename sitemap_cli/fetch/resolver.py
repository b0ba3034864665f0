"""Names to addresses: what ``--resolve`` says, then what the operating system says."""

import asyncio
import ipaddress
import socket
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from sitemap_cli.errors import ConfigurationError

# The loop's own pool has a thread or two for each processor; a slow name server then makes the first
# contact with a hundred hosts take seconds.
MAX_THREADS = 64


class Resolver(AbstractResolver):
    """Asks the system's resolver in threads of its own, unless the user has given the address.

    ``pending`` counts, by host, the questions that have no answer yet.

    Raises:
        ConfigurationError: one of the pins is not ``HOST:PORT:ADDR``.
    """

    def __init__(self, pins: Sequence[str], *, threads: int) -> None:
        self.pending: Counter[str] = Counter()
        self._pinned = dict(_pin(each) for each in pins)
        self._pool = ThreadPoolExecutor(min(threads, MAX_THREADS), thread_name_prefix="resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give the addresses of a host.

        Raises:
            socket.gaierror: there are none.
        """
        pinned = self._pinned.get((host.rstrip(".").lower(), port))
        if pinned is not None:
            return [_result(host, port, address) for address in pinned]
        self.pending[host] += 1
        try:
            addresses = await asyncio.get_running_loop().run_in_executor(self._pool, _look_up, host, family)
        finally:
            self.pending -= Counter((host,))
        return [_result(host, port, address) for address in addresses]

    async def close(self) -> None:
        """Let go of the threads; one that still waits for a name server ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, family: int) -> list[str]:
    """Ask the system.

    ``.invalid`` never exists: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
    """
    if host.rstrip(".").lower().endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "the name ends in .invalid")
    found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


def _pin(text: str) -> tuple[tuple[str, int], list[str]]:
    """Read ``HOST:PORT:ADDR[,ADDR]``, where an IPv6 address may stand in brackets."""
    try:
        host, port, addresses = text.split(":", 2)
        found = [str(ipaddress.ip_address(each.strip(" []"))) for each in addresses.split(",")]
        return (host.lower(), int(port)), found
    except ValueError as error:
        why = "expected HOST:PORT:ADDR"
        raise ConfigurationError("unusable value", where=f"--resolve {text}", why=why) from error
