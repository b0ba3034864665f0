"""What can go wrong on the way to a body: exceptions of aiohttp and the system become reasons and words."""

import errno
import os
import re
import socket
from collections.abc import Callable
from typing import Any

import aiohttp

from sitemap_cli import redaction
from sitemap_cli.model.values import Fault

MAX_MESSAGE = 300
BLOCKED = "is not a public address"

# Asking an HTTP port for TLS: OpenSSL reads "HTTP/1.1 400" as a record of an unheard-of version.
TLS_NOT_SPOKEN = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
PROXY_AUTHENTICATION = 407
# What a server says against our certificate comes after the handshake, when the connection counts as made.
ALERT = re.compile(r"\[SSL: (\w+)\]")
ALERTS = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the server wants to see a client certificate (--cert)",
    "TLSV1_ALERT_UNKNOWN_CA": "the server does not accept our client certificate",
}
NO_SUCH_NAME = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
ERRNO_REASONS = {
    errno.ECONNREFUSED: "connection-refused",
    errno.ECONNRESET: "connection-reset",
    errno.EPIPE: "connection-reset",
    errno.ECONNABORTED: "connection-reset",
    errno.ETIMEDOUT: "timeout-connect",
}
NO_MORE_FILES = (errno.EMFILE, errno.ENFILE)
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


class RefusedError(Exception):
    """An address that we will not ask, raised and caught inside this package."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(reason, sanitize_message(message))


def sanitize_message(text: str) -> str:
    """One line of at most 300 characters that does nothing to a terminal and names no passwords."""
    if len(text) <= MAX_MESSAGE and "@" not in text and text.isascii() and text.isprintable():
        return text
    line = " ".join(redaction.redact_text(text).split())
    escaped = UNSAFE.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), line)
    return escaped if len(escaped) <= MAX_MESSAGE else escaped[: MAX_MESSAGE - 1] + "…"


def explain_error(error: Exception) -> Fault:
    """The reason and the cause of something that aiohttp raised, or of a deadline that passed."""
    explained = next(explained for kind, explained in EXPLANATIONS if isinstance(error, kind))
    reason, message = explained(error)
    return Fault(reason, sanitize_message(message))


def build_too_slow_fault(speed: int) -> Fault:
    """What is wrong with a body that comes slower than that many bytes a second."""
    return Fault("too-slow", f"for a while, less than {speed:,} bytes a second came")


def _describe_system_error(error: BaseException) -> str:
    """What the system says about a failed call.

    asyncio's own words are "Connect call failed ('192.0.2.1', 80)", whatever the cause was.
    """
    if isinstance(error, OSError) and error.errno in ERRNO_REASONS:
        return os.strerror(error.errno)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _explain_certificate(error: Any) -> tuple[str, str]:
    verdict = getattr(error.certificate_error, "verify_message", "") or _describe_system_error(
        error.certificate_error
    )
    return "tls-error", f"the certificate is not accepted: {verdict}"


def _explain_tls(error: Any) -> tuple[str, str]:
    cause = getattr(error.os_error, "reason", None) or _describe_system_error(error.os_error)
    if cause in TLS_NOT_SPOKEN:
        return "tls-not-spoken", f"the port does not speak TLS; is it meant for http? ({cause})"
    return "tls-error", f"no TLS connection: {cause}"


def _explain_dns(error: Any) -> tuple[str, str]:
    cause = error.os_error
    known = isinstance(cause, socket.gaierror) and cause.errno in NO_SUCH_NAME
    return (
        "dns-nxdomain" if known else "dns-failure",
        f"{error.host} has no address: {_describe_system_error(cause)}",
    )


def _explain_proxy(error: Any) -> tuple[str, str]:
    return "connection-failed", f"the proxy cannot be reached: {_describe_system_error(error.os_error)}"


def _explain_proxy_refusal(error: Any) -> tuple[str, str]:
    reason = "proxy-denied" if error.status == PROXY_AUTHENTICATION else "connection-failed"
    return reason, f"the proxy answered {error.status} {error.message}"


def _explain_connection(error: Any) -> tuple[str, str]:
    cause = _describe_system_error(error)
    if BLOCKED in cause:
        return "blocked-address", cause
    if alert := ALERT.match(cause):
        return "tls-error", ALERTS.get(alert[1], f"the server broke off TLS: {alert[1]}")
    if error.errno in NO_MORE_FILES:
        return "connection-failed", f"this process may open no more files: {cause}"
    return ERRNO_REASONS.get(error.errno, "connection-failed"), f"no connection: {cause}"


def _explain_payload(error: Any) -> tuple[str, str]:
    """Tell apart how a body broke off; aiohttp keeps the cause only in the words of its message."""
    cause = str(error)
    if "ConnectionResetError" in cause:
        return "connection-reset", "the connection was reset in the middle of the body"
    if "ContentLengthError" in cause or "TransferEncodingError" in cause:
        return "incomplete-body", "the connection was closed before the end of the body"
    return "protocol-error", f"the body is not sent as it should be: {cause}"


def _explain_protocol(error: Any) -> tuple[str, str]:
    return "protocol-error", f"the answer is not HTTP as it should be: {error.message}"


def _explain_always(reason: str, message: str) -> Callable[[Any], tuple[str, str]]:
    return lambda _: (reason, message)


# In this order: the first that fits counts, and aiohttp's exceptions are kinds of one another.
EXPLANATIONS: tuple[tuple[type[Exception], Callable[[Any], tuple[str, str]]], ...] = (
    (aiohttp.ClientConnectorCertificateError, _explain_certificate),
    (aiohttp.ClientSSLError, _explain_tls),
    (aiohttp.ClientConnectorDNSError, _explain_dns),
    (aiohttp.ClientProxyConnectionError, _explain_proxy),
    (aiohttp.ClientHttpProxyError, _explain_proxy_refusal),
    (aiohttp.ConnectionTimeoutError, _explain_always("timeout-connect", "no connection in time")),
    (aiohttp.ServerTimeoutError, _explain_always("timeout-read", "the server fell silent")),
    (
        aiohttp.ServerDisconnectedError,
        _explain_always("connection-closed", "the server closed the connection unasked"),
    ),
    (aiohttp.ClientPayloadError, _explain_payload),
    (aiohttp.ClientResponseError, _explain_protocol),
    (aiohttp.InvalidURL, lambda error: ("url-invalid", f"the address cannot be asked: {error}")),
    (TimeoutError, _explain_always("deadline", "not finished in the time allowed for one document")),
    (OSError, _explain_connection),
    (Exception, lambda error: ("protocol-error", f"{type(error).__name__}: {error}")),
)
