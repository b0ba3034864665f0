"""The report of where a crawl looked for sitemaps."""

from sitemap_cli.crawl import discovery_report
from sitemap_cli.model.results import SourceResult
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, PAGE, crawl, site


async def test_every_outcome_is_listed():
    found = await crawl(site(at={"": PAGE}))
    listed = discovery_report.build_sources(found.other_outcomes)
    assert len(listed) == len(found.fetcher.urls)
    assert listed[0] == SourceResult("robots", f"{HOME}robots.txt", 404, "http-status", named=None)
    assert (listed[-1].source, listed[-1].answer, listed[-1].named) == ("html", "ok", 0)


async def test_equal_responses_are_grouped_for_display():
    pages = site(robots=["User-agent: *"], at={"sitemap.xml": PAGE, "": Reply(fault="timeout-read")})
    groups = discovery_report.group_sources(
        discovery_report.build_sources((await crawl(pages)).other_outcomes)
    )
    assert [(source, response, len(urls)) for source, response, urls in groups] == [
        ("robots", "names no sitemaps", 1),
        ("known-path", "the server sent an HTML page", 1),
        ("known-path", "404", 41),
        ("html", "the server stopped sending data", 1),
    ]
    assert groups[2][2][0] == f"{HOME}sitemap_index.xml"


async def test_what_a_wall_said_is_kept_and_what_everybody_says_is_not():
    pages = site(robots=["User-agent: *"], at={"": Reply(PAGE, fault="challenge"), "sitemap.xml": PAGE})
    listed = discovery_report.build_sources((await crawl(pages)).other_outcomes)
    assert {each.answer: each.message or None for each in listed} == {
        "ok": None,
        "html-instead": None,
        "http-status": None,
        "challenge": f"challenge at {HOME}",
    }
