"""The guard against private networks: which IP addresses are permitted, in any notation."""

import errno
import socket
from ipaddress import ip_address

import pytest

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.ssrf_guard import SsrfGuard, is_public, parse_ip_literal
from tests.special_addresses import NOT_PUBLIC, PUBLIC

LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.0x1",
    "127.0.0.1.",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:0:0:1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_permitted(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_any_other_address_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_every_notation_of_loopback_is_refused(host):
    with pytest.raises(RefusedError) as caught:
        SsrfGuard(allow_private=False, networks=()).check_host(host)
    assert caught.value.fault.reason == "blocked-address"


@pytest.mark.parametrize("host", ["example.com", "xn--bcher-kva.example", "1.example", "0x7g", "8.8.8.8", ""])
def test_names_and_public_addresses_are_permitted(host):
    SsrfGuard(allow_private=False, networks=()).check_host(host)


def test_a_name_is_not_an_address():
    assert parse_ip_literal("localhost") is None


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_every_address_is_permitted_with_allow_private(address):
    assert SsrfGuard(allow_private=True, networks=()).is_permitted(ip_address(address))


@pytest.mark.parametrize(
    ("network", "address", "permitted"),
    [
        ("127.0.0.0/8", "127.0.0.1", True),
        ("127.0.0.0/8", "::ffff:127.0.0.1", True),
        ("127.0.0.0/8", "10.0.0.1", False),
        ("10.1.2.3/16", "10.1.255.1", True),
        ("fd00::/8", "fd12::1", True),
        ("fd00::/8", "127.0.0.1", False),
        ("64:ff9b::/96", "64:ff9b::808:808", True),
        ("192.0.2.1", "192.0.2.1", True),
        ("10.0.0.0/8", "8.8.8.8", True),
    ],
)
def test_an_allowed_network_permits_no_other_network(network, address, permitted):
    assert SsrfGuard(allow_private=False, networks=(network,)).is_permitted(ip_address(address)) is permitted


def test_an_invalid_network_is_a_configuration_error():
    with pytest.raises(ConfigurationError, match=r"10\.0\.0\.0/99"):
        SsrfGuard(allow_private=False, networks=("10.0.0.0/99",))


def test_a_socket_is_created_for_public_addresses_only():
    guard = SsrfGuard(allow_private=False, networks=())
    family, kind = socket.AF_INET, socket.SOCK_STREAM
    guard.create_socket((family, kind, 0, "", ("8.8.8.8", 80))).close()
    with pytest.raises(OSError, match=r"169\.254\.169\.254 is not a public address") as caught:
        guard.create_socket((family, kind, 0, "", ("169.254.169.254", 80)))
    assert caught.value.errno == errno.EACCES
