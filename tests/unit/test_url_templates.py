"""Sections and templates: what segments become, how groups are limited, and that the numbers add up."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli.model.section_results import SectionResult
from sitemap_cli.model.site_report import UrlGroup, UrlStructure
from sitemap_cli.model.url_templates import (
    MAX_ALL,
    MAX_GROUPS,
    OTHER_GROUPS,
    apportion,
    build_structure,
)

SITE = "https://a.example"


def structure_of(*paths: str) -> UrlStructure:
    return build_structure([f"{SITE}{path}" for path in paths], len(paths))


def walk(groups: Iterable[UrlGroup]) -> Iterable[UrlGroup]:
    for each in groups:
        yield each
        yield from walk(each.groups)


def leaves(structure: UrlStructure) -> dict[str, int]:
    return {each.name: each.urls for each in walk(structure.sections) if not each.groups}


TEMPLATES = {
    "numbers": ([f"/p/{n}" for n in range(9)], {"/p/{number}": 9}),
    "years": ([f"/p/{n}" for n in range(2010, 2020)], {"/p/{year}": 10}),
    "few numbers stay": (["/p/1", "/p/2"], {"/p/1": 1, "/p/2": 1}),
    "dates": ([f"/p/2026-11-{n:02}" for n in range(1, 9)], {"/p/{date}": 8}),
    "dates without hyphens": ([f"/p/202611{n:02}" for n in range(10, 19)], {"/p/{date}": 9}),
    "uuids": (
        [f"/p/8a1f{n:04}-12ab-4cde-8f00-0123456789ab" for n in range(5)],
        {"/p/{uuid}": 5},
    ),
    "hashes": ([f"/p/{n:03}af09bc77de10" for n in range(5)], {"/p/{hash}": 5}),
    "a prefix before a number": ([f"/p/item{n}" for n in range(100, 105)], {"/p/item{number}": 5}),
    "a word before a number": ([f"/p/page-{n}" for n in range(100, 105)], {"/p/page-{number}": 5}),
    "a name before a number": (
        [f"/p/oak-{word}-{n}.html" for n, word in enumerate(("a", "b", "c", "d"), 1000)],
        {"/p/{slug}-{number}.html": 4},
    ),
    "a name before an id, also one of digits only": (
        [*(f"/p/red-lamp-0a{n:07}" for n in range(9)), "/p/blue-lamp-123456789"],
        {"/p/{slug}-{id}": 10},
    ),
    "a number before a name": ([f"/p/{n}-oak-chair" for n in range(100, 105)], {"/p/{number}-{slug}": 5}),
    "few names stay": (["/p/about", "/p/contact"], {"/p/about": 1, "/p/contact": 1}),
    "many names": ([f"/p/{'x' * n}" for n in range(1, 20)], {"/p/{slug}": 19}),
    "endings of many names": (
        [f"/p/{'x' * n}.{'pdf' if n % 2 else 'html'}" for n in range(1, 21)],
        {"/p/{slug}.pdf": 10, "/p/{slug}.html": 10},
    ),
    "a folder with many URLs among many names": (
        [*(f"/p/{'x' * n}" for n in range(1, 20)), *(f"/p/big/{'y' * n}" for n in range(1, 20))],
        {"/p/{slug}": 19, "/p/big/{slug}": 19},
    ),
    "languages in a section": (
        [f"/p/{language}/{'x' * n}" for language in ("de", "en", "fr", "pt-BR") for n in range(1, 20)],
        {"/p/{language}/{slug}": 76},
    ),
    "the names of parameters": (
        [f"/p/item?id={n}&a={n}#f" for n in range(5)],
        {"/p/item?a&id": 5},
    ),
    "a slash in a query is no folder": ([f"/p/go?to=https://b/{n}" for n in range(5)], {"/p/go?to": 5}),
    "a folder that is listed itself": (
        ["/p/a/", "/p/a/1", "/p/a/2"],
        {"/p/a/ (the folder itself)": 1, "/p/a/1": 1, "/p/a/2": 1},
    ),
    "folders that are alone are skipped": (
        [f"/p/a/b/{'x' * n}" for n in range(1, 20)],
        {"/p/a/b/{slug}": 19},
    ),
}


@pytest.mark.parametrize(("paths", "expected"), TEMPLATES.values(), ids=TEMPLATES)
def test_urls_follow_templates(paths: list[str], expected: dict[str, int]) -> None:
    assert leaves(structure_of(*paths)) == expected


def test_sections_have_exact_numbers_and_the_rest_is_scaled() -> None:
    locs = [f"{SITE}/shop/{n}" for n in range(75)] + [f"{SITE}/blog/{n}" for n in range(25)]
    sections = [
        SectionResult("/shop/", 700, 800),
        SectionResult("/blog/", None, 150),
        SectionResult(None, 9, 50),
    ]
    found = build_structure(locs, 1000, sections)
    assert (found.urls, found.examined) == (1000, 100)
    assert [(each.name, each.urls, each.previous) for each in found.sections] == [
        ("/shop/", 800, 700),
        ("/blog/", 150, None),
        (OTHER_GROUPS, 50, 9),
    ]
    assert leaves(found) == {"/shop/{number}": 800, "/blog/{number}": 150, OTHER_GROUPS: 50}
    assert found.sections[0].example == f"{SITE}/shop/0"


def test_a_section_that_is_gone_is_there_with_what_it_had() -> None:
    found = build_structure([f"{SITE}/a/1"], 1, [SectionResult("/a/", 1, 1), SectionResult("/b/", 5, 0)])
    assert [(each.name, each.urls, each.previous) for each in found.sections] == [
        ("/a/", 1, 1),
        ("/b/", 0, 5),
    ]


def test_there_are_never_more_groups_than_fit() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    paths = [f"/s/{letters[n % 26] * 4}{'x' * (n % 30)}/{'y' * (n % 50)}/z" for n in range(9_000)]
    paths += [f"/s{n % 90}/{letters[n % 25]}/{letters[n % 24]}/{letters[n % 23]}" for n in range(9_000)]
    found = list(walk(structure_of(*paths).sections))
    assert len(found) <= MAX_ALL
    assert max(len(each.groups) for each in found) <= MAX_GROUPS


SEGMENT = st.sampled_from(
    [
        "a",
        "b",
        "shop",
        "de",
        "2024",
        "17",
        "item-300",
        "x" * 80,
        "%C3%A4",
        "é",
        "..",
        "a.html",
        "?q=1",
        "#",
        "",
    ]
) | st.text(max_size=6)
URL = st.lists(SEGMENT, max_size=6).map(lambda parts: "/".join((SITE, *parts)))


@given(st.lists(URL | st.text(max_size=12), max_size=60))
def test_the_numbers_add_up_at_every_level(locs: list[str]) -> None:
    found = build_structure(locs, len(locs))
    assert sum(each.urls for each in found.sections) == len(locs)
    for each in walk(found.sections):
        assert not each.groups or sum(below.urls for below in each.groups) == each.urls
        assert each.urls > 0
    assert build_structure(locs, len(locs)) == found


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_what_is_apportioned_adds_up(total: int, weights: list[int]) -> None:
    shares = apportion(total, weights)
    assert sum(shares) == (total if any(weights) else 0)
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if not weight)
