"""How a crawl uses the documents of previous jobs."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.fetch.interface import Purpose, Validators
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

    def get_document(self, url: str, _scope: str | None = None) -> CachedDocument | None:
        return self.known.get(url)


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
    assert found.facts[A].urls == 2


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
    assert [each.no_cache for each in found.fetcher.log if each.url == A] == [False, True]


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


def listing(*lastmods: str | None) -> dict[str, Reply | bytes]:
    """An index that lists sitemaps with these lastmods; the server confirms each of them for ever."""
    entries = "".join(
        f"<sitemap><loc>{HOME}{number}.xml</loc>"
        + (f"<lastmod>{each}</lastmod>" if each else "")
        + "</sitemap>"
        for number, each in enumerate(lastmods)
    )
    pages: dict[str, Reply | bytes] = {ROOT: f"<sitemapindex>{entries}</sitemapindex>".encode()}
    return pages | {f"{HOME}{number}.xml": Reply(URLS, etag="one") for number in range(len(lastmods))}


def known_children(count: int, lastmod: str | None, digest: bytes = b"x" * 32) -> DictCache:
    """The documents of a job whose index listed this lastmod for each."""
    documents = (cached_document(f"{HOME}{number}.xml", listed_lastmod=lastmod) for number in range(count))
    return DictCache({each.validators.url: replace(each, digest=digest) for each in documents})


@pytest.mark.parametrize(
    ("listed", "before", "requests"),
    [
        ("2026-01-02", "2026-01-01", 2),
        ("2026-01-01", "2026-01-01", 1),
        (None, "2026-01-01", 1),
        ("2026-01-02", None, 1),
    ],
)
async def test_a_304_that_contradicts_the_lastmod_of_the_index_is_checked(listed, before, requests):
    found = await crawl(listing(listed), ROOT, cache=known_children(1, before))
    child = found.one(f"{HOME}0.xml")
    assert found.fetcher.count(f"{HOME}0.xml") == requests
    assert (child.cached is None) is (requests == 2)
    assert found.verdict == "ok"


async def test_a_server_is_believed_after_some_documents_that_had_not_changed():
    digest = hashlib.sha256(URLS).digest()
    lastmods = ["2026-01-02"] * 9
    found = await crawl(listing(*lastmods), ROOT, cache=known_children(9, "2026-01-01", digest), per_host=1)
    assert len(found.fetcher.urls_for(Purpose.SITEMAP)) == 1 + 9 + 3
    found = await crawl(listing(*lastmods), ROOT, cache=known_children(9, "2026-01-01"), per_host=1)
    assert len(found.fetcher.urls_for(Purpose.SITEMAP)) == 1 + 9 + 9


async def test_a_304_stands_if_the_content_cannot_be_fetched():
    pages = listing("2026-01-02") | {f"{HOME}0.xml": Reply(status=304)}
    found = await crawl(pages, ROOT, cache=known_children(1, "2026-01-01"))
    assert (found.errors, found.verdict) == ({}, "ok")
    assert found.one(f"{HOME}0.xml").cached is not None


@pytest.mark.parametrize(
    ("sent", "returned", "requests"),
    [
        ('"one"', '"two"', 2),
        ('"one"', 'W/"two"', 2),
        ('"one"', '"one"', 1),
        ('"one"', 'W/"one"', 1),
        ('W/"one"', '"one"', 1),
        ('"one-gzip"', '"one"', 1),
        ('"one--gzip"', '"one"', 1),
        ('"one;br"', '"one"', 1),
        ("one", '"one"', 1),
        ('"one"', None, 1),
        (None, '"two"', 1),
    ],
)
async def test_a_304_with_the_tag_of_another_document_is_checked(sent, returned, requests):
    known = cached_document(A, etag=sent)
    known = replace(known, validators=Validators(A, sent, "Fri, 02 Jan 2026 00:00:00 GMT"))
    found = await crawl(tree(a=Reply(status=304, etag=returned)), A, cache=DictCache({A: known}))
    assert found.fetcher.count(A) == requests
    assert found.one(A).cached is not None
