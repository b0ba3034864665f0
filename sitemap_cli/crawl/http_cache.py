"""What earlier runs know of a site's sitemaps, so that what did not change is neither sent nor read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sitemap_cli.fetch.interface import Response, Validators
from sitemap_cli.model.values import Child, Kind

NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """A document that an earlier run read whole at some address, and the row that says so.

    ``trusted_lastmod`` is the lastmod under which an index may list it again without our asking, because
    what that index says has proved truthful; None where it has not. ``content_type`` and ``content_encoding``
    are those with which it was sent: a server that has nothing new to send does not say them again.
    """

    sitemap_id: int
    document_id: int
    kind: Kind
    digest: bytes
    bytes: int
    problem_count: int
    validators: Validators
    trusted_lastmod: str | None = None
    content_type: str | None = None
    content_encoding: str | None = None

    @property
    def conditions(self) -> Validators | None:
        """What to ask with; a document without validators has to be sent again."""
        return self.validators if self.validators.etag or self.validators.last_modified else None

    def is_confirmed_by(self, fetched: Response) -> bool:
        """Whether a server says that this is still what it serves, asked in a way that lets it say so."""
        asked = self.conditions is not None and fetched.final_url == self.validators.url
        return asked and fetched.status_code == NOT_MODIFIED and fetched.fault is None


class HttpCache(Protocol):
    """Tells a walk what is held; where it comes from is no business of a walk."""

    def get_document(self, url: str) -> CachedDocument | None:
        """What is held of an address."""
        ...

    async def load_children(self, held: CachedDocument) -> Sequence[Child]:
        """The sitemaps that a held document lists, in its order."""
        ...


class NoCache:
    """The memory of a first run, and of one that shall not rely on any."""

    def get_document(self, _url: str) -> CachedDocument | None:
        """Nothing is held."""
        return None

    async def load_children(self, _held: CachedDocument) -> Sequence[Child]:
        """Nothing is listed."""
        return ()
