"""Addresses that are not public, spelled in all ways and met on all ways: nobody connects to any of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import pytest

from sitemap_cli.crawl import targets
from sitemap_cli.errors import UsageError
from tests.acceptance.command import Program
from tests.acceptance.watched import Canary, Watched, canary, watched
from tests.special_addresses import NAMES, NOT_PUBLIC, SPELLINGS, in_url
from tests.web import Answer, Site, index, redirect, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

# The one address that may be asked; everything else on loopback is a canary or nobody.
PUBLIC = "127.0.0.2"
ALLOWED = ("--allow-network", f"{PUBLIC}/32", "--retries", "0", "--connect-timeout", "5")
HARMLESS = {None, "url-invalid", "blocked-address", "dns-nxdomain", "http-status"}
MANNERS = [(), ("--no-robots",)]


@dataclass(frozen=True, slots=True)
class Try:
    """One address that must not be asked, with its number in its path."""

    url: str
    reason: str


def tries(port: int) -> list[Try]:
    """Every address, and every spelling of some, at the canary's port."""
    hosts = {f"{in_url(each)}:{{port}}": "blocked-address" for each in NOT_PUBLIC} | SPELLINGS
    return [Try(address(host, port, n), reason) for n, (host, reason) in enumerate(hosts.items())]


def address(spelling: str, port: int, n: int) -> str:
    path = "" if "{n}" in spelling else "/try-{n}.xml"
    return f"http://{spelling}{path}".format(port=port, n=n)


@pytest.fixture
def trap() -> Iterator[Canary]:
    with canary("127.0.0.1", "::1", "127.0.0.3", "127.8.8.8") as listening:
        yield listening


@pytest.fixture
def public() -> Iterator[Site]:
    with Site(address=PUBLIC) as running:
        running.routes["/there.xml"] = Answer(urlset(f"{running.url}/"))
        yield running


@pytest.fixture
def seen(program: Program) -> Watched:
    return watched(program.having(SITEMAP_ALLOW_PRIVATE=None), NAMES)


def given(site: Site, tried: Sequence[Try]) -> list[str]:
    return [each.url for each in tried if is_address(each.url)]


def is_address(url: str) -> bool:
    try:
        targets.parse_target(url)
    except UsageError:
        return False
    return True


def by_redirect(site: Site, tried: Sequence[Try]) -> list[str]:
    for number, each in enumerate(tried):
        site.routes[f"/to/try-{number}.xml"] = redirect(each.url)
    site.routes["/index.xml"] = Answer(index(*(f"{site.url}/to/try-{n}.xml" for n in range(len(tried)))))
    return [f"{site.url}/index.xml"]


def by_child(site: Site, tried: Sequence[Try]) -> list[str]:
    site.routes["/index.xml"] = Answer(index(*(each.url for each in tried)))
    return [f"{site.url}/index.xml"]


def by_line(site: Site, tried: Sequence[Try]) -> list[str]:
    robots(site, *(f"Sitemap: {each.url}" for each in tried))
    return [f"{site.url}/robots.txt"]


def by_link(site: Site, tried: Sequence[Try]) -> list[str]:
    links = "".join(f'<link rel="sitemap" href="{escape(each.url)}">' for each in tried)
    site.routes["/"] = Answer(f"<!doctype html>{links}".encode())
    return [f"{site.url}/", "--no-known-paths"]


WAYS = {"given": given, "redirect": by_redirect, "child": by_child, "line": by_line, "link": by_link}


@pytest.mark.parametrize("manners", MANNERS, ids=["robots", "no-robots"])
@pytest.mark.parametrize("way", WAYS)
def test_an_address_that_is_not_public_is_not_connected_to(
    way: str, manners: tuple[str, ...], seen: Watched, public: Site, trap: Canary
) -> None:
    tried = tries(trap.port)
    assert len(tried) * len(WAYS) * len(MANNERS) >= 1_000
    arguments = WAYS[way](public, tried)
    done = seen.program("analyze", *arguments, *ALLOWED, *manners, "--format", "jsonl")
    assert done.code in (3, 4), done.err
    reasons = {number(row["url"]): row["error"] for result in done.records for row in result["sitemaps"]}
    asked = {n: each for n, each in enumerate(tried) if way != "given" or is_address(each.url)}
    assert {n: reasons.get(n) for n, each in asked.items() if reasons.get(n) not in accepted(each)} == {}
    assert sum(each == "blocked-address" for each in reasons.values()) >= len(NOT_PUBLIC)
    assert trap.connections == 0
    assert {host for host, _ in seen.connects} <= {PUBLIC}


def accepted(tried: Try) -> set[str | None]:
    """What may become of it: what is no URL may be left out, or be a path where it stands."""
    return {tried.reason} if tried.reason == "blocked-address" else HARMLESS


def number(url: str) -> int:
    found = re.search(r"try-([0-9]+)", url)
    return int(found[1]) if found else -1


@pytest.mark.parametrize("host", ["public-first.test", "private-first.test"])
def test_of_a_name_with_both_kinds_of_address_only_the_public_one_is_asked(
    host: str, seen: Watched, public: Site, trap: Canary
) -> None:
    reached = seen.program("parse", f"http://{host}:{public.port}/there.xml", *ALLOWED)
    assert reached.code == 0, reached.err
    refused = seen.program("parse", f"http://{host}:{trap.port}/there.xml", *ALLOWED)
    assert refused.code == 4
    assert trap.connections == 0
    assert {each for each, _ in seen.connects} == {PUBLIC}


@pytest.mark.parametrize("command", ["parse", "robots"])
def test_commands_that_read_one_address_refuse_it_too(command: str, seen: Watched, trap: Canary) -> None:
    done = seen.program(command, f"http://0x7f.1:{trap.port}/robots.txt", *ALLOWED)
    assert done.code == 4
    assert "127.0.0.1 is not a public address" in done.err
    assert (trap.connections, seen.connects) == (0, [])


def test_the_canary_is_alive_and_connections_are_seen(seen: Watched, trap: Canary) -> None:
    done = seen.program(
        "parse",
        f"http://127.0.0.1:{trap.port}/a.xml",
        "--allow-private",
        "--timeout",
        "0.5",
        "--retries",
        "0",
    )
    assert done.code == 4
    assert trap.connections >= 1
    assert ("127.0.0.1", trap.port) in seen.connects
