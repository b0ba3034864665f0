"""Causes and places of findings, looked up in either database."""

import pytest

from sitemap_cli.storage.database import Database
from tests.integration.audit.checking import check_case

LINKS = [
    {"loc": "/en", "hreflang": {"en": "/en", "de": "/de/"}},
    {"loc": "/de", "hreflang": {"en": "/en", "de": "/de"}},
]
DATES = [
    {"loc": "/good", "lastmod": "2026-01-01"},
    {"loc": "/a{n}", "lastmod": "never", "repeat": 3},
    {"loc": "/b", "lastmod": "31.12.2026"},
]


@pytest.mark.parametrize("one_line", [False, True])
async def test_a_value_is_counted_and_its_page_is_named(upgraded_database_url: str, one_line: bool) -> None:
    async with Database.open(upgraded_database_url) as db:
        (found,) = await check_case(db, {"urls": DATES, "one_line": one_line}, select=["SM321"])
    assert [(each.cause, each.count, each.examples[0].loc) for each in found.causes] == [
        ("never", 3, "https://example.com/a0"),
        ("31.12.2026", 1, "https://example.com/b"),
    ]


async def test_a_value_in_very_many_entries_is_counted_too(upgraded_database_url: str) -> None:
    many = [*DATES, {"loc": "/c{n}", "lastmod": "soon", "repeat": 1_500}]
    async with Database.open(upgraded_database_url) as db:
        (found,) = await check_case(db, {"urls": many}, select=["SM321"])
    assert {each.cause: each.count for each in found.causes} == {"soon": 1_500, "never": 3, "31.12.2026": 1}


async def test_one_wrong_slash_is_one_finding(upgraded_database_url: str) -> None:
    async with Database.open(upgraded_database_url) as db:
        found = await check_case(db, {"urls": LINKS}, select=["SM540", "SM541", "SM547"])
    assert [(each.rule, each.count) for each in found] == [("SM541", 1)]


async def test_links_to_other_hosts_are_counted_by_host(upgraded_database_url: str) -> None:
    other = "https://shop.{}/{{n}}"
    urls = [
        {"loc": "/a{n}", "hreflang": {"en": "/a{n}", "de": other.format("de")}, "repeat": 100},
        {"loc": "/b{n}", "hreflang": {"en": "/b{n}", "fr": other.format("fr")}, "repeat": 30},
    ]
    async with Database.open(upgraded_database_url) as db:
        (found,) = await check_case(db, {"urls": urls}, select=["SM541"])
    assert (found.count, [each.count for each in found.causes]) == (130, [100, 30])


MISSING = {
    "robots": "Sitemap: {site}/index.xml\n",
    "pages": {"/index.xml": {"index": ["/a.xml", "/gone.xml"]}, "/a.xml": {"urls": ["/a"]}},
}
AMPERSAND = {"xml": "<url><loc>{site}/?a=1&b=2</loc></url>"}
FOREIGN = {"urls": ["/", {"loc": "https://two.example.net/{n}", "repeat": 9}]}
ONE_FAULT = {
    "a child that is missing": (MISSING, ["SM1", "SM405", "SM603"], {"SM405"}),
    "an ampersand": (AMPERSAND, ["SM201", "SM210"], {"SM210"}),
    "another host": (FOREIGN, ["SM308", "SM314", "SM412"], {"SM308"}),
}


@pytest.mark.parametrize("name", ONE_FAULT)
async def test_one_fault_gives_one_finding(upgraded_database_url: str, name: str) -> None:
    case, select, expected = ONE_FAULT[name]
    async with Database.open(upgraded_database_url) as db:
        found = await check_case(db, case, select=select)
    assert {each.rule for each in found if each.severity != "info"} == expected
