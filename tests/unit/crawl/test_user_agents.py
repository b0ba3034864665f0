"""What another user agent gets where ours is refused."""

from dataclasses import replace

import pytest

from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, PAGE, URLS, crawl, lists, site

BROWSER = "browser/1"
NOTHING = Reply(status=404)


def only(content, otherwise):
    """Return the reply of a server that sends some content to a browser alone."""
    return replace(otherwise, agents={BROWSER: Reply(content)})


def find_differences(found):
    """Return the URLs that are served to another user agent alone, and what we get."""
    return {
        each.discovered.url.removeprefix(HOME): problem.message.partition(" for ")[0]
        for each in found.sitemaps
        for problem in each.response.problems
        if problem.code == "differs-by-agent"
    }


@pytest.mark.parametrize(
    ("otherwise", "message"),
    [
        (Reply(status=403), "403"),
        (Reply(status=429), "429"),
        (NOTHING, "404"),
        (Reply(PAGE), "an HTML page"),
        *((Reply(status=code), str(code)) for code in (400, 402, 405, 406, 418, 430, 444, 451, 503, 999)),
        (Reply(b""), "no content"),
        (Reply(b"", status=204), "no content"),
        (Reply(fault="connection-reset"), "connection-reset"),
        (Reply(fault="connection-closed"), "connection-closed"),
        (Reply(fault="timeout-read"), "timeout-read"),
        (Reply(fault="connection-refused"), None),
        (Reply(status=500), None),
        (Reply(URLS), None),
    ],
)
async def test_a_sitemap_that_only_another_user_agent_gets_is_reported(otherwise, message):
    pages = site(robots=lists("a.xml"), at={"a.xml": only(URLS, otherwise)})
    found = await crawl(pages, compare_user_agent=BROWSER, no_known_paths=True)
    assert find_differences(found) == ({"a.xml": message} if message else {})


@pytest.mark.parametrize(
    ("otherwise", "message"), [(Reply(status=403), "403"), (Reply(PAGE), "an HTML page")]
)
async def test_a_guess_that_only_another_user_agent_gets_is_reported(otherwise, message):
    found = await crawl(site(at={"sitemap.xml": only(URLS, otherwise)}), compare_user_agent=BROWSER)
    assert find_differences(found) == {"sitemap.xml": message}


async def test_a_page_that_is_one_for_every_user_agent_is_no_difference():
    found = await crawl(site(robots=lists("a.xml"), at={"a.xml": PAGE}), compare_user_agent=BROWSER)
    assert find_differences(found) == {}


async def test_sitemaps_are_found_in_the_robots_txt_that_another_user_agent_gets():
    robots = "\n".join(lists("maps/a.xml")).encode()
    pages = site(
        at={"robots.txt": only(robots, Reply(status=403)), "maps/a.xml": only(URLS, Reply(status=403))}
    )
    assert (await crawl(pages)).urls == []
    found = await crawl(pages, compare_user_agent=BROWSER)
    assert find_differences(found) == {"maps/a.xml": "403"}
    assert found.verdict == "blocked"
