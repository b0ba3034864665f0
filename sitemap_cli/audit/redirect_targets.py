"""What kind of page a redirect leads to, by its URL: a login or a page that asks for consent."""

import re
from urllib.parse import urlsplit

_LOGIN = re.compile(
    r"(?:^|[/.])(?:log-?in|sign-?in|signin|sso|oauth2?|auth|anmelden|connexion|wp-login)(?:[/.]|$)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:^|[/.])(?:consent|cookie-?(?:wall|consent|check)|gdpr|privacy-?gate|age-?(?:gate|check|verification))"
    r"(?:[/.]|$)",
    re.IGNORECASE,
)


def is_login(url: str) -> bool:
    """Return whether a URL is that of a login, by a word of its path or host."""
    return _LOGIN.search(_name(url)) is not None


def is_consent(url: str) -> bool:
    """Return whether a URL is that of a page that asks for consent to cookies, or for the age."""
    return _CONSENT.search(_name(url)) is not None


def _name(url: str) -> str:
    """Return host and path; the query often has the URL of the page that redirected."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.netloc}{parts.path}"
