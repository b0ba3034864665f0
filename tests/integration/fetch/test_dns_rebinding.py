"""DNS rebinding: names that resolve to another IP address a moment later."""

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
    """Permit a single IP address."""
    with Site(address=PUBLIC) as running:
        running.routes["*"] = Answer(b"here")
        yield running


@pytest.fixture
def connects(monkeypatch):
    """Return the IP address of every attempt to connect."""
    seen = []

    class Noting(socket.socket):
        def connect(self, address):
            seen.append(address[0])
            return super().connect(address)

    monkeypatch.setattr(socket, "socket", Noting)
    return seen


@pytest.fixture
def names(monkeypatch):
    """Set the IP addresses of all names."""
    leading = []

    def getaddrinfo(host, port, *arguments, **options):
        return [each for one in leading for each in SYSTEM(one, port, *arguments, **options)]

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    return leading


@pytest.mark.parametrize("private", NOT_PUBLIC)
async def test_a_name_that_resolves_to_a_private_address_later_is_refused(
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
async def test_a_name_that_changes_between_redirects_is_refused(private, public, visit, names, connects):
    def rebind(_):
        names[:] = [private]
        return redirect(f"http://other.test:{public.port}/c.xml")

    public.routes["/a.xml"] = redirect("/b.xml")
    public.routes["/b.xml"] = rebind
    names[:] = [PUBLIC]
    ask = visit(allow_private=False, allow_network=(f"{PUBLIC}/32",), retries=0)
    response, _ = await ask(f"http://rebound.test:{public.port}/a.xml")
    assert (response.fault.reason, len(response.hops)) == ("blocked-address", 2)
    assert set(connects) == {PUBLIC}


@pytest.mark.parametrize("order", [(PUBLIC, "127.0.0.1", "::1"), ("::1", "127.0.0.1", PUBLIC)])
async def test_a_private_address_next_to_a_public_one_is_skipped(order, public, visit, names, connects):
    names[:] = order
    ask = visit(allow_private=False, allow_network=(f"{PUBLIC}/32",))
    _, content = await ask(f"http://both.test:{public.port}/a.xml")
    assert content == b"here"
    public.stop()
    ask = visit(allow_private=False, allow_network=(f"{PUBLIC}/32",), retries=0)
    response, _ = await ask(f"http://both.test:{public.port}/a.xml")
    assert response.fault.reason in ("connection-refused", "blocked-address", "connection-failed")
    assert set(connects) == {PUBLIC}
