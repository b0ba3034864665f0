"""Translation of exceptions of aiohttp and the operating system into faults with a reason and a message."""

import errno
import os
import re
import socket
from collections.abc import Callable
from typing import Any

import aiohttp

from sitemap_cli.fetch.fetch_errors import sanitize_message
from sitemap_cli.fetch.ssrf_guard import NOT_PUBLIC
from sitemap_cli.model.values import Fault

# OpenSSL reports this for an HTTP port: it reads "HTTP/1.1 400" as a record of an unknown TLS version.
TLS_NOT_SPOKEN = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
PROXY_AUTHENTICATION = 407
# With TLS 1.3, a server rejects a client certificate after the handshake, when aiohttp is already connected.
ALERT = re.compile(r"\[SSL: (\w+)\]")
ALERTS = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the server requires a client certificate (--cert)",
    "TLSV1_ALERT_UNKNOWN_CA": "the server does not accept the client certificate",
}
NO_SUCH_NAME = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
ERRNO_REASONS = {
    errno.ECONNREFUSED: "connection-refused",
    errno.ECONNRESET: "connection-reset",
    errno.EPIPE: "connection-reset",
    errno.ECONNABORTED: "connection-reset",
    errno.ETIMEDOUT: "timeout-connect",
}
TOO_MANY_FILES = (errno.EMFILE, errno.ENFILE)

Explain = Callable[[Any], tuple[str, str]]


def explain_error(error: Exception) -> Fault:
    """Return the fault for an exception of aiohttp or the system, or for an expired deadline."""
    explain = next(explain for kind, explain in EXPLANATIONS if isinstance(error, kind))
    reason, message = explain(error)
    return Fault(reason, sanitize_message(message))


def _describe_system_error(error: BaseException) -> str:
    """Return the system's message for a failed call.

    asyncio replaces it by "Connect call failed ('192.0.2.1', 80)", whatever the cause was.
    """
    if isinstance(error, OSError) and error.errno in ERRNO_REASONS:
        return os.strerror(error.errno)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _explain_certificate(error: Any) -> tuple[str, str]:
    cause = error.certificate_error
    verdict = getattr(cause, "verify_message", "") or _describe_system_error(cause)
    return "tls-error", f"the certificate is not trusted: {verdict}"


def _explain_tls(error: Any) -> tuple[str, str]:
    cause = getattr(error.os_error, "reason", None) or _describe_system_error(error.os_error)
    if cause in TLS_NOT_SPOKEN:
        return "tls-not-spoken", f"the port does not speak TLS; is it an http port? ({cause})"
    return "tls-error", f"the TLS connection failed: {cause}"


def _explain_dns(error: Any) -> tuple[str, str]:
    cause = error.os_error
    is_unknown = isinstance(cause, socket.gaierror) and cause.errno in NO_SUCH_NAME
    message = f"cannot resolve {error.host}: {_describe_system_error(cause)}"
    return "dns-nxdomain" if is_unknown else "dns-failure", message


def _explain_proxy(error: Any) -> tuple[str, str]:
    return "connection-failed", f"cannot connect to the proxy: {_describe_system_error(error.os_error)}"


def _explain_proxy_refusal(error: Any) -> tuple[str, str]:
    reason = "proxy-denied" if error.status == PROXY_AUTHENTICATION else "connection-failed"
    return reason, f"the proxy responded with {error.status} {error.message}"


def _explain_connection(error: Any) -> tuple[str, str]:
    cause = _describe_system_error(error)
    if NOT_PUBLIC in cause:
        return "blocked-address", cause
    if alert := ALERT.match(cause):
        return "tls-error", ALERTS.get(alert[1], f"the server aborted the TLS connection: {alert[1]}")
    if error.errno in TOO_MANY_FILES:
        return "connection-failed", f"this process cannot open more files: {cause}"
    return ERRNO_REASONS.get(error.errno, "connection-failed"), f"the connection failed: {cause}"


def _explain_payload(error: Any) -> tuple[str, str]:
    """Find out why a body is incomplete; aiohttp gives the cause only in the text of its message."""
    cause = str(error)
    if "ConnectionResetError" in cause:
        return "connection-reset", "the connection was reset in the middle of the body"
    if "ContentLengthError" in cause or "TransferEncodingError" in cause:
        return "incomplete-body", "the connection was closed before the end of the body"
    return "protocol-error", f"the body is malformed: {cause}"


def _explain_response(error: Any) -> tuple[str, str]:
    return "protocol-error", f"the response is not valid HTTP: {error.message}"


def _explain_always(reason: str, message: str) -> Explain:
    return lambda _: (reason, message)


# The first match counts, so the order matters: aiohttp's exceptions are subclasses of each other.
EXPLANATIONS: tuple[tuple[type[Exception], Explain], ...] = (
    (aiohttp.ClientConnectorCertificateError, _explain_certificate),
    (aiohttp.ClientSSLError, _explain_tls),
    (aiohttp.ClientConnectorDNSError, _explain_dns),
    (aiohttp.ClientProxyConnectionError, _explain_proxy),
    (aiohttp.ClientHttpProxyError, _explain_proxy_refusal),
    (aiohttp.ConnectionTimeoutError, _explain_always("timeout-connect", "timed out while connecting")),
    (
        aiohttp.ServerTimeoutError,
        _explain_always("timeout-read", "the server stopped sending data"),
    ),
    (
        aiohttp.ServerDisconnectedError,
        _explain_always("connection-closed", "the server closed the connection without a response"),
    ),
    (aiohttp.ClientPayloadError, _explain_payload),
    (aiohttp.ClientResponseError, _explain_response),
    (aiohttp.InvalidURL, lambda error: ("url-invalid", f"invalid URL: {error}")),
    (
        TimeoutError,
        _explain_always("deadline", "not finished within the time limit for one document"),
    ),
    (OSError, _explain_connection),
    (Exception, lambda error: ("protocol-error", f"{type(error).__name__}: {error}")),
)
