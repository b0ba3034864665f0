"""How a crawl uses the documents of previous jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.fetch.interface import Validators
from sitemap_cli.model.values import Child, Kind
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, URLS, crawl, lists, site, tree
from tests.web import index

ROOT = f"{HOME}index.xml"
A, B = f"{HOME}a.xml", f"{HOME}b.xml"


@dataclass
class DictCache:
    """A cache made of dictionaries: documents by URL, children by document id."""

    known: Mapping[str, CachedDocument]
    lists: Mapping[int, Sequence[Child]] = field(default_factory=dict)

    def get_document(self, url: str) -> CachedDocument | None:
        return self.known.get(url)

    async def load_children(self, cached: CachedDocument) -> Sequence[Child]:
        return self.lists[cached.document_id]


def cached_document(
    url: str, *, document: int = 1, kind: Kind = Kind.URLSET, etag: str | None = "one", **more
) -> CachedDocument:
    digest = document.to_bytes(32, "big")
    return CachedDocument(document, document, kind, digest, 100, 0, Validators(url, etag), **more)


async def test_a_cached_document_is_requested_with_its_validators_and_reused():
    found = await crawl(tree(a=Reply(URLS, etag="one")), A, cache=DictCache({A: cached_document(A)}))
    (sitemap,) = found.sitemaps
    assert (sitemap.kind, sitemap.cached, sitemap.response.body) == (Kind.URLSET, cached_document(A), None)
    assert (found.errors, found.verdict) == ({}, "ok")


async def test_what_has_changed_is_read():
    found = await crawl(tree(a=Reply(URLS, etag="two")), A, cache=DictCache({A: cached_document(A)}))
    assert found.one(A).cached is None
    assert found.one(A).reading.urls == 2


async def test_the_children_of_a_cached_index_are_followed():
    cache = DictCache({ROOT: cached_document(ROOT, kind=Kind.INDEX)}, {1: [Child(A), Child(B)]})
    pages = tree(a=URLS, b=URLS) | {ROOT: Reply(b"", etag="one")}
    found = await crawl(pages, ROOT, cache=cache)
    assert found.urls == [ROOT, A, B]


async def test_a_guess_that_has_not_changed_is_one_that_was_right():
    at = {"sitemap.xml": Reply(URLS, etag="one")}
    url = f"{HOME}sitemap.xml"
    found = await crawl(site(at=at), cache=DictCache({url: cached_document(url)}))
    assert (found.urls, found.verdict) == ([url], "ok")


@pytest.mark.parametrize(
    "known", [{}, {A: cached_document(A, etag=None)}, {A: cached_document(f"{HOME}moved.xml")}]
)
async def test_not_modified_without_a_conditional_request_does_not_count(known):
    found = await crawl(tree(a=Reply(status=304)), A, cache=DictCache(known))
    assert (found.errors, found.verdict) == ({A: "http-status"}, "http-error")


@pytest.mark.parametrize(
    ("now", "trusted", "requested"),
    [
        ("2026-01-01", "2026-01-01", False),
        ("2026-01-02", "2026-01-01", True),
        (None, None, True),
        ("2026-01-01", None, True),
    ],
)
async def test_a_sitemap_is_not_requested_while_a_trusted_index_gives_the_same_lastmod(
    now, trusted, requested
):
    fields = {} if now is None else {"lastmod": now}
    pages = site(robots=lists("index.xml"), at={"index.xml": index(A, **fields), "a.xml": URLS})
    found = await crawl(pages, cache=DictCache({A: cached_document(A, trusted_lastmod=trusted)}))
    assert (found.fetcher.count(A) == 1) is requested
    assert (found.one(A).cached is None) is requested
    assert found.verdict == "ok"
