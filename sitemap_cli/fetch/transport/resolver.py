"""Resolution of host names: ``--resolve`` first, then the operating system."""

import asyncio
import ipaddress
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from sitemap_cli.errors import ConfigurationError

# The default pool of the event loop has a few threads per processor: with a slow name server, the first
# requests to a hundred hosts would take seconds.
MAX_THREADS = 64
ANY_HOST = "*"


class Resolver(AbstractResolver):
    """A resolver that queries the system in its own threads, unless the user has pinned an address.

    ``pending`` counts the unanswered queries per host.

    Raises:
        ConfigurationError: one of the pins is not ``HOST:PORT:ADDR``.
    """

    def __init__(self, pins: Sequence[str]) -> None:
        self.pending: Counter[str] = Counter()
        self._pins = dict(_parse_pin(each) for each in pins)
        self._thread_slots = asyncio.Semaphore(MAX_THREADS)

    def find_pins(self, host: str, port: int) -> list[str]:
        """Return the addresses that the user pinned for a host or for every host; the last pin wins."""
        name = host.removesuffix(".").lower()
        return self._pins.get((name, port)) or self._pins.get((ANY_HOST, port)) or []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host.

        Raises:
            socket.gaierror: the host has none.
        """
        addresses = self.find_pins(host, port) or await self._query_system(host, family)
        return [build_resolve_result(host, port, each) for each in addresses]

    async def close(self) -> None:
        """Do nothing: a thread that still waits for a name server ends with the process."""

    async def _query_system(self, host: str, family: int) -> list[str]:
        self.pending[host] += 1
        try:
            await self._thread_slots.acquire()
            return await _run_in_thread(lambda: _query_addresses(host, family), self._thread_slots.release)
        finally:
            self.pending -= Counter((host,))


def build_resolve_result(host: str, port: int, address: str) -> ResolveResult:
    """Return an address in the form that aiohttp requires."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


def _run_in_thread(query: Callable[[], list[str]], on_done: Callable[[], None]) -> asyncio.Future[list[str]]:
    """Run a query in a thread that the process does not wait for when it ends.

    The threads of an executor would be joined, and a silent name server can block one for half a minute.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[str]] = loop.create_future()

    def set_outcome(addresses: list[str], error: Exception | None) -> None:
        on_done()
        if future.cancelled():
            return
        if error is None:
            future.set_result(addresses)
        else:
            future.set_exception(error)

    def run_query() -> None:
        addresses, failure = list[str](), None
        try:
            addresses = query()
        except Exception as error:  # noqa: BLE001 - raised where the future is awaited
            failure = error
        with suppress(RuntimeError):  # the loop is closed, so the result is not needed
            loop.call_soon_threadsafe(set_outcome, addresses, failure)

    threading.Thread(target=run_query, name="resolve", daemon=True).start()
    return future


def _query_addresses(host: str, family: int) -> list[str]:
    """Query the operating system.

    ``.invalid`` never exists: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
    """
    if host.rstrip(".").lower().endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "the name ends in .invalid")
    found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(socket_address[0]) for *_, socket_address in found))


def _parse_pin(text: str) -> tuple[tuple[str, int], list[str]]:
    """Parse ``HOST:PORT:ADDR[,ADDR]``. HOST may be ``*``, and IPv6 addresses may be in brackets."""
    try:
        host, port, addresses = text.split(":", 2)
        name = host if host == ANY_HOST else URL.build(scheme="https", host=host, port=int(port)).raw_host
        found = [str(ipaddress.ip_address(each.strip(" []"))) for each in addresses.split(",")]
        return ((name or "").removesuffix(".").lower(), int(port)), found
    except ValueError as error:
        why = "expected HOST:PORT:ADDR"
        raise ConfigurationError("invalid value", where=f"--resolve {text}", why=why) from error
