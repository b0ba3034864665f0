"""The guard: which addresses may be asked, however they are spelled."""

import errno
import socket
from ipaddress import ip_address

import pytest

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.faults import RefusedError
from sitemap_cli.fetch.guard import Guard, is_public, spelled_out

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.31.196.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.254",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
]
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
def test_an_address_of_the_public_internet_may_be_asked(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_of_any_other_kind_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_no_spelling_of_loopback_slips_by(host):
    with pytest.raises(RefusedError) as caught:
        Guard(allow_private=False, networks=()).check_host(host)
    assert caught.value.fault.reason == "blocked-address"


@pytest.mark.parametrize("host", ["example.com", "xn--bcher-kva.example", "1.example", "0x7g", "8.8.8.8", ""])
def test_names_and_public_addresses_pass(host):
    Guard(allow_private=False, networks=()).check_host(host)


def test_a_name_is_not_an_address():
    assert spelled_out("localhost") is None


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_everything_may_be_asked_when_private_addresses_are_allowed(address):
    assert Guard(allow_private=True, networks=()).permits(ip_address(address))


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
def test_an_allowed_network_opens_just_itself(network, address, permitted):
    assert Guard(allow_private=False, networks=(network,)).permits(ip_address(address)) is permitted


def test_a_network_that_is_none_is_a_mistake_of_the_user():
    with pytest.raises(ConfigurationError, match=r"10\.0\.0\.0/99"):
        Guard(allow_private=False, networks=("10.0.0.0/99",))


def test_a_socket_is_made_for_a_public_address_only():
    guard = Guard(allow_private=False, networks=())
    family, kind = socket.AF_INET, socket.SOCK_STREAM
    guard.socket((family, kind, 0, "", ("8.8.8.8", 80))).close()
    with pytest.raises(OSError, match=r"169\.254\.169\.254 is not a public address") as caught:
        guard.socket((family, kind, 0, "", ("169.254.169.254", 80)))
    assert caught.value.errno == errno.EACCES
