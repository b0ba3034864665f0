"""Cookies that the redirects to one document set, for servers that send it only with them.

They are kept for the redirects of one request, and forgotten then: crawlers keep none.
"""

from collections.abc import Iterable

from yarl import URL

MAX_COOKIES = 50
MAX_LENGTH = 4096
"""Characters of one cookie. https://www.rfc-editor.org/rfc/rfc6265#section-6.1"""


class RedirectCookies:
    """The cookies of one chain of redirects, by host, whether they need https, and name.

    See https://www.rfc-editor.org/rfc/rfc6265#section-5; paths are ignored.
    """

    def __init__(self) -> None:
        self._values: dict[tuple[str, bool, str], str] = {}

    def keep(self, url: URL, headers: Iterable[str]) -> bool:
        """Keep the cookies of some ``Set-Cookie`` headers; return whether any of them is new or different."""
        previous = dict(self._values)
        for header in headers:
            self._keep_one(url.raw_host or "", header)
        return self._values != previous

    def build_header(self, url: URL) -> str:
        """Return the value of the ``Cookie`` header for a URL; "" without cookies."""
        host, is_secure = url.raw_host or "", url.scheme == "https"
        return "; ".join(
            f"{name}={value}"
            for (domain, needs_https, name), value in self._values.items()
            if _is_within(host, domain) and (is_secure or not needs_https)
        )

    def _keep_one(self, host: str, header: str) -> None:
        pair, *rest = header.split(";")
        name, has_value, value = pair.partition("=")
        if not has_value or not name.strip() or len(pair) > MAX_LENGTH or not pair.isprintable():
            return
        parts = [each.partition("=") for each in rest]
        attributes = {key.strip().lower(): text.strip() for key, _, text in parts}
        domain = f".{attributes.get('domain', '').lower().removeprefix('.')}"
        is_shared = "." in domain[1:] and _is_within(host, domain)
        key = (domain if is_shared else host, "secure" in attributes, name.strip())
        if attributes.get("max-age", "1").startswith(("0", "-")):
            self._values.pop(key, None)
        elif key in self._values or len(self._values) < MAX_COOKIES:
            self._values[key] = value.strip()


def _is_within(host: str, domain: str) -> bool:
    """Return whether a host is the one of a cookie, or below it if that begins with a dot."""
    return host == domain.removeprefix(".") or (domain.startswith(".") and host.endswith(domain))
