"""What kind of page a redirect leads to, by its URL: a login or a page that asks for consent."""

import re
from urllib.parse import urlsplit

from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.model.gate_words import CONSENT, LOGIN

_LOGIN = re.compile(f"(?:^|[/.]){LOGIN}(?:[/.]|$)", re.IGNORECASE)
_CONSENT = re.compile(f"(?:^|[/.]){CONSENT}(?:[/.]|$)", re.IGNORECASE)


def is_login(url: str) -> bool:
    """Return whether a URL is that of a login, by a word of its path or host."""
    return _LOGIN.search(_name(url)) is not None


def is_consent(url: str) -> bool:
    """Return whether a URL is that of a page that asks for consent to cookies, or for the age."""
    return _CONSENT.search(_name(url)) is not None


def find_kind(page: PageFact) -> str | None:
    """Return what kind of page a redirect leads to, where crawlers may get another response."""
    if page.status_code != 200 or page.error is not None:
        return None
    if is_consent(page.final_url):
        return "consent"
    return "login" if is_login(page.final_url) and not is_login(page.loc) else None


def _name(url: str) -> str:
    """Return host and path; the query often has the URL of the page that redirected."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.netloc}{parts.path}"
