"""The robots.txt of other hosts whose pages a sitemap lists is requested: of a few hosts, once each."""

from typing import Any

import pytest

from sitemap_cli.crawl.site_crawl import MAX_PROOFS
from sitemap_cli.storage.database import Database
from tests.integration.audit.checking import build_fetcher, record_job

OTHERS = ["https://two.example.com/a", "https://two.example.com/b", "https://three.example.com/"]
PROOFS = ["https://two.example.com/robots.txt", "https://three.example.com/robots.txt"]


def make_site(urls: list[Any]) -> dict[str, Any]:
    return {"urls": ["/", *urls]}


async def request_site(db: Database, site: dict[str, Any]) -> list[str]:
    """Analyze a site and return the URLs of other hosts that were requested."""
    fetcher = build_fetcher(site)
    await record_job(db, site, fetcher=fetcher)
    return [url for url in fetcher.urls if not url.startswith("https://example.com/")]


async def test_each_host_is_asked_once(db: Database) -> None:
    assert sorted(await request_site(db, make_site(OTHERS))) == sorted(PROOFS)


async def test_an_unchanged_sitemap_is_asked_about_again(db: Database) -> None:
    await request_site(db, make_site(OTHERS))
    assert sorted(await request_site(db, make_site(OTHERS))) == sorted(PROOFS)


async def test_a_site_without_other_hosts_asks_none(db: Database) -> None:
    assert (
        await request_site(db, make_site(["/a", "https://www.example.com/b", "https://EXAMPLE.com/c"])) == []
    )


@pytest.mark.parametrize("padding", [1_000, 8_000])
async def test_a_large_sitemap_is_asked_about_too(db: Database, padding: int) -> None:
    pages = [{"loc": "/a/{n}", "repeat": padding, "pad": 60}]
    assert sorted(await request_site(db, make_site([*pages, *OTHERS]))) == sorted(PROOFS)


async def test_of_very_many_hosts_some_are_asked(db: Database) -> None:
    site = make_site([{"loc": "https://h{n}.example.com/", "repeat": 3 * MAX_PROOFS}])
    asked = await request_site(db, site)
    assert len(asked) == len(set(asked)) == MAX_PROOFS
