"""Faults: words that are safe on a terminal, and reasons for what the network did."""

import errno
import os
import socket
from types import SimpleNamespace

import aiohttp
import pytest

from sitemap_cli.fetch.fetch_errors import (
    BLOCKED,
    MAX_MESSAGE,
    build_too_slow_fault,
    explain_error,
    sanitize_message,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("two\r\n  lines\t", "two lines"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("a\u202eb\u200bc\ufeff", "a\\u202eb\\u200bc\\ufeff"),
        ("lone \udce9", "lone \\udce9"),
        ("at https://me:secret@example.com/x", "at https://example.com/x"),
        ("größer", "größer"),
        ("x" * 1000, "x" * (MAX_MESSAGE - 1) + "…"),
    ],
)
def test_a_message_is_one_line_without_controls_and_secrets(text, shown):
    assert sanitize_message(text) == shown


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
        (OSError(errno.EACCES, f"10.0.0.1 {BLOCKED}"), "blocked-address", "10.0.0.1"),
        (OSError(errno.EACCES, "firewall"), "connection-failed", "firewall"),
        (TimeoutError(), "deadline", "time allowed"),
        (aiohttp.ServerDisconnectedError(), "connection-closed", "closed"),
        (aiohttp.SocketTimeoutError(), "timeout-read", "silent"),
        (aiohttp.ConnectionTimeoutError(), "timeout-connect", "no connection"),
        (aiohttp.ClientPayloadError("Response payload is not completed"), "protocol-error", "not completed"),
        (aiohttp.InvalidURL("http://x", "odd"), "url-invalid", "odd"),
        (aiohttp.ClientError("something new"), "protocol-error", "something new"),
    ],
)
def test_what_the_network_did_has_a_reason(error, reason, words):
    fault = explain_error(error)
    assert fault.reason == reason
    assert words in fault.message


@pytest.mark.parametrize(
    ("code", "reason"), [(socket.EAI_NONAME, "dns-nxdomain"), (socket.EAI_AGAIN, "dns-failure")]
)
def test_a_missing_name_is_told_from_a_silent_name_server(code, reason, connection_key):
    error = aiohttp.ClientConnectorDNSError(connection_key, socket.gaierror(code, "because"))
    assert explain_error(error).reason == reason
    assert explain_error(error).message == "example.com has no address: because"


def test_an_unreachable_proxy_is_named(connection_key):
    error = aiohttp.ClientProxyConnectionError(connection_key, OSError(errno.EHOSTUNREACH, "no route"))
    assert explain_error(error).message == "the proxy cannot be reached: no route"


@pytest.mark.parametrize(("status", "reason"), [(407, "proxy-denied"), (502, "connection-failed")])
def test_a_proxy_that_wants_credentials_is_told_from_one_that_fails(status, reason):
    info = SimpleNamespace(real_url="http://proxy.example/")
    error = aiohttp.ClientHttpProxyError(info, (), status=status, message="No")
    assert explain_error(error).reason == reason
    assert explain_error(error).message == f"the proxy answered {status} No"


def test_the_least_speed_is_named():
    assert build_too_slow_fault(1024).reason == "too-slow"
    assert "1,024 bytes a second" in build_too_slow_fault(1024).message


@pytest.fixture
def connection_key():
    from aiohttp.client_reqrep import ConnectionKey

    return ConnectionKey("example.com", 443, True, True, None, None, None)
