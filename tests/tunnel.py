"""Servers that stand before others: an HTTP proxy with CONNECT, and a site that asks who its clients are."""

import asyncio
import ssl
from dataclasses import dataclass, field

from tests.messages import parsed
from tests.socks import join
from tests.web import TLS, Site


@dataclass(eq=False)
class Tunnel(Site):
    """An HTTP proxy: CONNECT leads to the host and port of ``leads``, other requests are answered by routes.

    ``shown`` are the certificates of its clients, where it speaks TLS and asks for them.
    """

    leads: tuple[str, int] | None = None
    shown: list[str | None] = field(default_factory=list)

    def context(self) -> ssl.SSLContext | None:
        """TLS that asks for a certificate and does without."""
        return asking(super().context(), ssl.CERT_OPTIONAL)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.shown.append(subject(writer))
        await super()._talk(reader, writer)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        hit = parsed(await reader.readuntil(b"\r\n\r\n"))
        self.hits.append(hit)
        if hit.method != "CONNECT" or self.leads is None:
            return await self._answer(hit, self._route(hit), writer)
        site = await asyncio.open_connection(*self.leads)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await join((reader, writer), site)
        return False


@dataclass(eq=False)
class Strict(Site):
    """A site that wants a certificate of ``tests/data/tls/client``, or does without one."""

    tls: str | None = "localhost"
    wants: ssl.VerifyMode = ssl.CERT_REQUIRED
    shown: list[str | None] = field(default_factory=list)

    def context(self) -> ssl.SSLContext | None:
        """TLS that asks for a certificate."""
        return asking(super().context(), self.wants)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.shown.append(subject(writer))
        await super()._talk(reader, writer)


def asking(context: ssl.SSLContext | None, wants: ssl.VerifyMode) -> ssl.SSLContext | None:
    """Have a server ask for the certificate of its clients."""
    if context is not None:
        context.verify_mode = wants
        context.load_verify_locations(TLS / "client.pem")
    return context


def subject(writer: asyncio.StreamWriter) -> str | None:
    """Whom the certificate of a client is for."""
    certificate = writer.get_extra_info("peercert")
    return certificate["subject"][0][0][1] if certificate else None
