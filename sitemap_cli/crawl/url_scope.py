"""The part of a site that a job is about: the URLs below a path."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sitemap_cli.model.item_batch import ItemBatch
from sitemap_cli.urls import canonical_url, textual_origin

# The name of a page, whose folder is the part of the site; v1.2 and node.js are folders.
_PAGE_NAME = re.compile(r"/[^/]*\.(?:x?html?|shtml|php[0-9]?|aspx?|jspx?|cfm)\Z", re.IGNORECASE)
_PATH = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*(/[^?#]*)?")


def find_scope(url: str) -> str | None:
    """Return the path of a URL as far as it is a folder, with a slash at the end; None for the whole site."""
    path = urlsplit(canonical_url(url)).path
    folder = path.rpartition("/")[0] if _PAGE_NAME.search(path) else path
    return f"{folder.rstrip('/')}/" if folder.strip("/") else None


@dataclass(frozen=True, slots=True)
class UrlScope:
    """A path with a slash at the end: it includes the URLs of that page and those below it, on any host.

    URLs are compared segment by segment, in their canonical spelling.
    """

    path: str

    def includes(self, url: str) -> bool:
        """Return whether a URL is at or below the path."""
        found = _PATH.match(canonical_url(url))
        return found is not None and f"{found[1] or ''}/".startswith(self.path)

    def select_items(self, batch: ItemBatch, dropped: int) -> ItemBatch:
        """Return the items of a batch without the entries outside; ``dropped`` were so before."""
        return batch.select_entries(list(map(self.includes, batch.entries.locs)), dropped)


@dataclass(frozen=True, slots=True)
class UrlSection:
    """A section of a site as a user names it: a path, or a URL with its origin; compared as scopes are."""

    scope: UrlScope
    origin: str | None = None

    def includes(self, url: str) -> bool:
        """Return whether a URL is at or below the path, and has the origin if there is one."""
        return (self.origin is None or textual_origin(url) == self.origin) and self.scope.includes(url)


def parse_section(text: str) -> UrlSection | None:
    """Parse ``/blog``, ``blog/`` or ``https://example.com/blog``; return None for other texts."""
    is_url = "://" in text
    parts = urlsplit(canonical_url(text if is_url else f"https://example.com/{text.lstrip('/')}"))
    if not text.strip() or not parts.hostname or parts.query or parts.fragment:
        return None
    path = f"{parts.path.rstrip('/')}/"
    return UrlSection(UrlScope(path), textual_origin(text) if is_url else None)
