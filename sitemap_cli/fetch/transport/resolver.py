"""Names to addresses: what ``--resolve`` says, then what the operating system says."""

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

# The loop's own pool has a thread or two for each processor; a slow name server then makes the first
# contact with a hundred hosts take seconds.
MAX_THREADS = 64
ANY_HOST = "*"


class Resolver(AbstractResolver):
    """Asks the system's resolver in threads of its own, unless the user has given the address.

    ``pending`` counts, by host, the questions that have no answer yet.

    Raises:
        ConfigurationError: one of the pins is not ``HOST:PORT:ADDR``.
    """

    def __init__(self, pins: Sequence[str]) -> None:
        self.pending: Counter[str] = Counter()
        self._pins = dict(_parse_pin(each) for each in pins)
        self._thread_slots = asyncio.Semaphore(MAX_THREADS)

    def find_pins(self, host: str, port: int) -> list[str]:
        """The addresses that the user has given a host, or every host, at a port; the last one counts."""
        name = host.removesuffix(".").lower()
        return self._pins.get((name, port)) or self._pins.get((ANY_HOST, port)) or []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give the addresses of a host.

        Raises:
            socket.gaierror: there are none.
        """
        addresses = self.find_pins(host, port) or await self._query_system(host, family)
        return [build_resolve_result(host, port, each) for each in addresses]

    async def close(self) -> None:
        """Nothing is held: a thread that still waits for a name server ends with the process."""

    async def _query_system(self, host: str, family: int) -> list[str]:
        self.pending[host] += 1
        try:
            await self._thread_slots.acquire()
            return await _run_in_thread(lambda: _query_addresses(host, family), self._thread_slots.release)
        finally:
            self.pending -= Counter((host,))


def build_resolve_result(host: str, port: int, address: str) -> ResolveResult:
    """An address in the form that aiohttp wants."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


def _run_in_thread(ask: Callable[[], list[str]], done: Callable[[], None]) -> asyncio.Future[list[str]]:
    """Ask in a thread that nobody waits for when the process ends.

    Those of an executor are joined then, and a name server that is silent can hold one for half a minute.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(found: list[str], error: Exception | None) -> None:
        done()
        if answer.cancelled():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def work() -> None:
        found, fault = list[str](), None
        try:
            found = ask()
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is awaited
            fault = error
        with suppress(RuntimeError):  # the loop is closed: nobody wants to know any more
            loop.call_soon_threadsafe(settle, found, fault)

    threading.Thread(target=work, name="resolve", daemon=True).start()
    return answer


def _query_addresses(host: str, family: int) -> list[str]:
    """Ask the system.

    ``.invalid`` never exists: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
    """
    if host.rstrip(".").lower().endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "the name ends in .invalid")
    found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def _parse_pin(text: str) -> tuple[tuple[str, int], list[str]]:
    """Read ``HOST:PORT:ADDR[,ADDR]``: HOST may be ``*``, and an IPv6 address may stand in brackets."""
    try:
        host, port, addresses = text.split(":", 2)
        name = host if host == ANY_HOST else URL.build(scheme="https", host=host, port=int(port)).raw_host
        found = [str(ipaddress.ip_address(each.strip(" []"))) for each in addresses.split(",")]
        return ((name or "").removesuffix(".").lower(), int(port)), found
    except ValueError as error:
        why = "expected HOST:PORT:ADDR"
        raise ConfigurationError("unusable value", where=f"--resolve {text}", why=why) from error
