"""Protection against requests to private networks: which IP addresses may be connected to.

A host name can resolve to a different address one second later. So the check is made where the socket is
created, after every resolution and redirect, and nothing can bypass it.
"""

import errno
import ipaddress
import socket
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.fetch_errors import RefusedError

Address = IPv4Address | IPv6Address
AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]

NOT_PUBLIC = "is not a public address"

# https://www.iana.org/assignments/iana-ipv4-special-registry: Python's ``is_global`` knows the registry of
# its own release date only, and says that multicast is global.
SPECIAL_IPV4 = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Outside of 2000::/3 nothing is public: loopback, link-local, unique local, multicast, NAT64
# (64:ff9b::/96, 64:ff9b:1::/48). These ranges inside are not public either: the first includes Teredo, the
# third is 6to4.
# https://www.iana.org/assignments/iana-ipv6-special-registry
UNICAST_IPV6 = IPv6Network("2000::/3")
SPECIAL_IPV6 = tuple(IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))


def is_public(address: Address | str) -> bool:
    """Return whether an IP address can belong to a web site on the public internet.

    Addresses that embed another address (NAT64, 6to4, Teredo) are not public: the gateway that unwraps them
    may be inside a private network.
    """
    bare = _unmap_ipv4(ipaddress.ip_address(address))
    if isinstance(bare, IPv4Address):
        return not any(bare in network for network in SPECIAL_IPV4)
    return bare in UNICAST_IPV6 and not any(bare in network for network in SPECIAL_IPV6)


class SsrfGuard:
    """The check for permitted IP addresses; it creates the sockets, and none to other addresses.

    Args:
        allow_private: whether every address is permitted.
        networks: networks that are permitted in addition to public addresses, such as ``10.1.0.0/16``.

    Raises:
        ConfigurationError: one of the networks is invalid.
    """

    def __init__(self, *, allow_private: bool, networks: Sequence[str]) -> None:
        self._allow_private = allow_private
        self._networks = [_parse_network(each) for each in networks]

    def is_permitted(self, address: Address) -> bool:
        """Return whether connections to this address are permitted."""
        return self._allow_private or is_public(address) or self._is_allowed(_unmap_ipv4(address))

    def check_host(self, host: str) -> None:
        """Refuse a host that is an IP address in any notation and is not permitted.

        Sockets are checked anyway. But behind a proxy, the only socket is the one to the proxy.

        Raises:
            RefusedError: with the reason ``blocked-address``.
        """
        address = parse_ip_literal(host)
        if address is not None and not self.is_permitted(address):
            raise RefusedError("blocked-address", _format_refusal(address))

    def create_socket(self, info: AddrInfo) -> socket.socket:
        """Create the socket for one resolved address, or fail as it would behind a firewall.

        Raises:
            OSError: EACCES. It needs an errno: aiohttp prints "[None]" without one.
        """
        family, kind, protocol, _, socket_address = info
        address = ipaddress.ip_address(socket_address[0])
        if not self.is_permitted(address):
            raise OSError(errno.EACCES, _format_refusal(address))
        return socket.socket(family, kind, protocol)

    def _is_allowed(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


@lru_cache(maxsize=1_000)
def parse_ip_literal(host: str) -> Address | None:
    """Return the IP address that a host name spells, such as ``127.1``, ``0x7f000001`` or ``2130706433``."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except (OSError, UnicodeError):
        return None


def _unmap_ipv4(address: Address) -> Address:
    """Return the IPv4 address inside ``::ffff:1.2.3.4``: the kernel connects to that one."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _format_refusal(address: Address) -> str:
    return f"{_unmap_ipv4(address)} {NOT_PUBLIC} (use --allow-private or --allow-network to permit it)"


def _parse_network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ConfigurationError(
            "invalid network", where=f"--allow-network {text}", why=str(error)
        ) from error
