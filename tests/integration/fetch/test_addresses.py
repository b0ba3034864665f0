"""Names that lead to one address now and to another a moment later, and what is asked of either."""

import socket

import pytest

from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.fetch.transport import resolver
from tests.special_addresses import NOT_PUBLIC
from tests.web import Answer, Site, redirect

PUBLIC = "127.0.0.2"
SYSTEM = socket.getaddrinfo


@pytest.fixture
def public():
    """The only address that may be asked."""
    with Site(address=PUBLIC) as running:
        running.routes["*"] = Answer(b"here")
        yield running


@pytest.fixture
def connects(monkeypatch):
    """The address of every attempt to connect."""
    seen = []

    class Noting(socket.socket):
        def connect(self, address):
            seen.append(address[0])
            return super().connect(address)

    monkeypatch.setattr(socket, "socket", Noting)
    return seen


@pytest.fixture
def names(monkeypatch):
    """Set what all names lead to."""
    leading = []

    def getaddrinfo(host, port, *arguments, **options):
        return [each for one in leading for each in SYSTEM(one, port, *arguments, **options)]

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    return leading


@pytest.mark.parametrize("private", NOT_PUBLIC)
async def test_a_name_that_leads_elsewhere_the_second_time_is_not_followed(
    private, public, visit, names, connects
):
    url = f"http://rebound.test:{public.port}/a.xml"
    options = {"allow_private": False, "allow_network": (f"{PUBLIC}/32",), "retries": 0}
    names[:] = [PUBLIC]
    first, content = await visit(**options)(url)
    assert (first.fault, content) == (None, b"here")
    names[:] = [private]
    for purpose in Purpose:
        second, _ = await visit(**options)(url, purpose)
        assert second.fault.reason == "blocked-address"
    assert connects == [PUBLIC]


@pytest.mark.parametrize("private", NOT_PUBLIC)
async def test_a_name_that_changes_between_two_redirects_is_not_followed(
    private, public, visit, names, connects
):
    def rebind(_):
        names[:] = [private]
        return redirect(f"http://other.test:{public.port}/c.xml")

    public.routes["/a.xml"] = redirect("/b.xml")
    public.routes["/b.xml"] = rebind
    names[:] = [PUBLIC]
    ask = visit(allow_private=False, allow_network=(f"{PUBLIC}/32",), retries=0)
    fetched, _ = await ask(f"http://rebound.test:{public.port}/a.xml")
    assert (fetched.fault.reason, len(fetched.hops)) == ("blocked-address", 2)
    assert set(connects) == {PUBLIC}


@pytest.mark.parametrize("order", [(PUBLIC, "127.0.0.1", "::1"), ("::1", "127.0.0.1", PUBLIC)])
async def test_a_private_address_beside_a_public_one_is_passed_over(order, public, visit, names, connects):
    names[:] = order
    ask = visit(allow_private=False, allow_network=(f"{PUBLIC}/32",))
    _, content = await ask(f"http://both.test:{public.port}/a.xml")
    assert content == b"here"
    public.stop()
    ask = visit(allow_private=False, allow_network=(f"{PUBLIC}/32",), retries=0)
    fetched, _ = await ask(f"http://both.test:{public.port}/a.xml")
    assert fetched.fault.reason in ("connection-refused", "blocked-address", "connection-failed")
    assert set(connects) == {PUBLIC}
