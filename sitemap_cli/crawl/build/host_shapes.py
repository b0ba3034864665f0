"""How web hosts answer a URL by a file: it is served, missing or redirected, depending on the host.

Sources: https://github.com/slorber/trailing-slash-guide/blob/main/docs/Hosting-Providers.md (measured),
https://developers.cloudflare.com/pages/configuration/serving-pages/,
https://vercel.com/docs/project-configuration/vercel-json#cleanurls,
https://firebase.google.com/docs/hosting/full-config#clean_urls,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/IndexDocumentSupport.html,
https://httpd.apache.org/docs/2.4/mod/mod_dir.html, https://nginx.org/en/docs/http/ngx_http_index_module.html
"""

from collections.abc import Mapping
from enum import StrEnum


class Shape(StrEnum):
    """How the path of a URL is related to the path of the file that is its page."""

    EXACT = "exact"
    """``/x.pdf`` or ``/x`` for a file of that name."""
    SLASH = "slash"
    """``/x/`` for ``x/index.html``: the same everywhere."""
    FOLDER = "folder"
    """``/x`` for ``x/index.html``."""
    FILE = "file"
    """``/x`` for ``x.html``."""
    FILE_SLASH = "file-slash"
    """``/x/`` for ``x.html``."""
    HTML = "html"
    """``/x.html`` for a file of that name."""
    INDEX = "index"
    """``/x/index.html``, whose page is also ``/x/``."""


class Outcome(StrEnum):
    """What a host does; an outcome that is not in the table is a page with status 200."""

    REDIRECT = "redirect"
    MISSING = "missing"


_REDIRECT, _MISSING = Outcome.REDIRECT, Outcome.MISSING
_SERVERS = {Shape.FOLDER: _REDIRECT, Shape.FILE: _MISSING, Shape.FILE_SLASH: _MISSING}

GITHUB, NETLIFY, CLOUDFLARE = "GitHub Pages", "Netlify", "Cloudflare Pages"
VERCEL, FIREBASE, AZURE = "Vercel", "Firebase Hosting", "Azure Static Web Apps"
APACHE = "Apache"

HOSTS: Mapping[str, Mapping[Shape, Outcome]] = {
    GITHUB: {Shape.FOLDER: _REDIRECT, Shape.FILE_SLASH: _MISSING},
    NETLIFY: {Shape.FOLDER: _REDIRECT, Shape.FILE_SLASH: _REDIRECT},
    CLOUDFLARE: {
        Shape.FOLDER: _REDIRECT,
        Shape.FILE_SLASH: _REDIRECT,
        Shape.HTML: _REDIRECT,
        Shape.INDEX: _REDIRECT,
    },
    VERCEL: {Shape.FILE: _MISSING, Shape.FILE_SLASH: _MISSING},
    FIREBASE: dict(_SERVERS),
    AZURE: {Shape.FILE_SLASH: _MISSING},
    "Amazon S3": dict(_SERVERS),
    "nginx": dict(_SERVERS),
    APACHE: dict(_SERVERS),
}
"""What each host does by default, where it is not a page with status 200."""

DOMAINS: Mapping[str, str] = {
    ".github.io": GITHUB,
    ".netlify.app": NETLIFY,
    ".pages.dev": CLOUDFLARE,
    ".vercel.app": VERCEL,
    ".web.app": FIREBASE,
    ".firebaseapp.com": FIREBASE,
    ".azurestaticapps.net": AZURE,
}
"""The hosts by the endings of the names that they give to sites."""


def find_host(name: str) -> str | None:
    """Return the host that serves a site with this name, if the name shows it."""
    return next((host for ending, host in DOMAINS.items() if name.endswith(ending)), None)


def list_hosts(shape: Shape, outcome: Outcome) -> list[str]:
    """Return the hosts with some outcome."""
    return [name for name, table in HOSTS.items() if table.get(shape) is outcome]
