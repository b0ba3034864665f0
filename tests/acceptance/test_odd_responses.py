"""Responses that browsers read are read, and reported if crawlers may not read them."""

import json

from tests.acceptance.command import Program
from tests.web import Answer, Hit, Site, urlset


def test_a_sitemap_behind_a_cookie_is_read_and_reported(site: Site, program: Program) -> None:
    def wall(hit: Hit) -> Answer:
        if hit.headers.get("cookie") == "seen=1":
            return Answer(urlset(f"{site.url}/1"))
        return Answer(status=302, headers=(("Set-Cookie", "seen=1"), ("Location", hit.path)))

    site.routes["/sitemap.xml"] = wall
    done = program("check", site.url, "--format", "json")
    found = [each for each in json.loads(done.out)["findings"] if each["rule"] == "SM103"]
    assert [(each["severity"], each["message"]) for each in found] == [
        ("error", f"1 redirect to {site.url}/sitemap.xml, only with the cookies that they set")
    ]
    assert done.code == 1
    assert program("urls", site.netloc).lines == [f"{site.url}/1"]
