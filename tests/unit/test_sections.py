"""URLs are counted by section, whatever their order and number."""

import random
from collections import Counter

import pytest

from sitemap_cli.model.section_results import SectionResult
from sitemap_cli.model.site_sections import MAX_COUNTED, MAX_LENGTH, MAX_SECTIONS, OTHERS, SectionCounter
from sitemap_cli.output.section_summary import select_shown
from sitemap_cli.services.reporting.job_sections import compare_sections

SITE = "https://example.com"
CASES = {
    "": "/",
    "/": "/",
    "/about": "/",
    "/about/": "/",
    "?page=1": "/",
    "#top": "/",
    "/products": "/",
    "/products/": "/",
    "/products/lamp": "/products/",
    "/products/lamps/oak": "/products/",
    "/products/?page=2": "/products/",
    "/search?in=/products/lamp": "/",
    "/de": "/",
    "/de/": "/de/",
    "/de/kontakt": "/de/",
    "/de/produkte/lampe": "/de/produkte/",
    "/pt-BR/produtos/a": "/pt-BR/produtos/",
    "/de/at/a": "/de/at/",
    "/men/shoes/a": "/men/",
    "//a/b": "/",
    f"/{'a' * MAX_LENGTH}/b": f"/{'a' * MAX_LENGTH}/",
    f"/{'a' * (MAX_LENGTH + 1)}/b": "/",
}


def count(*locs: str, at_once: int = 1000) -> dict[str, int]:
    counter = SectionCounter()
    for first in range(0, len(locs), at_once):
        some = locs[first : first + at_once]
        counter.add_urls(some, min(some), max(some))
    return counter.build_counts()


@pytest.mark.parametrize("path", CASES)
def test_a_url_belongs_to_the_folder_that_its_path_begins_with(path: str) -> None:
    assert count(SITE + path) == {CASES[path]: 1}


def test_urls_that_are_counted_together_have_the_same_sections_as_single_ones() -> None:
    chance = random.Random(7)
    parts = ("", "/", "a", "de", "en-GB", "products", "?", "#", "/b", "//", "products/", "é", "%20")
    hosts = (SITE, "https://example.org", "http://example.com:8000", "mailto:me", "")
    for _ in range(300):
        begin = chance.choice(hosts) + "/" + chance.choice(parts) + "/" + chance.choice(parts)
        locs = [begin + "".join(chance.choices(parts, k=chance.randrange(4))) for _ in range(5)]
        expected = Counter(next(iter(count(loc))) for loc in locs)
        assert count(*locs) == expected, locs
        assert count(*locs, at_once=2) == expected, locs


def test_the_sections_with_the_most_urls_are_kept() -> None:
    locs = [f"{SITE}/s{n}/{page}" for n in range(MAX_SECTIONS + 5) for page in range(n + 1)]
    found = count(*locs)
    assert found[f"/s{MAX_SECTIONS + 4}/"] == MAX_SECTIONS + 5
    assert found[OTHERS] == 1 + 2 + 3 + 4 + 5
    assert len(found) == MAX_SECTIONS + 1
    assert sum(found.values()) == len(locs)


def test_a_section_for_each_url_takes_bounded_memory() -> None:
    counter = SectionCounter()
    for first in range(0, 10 * MAX_COUNTED, 1000):
        some = [f"{SITE}/{n:06}/a" for n in range(first, first + 1000)]
        counter.add_urls(some, some[0], some[-1])
        assert len(counter._counts) <= MAX_COUNTED
    found = counter.build_counts()
    assert len(found) == MAX_SECTIONS + 1
    assert sum(found.values()) == 10 * MAX_COUNTED


def test_counts_of_documents_are_added() -> None:
    counter = SectionCounter()
    for counts in ({"/a/": 2, "/": 1}, {"/a/": 3, OTHERS: 4}):
        counter.add_counts(counts)
    assert counter.build_counts() == {"/a/": 5, "/": 1, OTHERS: 4}


def test_a_section_that_a_job_does_not_count_on_its_own_is_not_compared() -> None:
    then, now = {"/a/": 9, "/b/": 5, OTHERS: 7}, {"/a/": 8, "/c/": 6, OTHERS: 3}
    compared = [(each.prefix, each.from_, each.to) for each in compare_sections(then, now)]
    assert compared == [("/a/", 9, 8), ("/c/", None, 6), (None, 7, 3)]


def test_a_section_that_is_gone_is_compared() -> None:
    compared = compare_sections({"/a/": 9, "/b/": 5}, {"/a/": 9})
    assert [(each.prefix, each.describe_change()) for each in compared] == [
        ("/a/", ""),
        ("/b/", "was 5, gone"),
    ]


def test_the_largest_sections_are_shown_and_those_that_changed_most() -> None:
    sections = [SectionResult(f"/{n}/", 100 - n, 100 - n) for n in range(30)]
    sections[20] = SectionResult("/20/", 80, 30)
    shown = [each.prefix for each in select_shown(sections)]
    assert shown == ["/0/", "/1/", "/2/", "/3/", "/4/", "/5/", "/6/", "/7/", "/8/", "/20/"]
