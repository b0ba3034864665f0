"""What the codes of failed requests mean, in words, where the failure has no message of its own."""

SENTENCES = {
    "blocked-address": "the IP address is private, and such addresses are not requested",
    "challenge": "a bot wall responded instead of the server",
    "connection-closed": "the server closed the connection without a response",
    "connection-failed": "the connection failed",
    "connection-refused": "the connection was refused",
    "connection-reset": "the connection was reset",
    "deadline": "it took too long",
    "dns-failure": "the name server did not respond",
    "dns-nxdomain": "the host name could not be resolved",
    "empty": "the body is empty",
    "host-empty": "too many files are missing on the host",
    "host-failing": "the host failed too often",
    "html-instead": "the server sent an HTML page",
    "http-status": "the server responded with an error",
    "https-only": "only https is allowed",
    "incomplete-body": "the connection was closed before the end of the body",
    "not-a-sitemap": "the body is not a sitemap, feed or URL list",
    "protocol-error": "the response is not valid HTTP",
    "proxy-denied": "the proxy refused the request",
    "rate-limited": "the server limits the rate of requests",
    "robots-disallowed": "robots.txt disallows it",
    "robots-unreachable": "robots.txt is unavailable",
    "timeout-connect": "timed out while connecting",
    "timeout-read": "the server stopped sending data",
    "tls-error": "the TLS connection failed",
    "tls-not-spoken": "the port does not speak TLS",
    "too-slow": "the data arrived too slowly",
    "unavailable": "the server is temporarily unavailable",
    "url-invalid": "the URL is invalid",
}


def describe_reason(reason: str | None, status: int | None = None) -> str:
    """Return a reason in words; ``status`` is that of the response, if there was one."""
    if reason == "http-status" and status is not None:
        return f"the server responded with status {status}"
    return SENTENCES.get(reason or "", (reason or "no response").replace("-", " "))
