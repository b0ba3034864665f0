"""The private parts of aiohttp that ``fetch/transport`` relies on have not changed.

A failure here means that this version of aiohttp needs a look at ``fetch/transport`` before it may be used:
a hook with another signature could bypass the proxy or the guard, or leak the client certificate.
"""

import ast
import asyncio
import functools
import inspect
from pathlib import Path

import aiohttp
import pytest
from aiohttp import abc, hdrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

from sitemap_cli.fetch.transport.connectors import PRIVATE
from tests.signatures import parameters

TRANSPORT = Path(__file__).parents[3] / "sitemap_cli" / "fetch" / "transport"

SIGNATURES = {
    # connectors.py overrides or calls these.
    aiohttp.TCPConnector._create_direct_connection: "(self, req, traces, timeout, *, client_error=)",
    aiohttp.TCPConnector._wrap_create_connection: (
        "(self, *args, addr_infos, req, timeout, client_error=, **kwargs)"
    ),
    aiohttp.TCPConnector._wrap_existing_connection: ("(self, *args, req, timeout, client_error=, **kwargs)"),
    # response_handler.py overrides or calls these.
    ResponseHandler.__init__: "(self, loop)",
    ResponseHandler.data_received: "(self, data)",
    ResponseHandler.connection_lost: "(self, exc)",
    ResponseHandler.set_exception: "(self, exc, exc_cause=)",
    ResponseHandler.abort: "(self)",
    ResponseHandler._reschedule_timeout: "(self)",
    # client.py overrides or calls these.
    aiohttp.ClientRequest.send: "(self, conn)",
    Connection.add_callback: "(self, callback)",
    # exchange.py calls these.
    StreamReader.set_exception: "(self, exc, exc_cause=)",
    StreamReader.read_nowait: "(self, n=)",
    StreamReader.readany: "(self)",
    StreamReader.at_eof: "(self)",
    StreamReader.is_eof: "(self)",
    aiohttp.ClientResponse.release: "(self)",
    # resolver.py and connectors.py implement or raise these.
    abc.AbstractResolver.resolve: "(self, host, port=, family=)",
    abc.AbstractResolver.close: "(self)",
    aiohttp.ClientConnectorError.__init__: "(self, connection_key, os_error)",
}

# The modules of aiohttp other than the public package itself, and who may import from them.
SUBMODULES = {
    "client.py": {"aiohttp.connector"},
    "connectors.py": {"aiohttp.abc", "aiohttp.client_proto"},
    "proxy.py": {"aiohttp.hdrs"},
    "resolver.py": {"aiohttp.abc"},
    "response_handler.py": {"aiohttp.client_proto", "aiohttp.http_exceptions"},
}


@pytest.mark.parametrize(
    ("function", "expected"), SIGNATURES.items(), ids=lambda each: getattr(each, "__qualname__", "")
)
def test_a_hook_has_the_signature_that_the_transport_relies_on(function, expected):
    assert parameters(function) == expected


@pytest.mark.parametrize("name", PRIVATE)
def test_a_hook_that_is_checked_at_run_time_is_checked_here_too(name):
    assert getattr(aiohttp.TCPConnector, name) in SIGNATURES


@pytest.mark.parametrize("name", ["_create_direct_connection", "_wrap_create_connection"])
def test_an_overridden_hook_is_a_coroutine_that_aiohttp_calls(name):
    assert inspect.iscoroutinefunction(getattr(aiohttp.TCPConnector, name))
    calls = [each for each in vars(aiohttp.TCPConnector).values() if inspect.isfunction(each)]
    assert any(f"self.{name}(" in inspect.getsource(each) for each in calls)


async def test_a_connector_creates_its_protocols_with_the_factory_that_is_replaced():
    async with aiohttp.TCPConnector() as connector:
        factory = connector._factory
        assert isinstance(factory, functools.partial)
        assert factory.func is ResponseHandler
        assert isinstance(factory(), ResponseHandler)
    assert "self._factory," in inspect.getsource(aiohttp.TCPConnector._create_direct_connection)


async def test_a_protocol_has_the_attributes_that_the_transport_reads():
    handler = ResponseHandler(asyncio.get_running_loop())
    assert handler._payload is None
    assert handler.transport is None
    assert isinstance(inspect.getattr_static(Connection, "transport"), property)
    assert isinstance(inspect.getattr_static(Connection, "protocol"), property)


def test_a_request_keeps_its_tls_context_in_the_attribute_that_is_replaced():
    assert isinstance(inspect.getattr_static(aiohttp.ClientRequest, "ssl"), property)
    assert "self._ssl" in inspect.getsource(inspect.getattr_static(aiohttp.ClientRequest, "ssl").fget)
    assert "req.ssl" in inspect.getsource(aiohttp.TCPConnector._get_ssl_context)


def test_exceptions_carry_the_attributes_that_are_explained():
    key = ConnectionKey("example.com", 443, True, True, None, None, None)
    error = aiohttp.ClientConnectorDNSError(key, OSError(1, "no"))
    assert (error.host, error.os_error.errno) == ("example.com", 1)
    assert issubclass(aiohttp.ClientProxyConnectionError, aiohttp.ClientConnectorError)
    assert HttpProcessingError(message="bad").message == "bad"
    assert hdrs.PROXY_AUTHORIZATION == "Proxy-Authorization"


def test_messages_of_incomplete_bodies_name_their_cause():
    """aiohttp gives the cause of a broken body only as the name of an exception in a message."""
    source = inspect.getsource(ResponseHandler.connection_lost)
    assert "ClientPayloadError(client_payload_exc_msg)" in source
    assert 'f"{original_connection_error !r}"' in source


def test_the_undocumented_functions_of_urllib_are_unchanged():
    """proxy.py uses them to read NO_PROXY in the same way as urllib."""
    from urllib.request import getproxies_environment, proxy_bypass_environment

    assert parameters(getproxies_environment) == "()"
    assert parameters(proxy_bypass_environment) == "(host, proxies=)"
    assert proxy_bypass_environment("a.example:80", {"no": ".example"})


def test_private_modules_of_aiohttp_are_imported_by_these_modules_only():
    imported = {path.name: _submodules(path) for path in TRANSPORT.glob("*.py")}
    assert {name: modules for name, modules in imported.items() if modules} == SUBMODULES


def _submodules(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    plain = {name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names}
    return {name for name in froms | plain if name.startswith("aiohttp.")}
