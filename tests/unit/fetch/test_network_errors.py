"""Exceptions of the network become faults with a reason and a message."""

import errno
import os
import socket
from types import SimpleNamespace

import aiohttp
import pytest

from sitemap_cli.fetch.ssrf_guard import NOT_PUBLIC
from sitemap_cli.fetch.transport.network_errors import explain_error


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "x"),
            "connection-refused",
            os.strerror(errno.ECONNREFUSED),
        ),
        (ConnectionResetError(errno.ECONNRESET, "x"), "connection-reset", os.strerror(errno.ECONNRESET)),
        (OSError(errno.ENETUNREACH, "no route"), "connection-failed", "no route"),
        (OSError("Multiple exceptions: this, that"), "connection-failed", "this, that"),
        (OSError(errno.EACCES, f"10.0.0.1 {NOT_PUBLIC}"), "blocked-address", "10.0.0.1"),
        (OSError(errno.EACCES, "firewall"), "connection-failed", "firewall"),
        (TimeoutError(), "deadline", "time limit"),
        (aiohttp.ServerDisconnectedError(), "connection-closed", "closed"),
        (aiohttp.SocketTimeoutError(), "timeout-read", "stopped sending"),
        (aiohttp.ConnectionTimeoutError(), "timeout-connect", "timed out while connecting"),
        (aiohttp.ClientPayloadError("Response payload is not completed"), "protocol-error", "not completed"),
        (aiohttp.InvalidURL("http://x", "odd"), "url-invalid", "odd"),
        (aiohttp.ClientError("something new"), "protocol-error", "something new"),
    ],
)
def test_each_exception_has_a_reason_and_a_message(error, reason, words):
    fault = explain_error(error)
    assert fault.reason == reason
    assert words in fault.message


@pytest.mark.parametrize(
    ("code", "reason"), [(socket.EAI_NONAME, "dns-nxdomain"), (socket.EAI_AGAIN, "dns-failure")]
)
def test_an_unknown_name_differs_from_a_failing_name_server(code, reason, connection_key):
    error = aiohttp.ClientConnectorDNSError(connection_key, socket.gaierror(code, "because"))
    assert explain_error(error).reason == reason
    assert explain_error(error).message == "cannot resolve example.com: because"


def test_an_unreachable_proxy_is_reported_as_such(connection_key):
    error = aiohttp.ClientProxyConnectionError(connection_key, OSError(errno.EHOSTUNREACH, "no route"))
    assert explain_error(error).message == "cannot connect to the proxy: no route"


@pytest.mark.parametrize(("status", "reason"), [(407, "proxy-denied"), (502, "connection-failed")])
def test_a_proxy_that_requires_credentials_differs_from_one_that_fails(status, reason):
    info = SimpleNamespace(real_url="http://proxy.example/")
    error = aiohttp.ClientHttpProxyError(info, (), status=status, message="No")
    assert explain_error(error).reason == reason
    assert explain_error(error).message == f"the proxy responded with {status} No"


@pytest.fixture
def connection_key():
    from aiohttp.client_reqrep import ConnectionKey

    return ConnectionKey("example.com", 443, True, True, None, None, None)
