"""What previous jobs know of a site's sitemaps: unchanged documents are neither sent nor parsed again."""

from dataclasses import dataclass
from typing import Protocol

from sitemap_cli.fetch.interface import Response, Validators
from sitemap_cli.model.values import Kind

NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """A document that a previous job read completely, and the sitemap row of that job.

    ``trusted_lastmod`` is the lastmod for which a reliable index saves the request; None for other indexes.
    ``listed_lastmod`` is the lastmod that its index gave when it was last requested, as far as that is known.
    ``content_type`` and ``content_encoding`` are the headers of the previous response, which a 304 response
    does not repeat. ``is_last_page`` says of a feed that a complete job found no further page of it. ``urls``
    and ``children`` are the numbers of its entries and of the sitemaps that it lists, ``first_loc`` and
    ``last_loc`` its first and last URL in alphabetical order, if they are known.
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
    listed_lastmod: str | None = None
    is_last_page: bool = False
    urls: int = 0
    children: int = 0
    first_loc: str | None = None
    last_loc: str | None = None

    @property
    def conditions(self) -> Validators | None:
        """The validators to send; None without any, so that the server has to send the document again."""
        return self.validators if self.validators.etag or self.validators.last_modified else None

    def is_trusted_for(self, lastmod: str | None) -> bool:
        """Return whether an index that gives this lastmod saves the request."""
        return self.trusted_lastmod is not None and self.trusted_lastmod == lastmod

    def is_confirmed_by(self, response: Response) -> bool:
        """Return whether a server confirms in response to our validators that nothing has changed."""
        is_conditional = self.conditions is not None and response.final_url == self.validators.url
        return is_conditional and response.status_code == NOT_MODIFIED and response.fault is None


class HttpCache(Protocol):
    """The documents of previous jobs, wherever they are stored."""

    def get_document(self, url: str, scope: str | None) -> CachedDocument | None:
        """Return the cached document of a URL, read for a part of the site or for all of it."""
        ...

    @property
    def urls(self) -> int | None:
        """The number of URLs that the documents list; None if previous jobs were not looked at."""
        ...


class NoCache:
    """A cache that is always empty: for a first job, and for ``--refresh``."""

    def get_document(self, _url: str, _scope: str | None) -> CachedDocument | None:
        """Return None."""
        return None

    @property
    def urls(self) -> None:
        """None: there may be previous jobs."""
        return
