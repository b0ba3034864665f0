"""What an HTML page is that a server sends instead of a sitemap or a robots.txt.

Login, consent and parking pages are recognized by where a redirect leads, and by their title or their form.
The words are our own collection. Any other page is that of an app if it has hardly any text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from sitemap_cli.crawl.pages import soft_404
from sitemap_cli.crawl.pages.html_head import decode_page
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.gate_words import CONSENT, LOGIN

SHELL_WORDS = 60
"""An app shows no more words before its scripts run; "You need to enable JavaScript" is hidden text."""
MAX_TEXT = 16 * 1024

_TITLE = re.compile(r"<(?:title|h1)\b[^<>]*>([^<]{0,300})", re.IGNORECASE)
_PASSWORD = re.compile(r"""<input\b[^<>]*\btype\s*=\s*["']?password\b""", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_LOGIN_PATH = re.compile(f"(?:^|[/._-]){LOGIN}(?:$|[/._?-])", re.IGNORECASE)
_LOGIN_TITLE = re.compile(
    r"\b(?:log ?in|sign ?in|anmelden|anmeldung|einloggen|connexion|se connecter|iniciar sesión|accedi"
    r"|inloggen|zaloguj|password protected)\b|^\s*(?:ログイン|登录)",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"^(?:consent|cmp|privacy|gdpr|cookies?)\.", re.IGNORECASE)
_CONSENT_PATH = re.compile(rf"/{CONSENT}\b", re.IGNORECASE)
_CONSENT_TITLE = re.compile(
    r"\b(?:before you continue|bevor sie|avant de continuer|antes de continuar|prima di continuare"
    r"|(?:cookie|privacy|data) ?(?:consent|settings|preferences|wall)|consent (?:required|management)|consent"
    r"|we value your privacy|your privacy (?:choices|matters)|privatsphäre|datenschutz-?einstellungen"
    r"|age (?:verification|check|gate)|verify your age|are you (?:over|of legal))\b",
    re.IGNORECASE,
)
_PARKED = re.compile(
    r"\b(?:(?:this |the )?domain(?: name)?(?: [\w.-]{1,80})? (?:is|may be|might be) (?:for sale|parked)"
    r"|buy this domain|parked (?:free|domain)|domain (?:parking|parked)|free parking"
    r"|(?:diese )?domain (?:steht zum verkauf|ist geparkt|zu verkaufen|kaufen)|domaine (?:est )?à vendre"
    r"|dominio en venta|dominio in vendita|website is for sale)\b"
    r"|sedoparking\.com|parkingcrew\.net|bodis\.com|hugedomains\.com|parklogic\.com|parking-page|above\.com/park"
    r"|afternic\.com/forsale|/lander\b|window\.park\s*=",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(
    r"\b(?:(?:under|down for|scheduled) maintenance|maintenance mode|be (?:right )?back (?:soon|shortly)"
    r"|wartungs(?:arbeiten|modus|seite)|en maintenance|en mantenimiento|in manutenzione"
    r"|temporarily unavailable|service unavailable)\b|^\s*maintenance\s*$",
    re.IGNORECASE,
)


class PageKind(StrEnum):
    """What an HTML page is, as far as it matters for a site without sitemaps."""

    LOGIN = "a login page"
    CONSENT = "a consent page"
    PARKED = "the page of a parked domain"
    MAINTENANCE = "a maintenance page"
    MISSING = "an error page"
    SHELL = "an app"
    PAGE = "an HTML page"

    @property
    def what(self) -> str:
        """What messages call it: whether a page is an app is only probable."""
        return PageKind.PAGE.value if self is PageKind.SHELL else self.value


class PageHint(NamedTuple):
    """What is known about a page: its kind, a digest of its text, and whether a redirect leads to it."""

    kind: PageKind
    text: bytes
    is_redirected: bool = False


def describe_page(response: Response, body: Iterable[bytes]) -> PageHint:
    """Return what the HTML page in the body of a response is."""
    text = decode_page(body, response.content_type)[:MAX_TEXT]
    is_redirected = bool(response.hops)
    kind, digest = _examine_page(text, response.final_url if is_redirected else "")
    return PageHint(kind, digest, is_redirected)


@lru_cache(maxsize=4)
def _examine_page(text: str, url: str) -> tuple[PageKind, bytes]:
    """Return the kind of a page and a digest of its text; an app sends the same page dozens of times."""
    words = soft_404.extract_words(text)
    return _classify_page(text, len(words), url), soft_404.hash_words(words)


def _classify_page(text: str, words: int, url: str) -> PageKind:
    """Return the kind of a page; ``url`` is where a redirect led."""
    titles = [each.strip() for each in _TITLE.findall(text)]
    parts = urlsplit(url)
    head = "\n".join(titles)
    if _PARKED.search(text):
        return PageKind.PARKED
    is_consent_url = _CONSENT_HOST.search(parts.netloc) or _CONSENT_PATH.search(parts.path)
    if is_consent_url or _CONSENT_TITLE.search(head):
        return PageKind.CONSENT
    if (
        _LOGIN_PATH.search(f"{parts.netloc}{parts.path}")
        or _PASSWORD.search(text)
        or _LOGIN_TITLE.search(head)
    ):
        return PageKind.LOGIN
    if _MAINTENANCE.search(head):
        return PageKind.MAINTENANCE
    if any(map(soft_404.is_missing_title, titles)):
        return PageKind.MISSING
    return PageKind.SHELL if words <= SHELL_WORDS and _SCRIPT.search(text) else PageKind.PAGE


def choose_kind(hints: Sequence[PageHint]) -> PageKind:
    """Return what most of some pages are; pages with the same text at different URLs are those of an app."""
    counts = Counter(each.kind for each in hints)
    kind, _ = counts.most_common(1)[0]
    if kind is PageKind.PAGE and len(hints) > 1 and len({each.text for each in hints}) == 1:
        return PageKind.SHELL
    return kind
