"""The HTML page of a report as bytes: what it consists of, and what it does not contain."""

import base64
import hashlib
import html
import io
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sitemap_cli.model.site_report import ReportDocument, UrlGroup
from sitemap_cli.output.report_page.page_security import encode_data, find_link
from sitemap_cli.output.report_page.page_values import format_share, shorten
from sitemap_cli.output.report_page.sitemap_nesting import nest_sitemaps, walk
from sitemap_cli.output.report_page.treemap_layout import Box, draw_cells, lay_out
from sitemap_cli.output.site_report_format import list_site_report_formats, load_site_report_format
from tests.group_samples import site_group
from tests.hostile_samples import LONG, hostile_group, hostile_site
from tests.report_samples import (
    broken_site,
    document,
    large_site,
    many_sitemaps,
    site_report,
    sitemap,
    small_site,
)

VENDOR = Path(__file__).parents[3] / "sitemap_cli" / "output" / "report_page" / "vendor"
SAMPLES: dict[str, Callable[[], ReportDocument]] = {
    "small": small_site,
    "large": large_site,
    "broken": broken_site,
    "many": many_sitemaps,
    "group": site_group,
    "hostile": hostile_site,
    "hostile group": hostile_group,
}
MEGABYTE = 1_000_000
KNOWN_TAGS = set(
    """
    html head meta title link style body a svg symbol circle path rect use g text div header p button nav ul
    ol li main section h1 h2 h3 strong dl dt dd time details summary bdi span code table caption thead tbody
    tr th td figure figcaption footer script fieldset legend label input select option br i
    """.split()  # noqa: SIM905 - quotes around each would hide the words
)
KNOWN_ATTRIBUTES = set(
    """
    lang dir charset http-equiv content name rel href id class hidden type viewbox d cx cy r x y width height
    rx preserveaspectratio aria-hidden focusable role aria-label aria-labelledby aria-live aria-pressed
    aria-controls tabindex datetime open colspan scope value checked autocomplete spellcheck disabled
    data-js data-table data-v data-tone data-severity data-column
    """.split()  # noqa: SIM905 - quotes around each would hide the words
)


@cache
def page_of(name: str) -> str:
    return write(SAMPLES[name]()).decode()


def write(document: ReportDocument) -> bytes:
    stream = io.BytesIO()
    load_site_report_format("html").write_report(document, stream)
    return stream.getvalue()


class Elements(HTMLParser):
    """All elements of a page with their attributes, and the texts of its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.sources: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag, attributes = self.found[-1] if self.found else ("", {})
        if tag in ("script", "style") and self.cdata_elem == tag:
            self.sources.append((tag, attributes, data))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_has_only_known_elements_and_attributes(name: str) -> None:
    found = Elements(page_of(name)).found
    assert {tag for tag, _ in found} - KNOWN_TAGS == set()
    assert {attribute for _, attributes in found for attribute in attributes} - KNOWN_ATTRIBUTES == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_ids_are_unique_and_links_within_the_page_lead_somewhere(name: str) -> None:
    found = Elements(page_of(name)).found
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes.get("href") or "" for tag, attributes in found if tag in ("a", "use")}
    assert {each[1:] for each in targets if each.startswith("#")} <= set(ids)


@pytest.mark.parametrize("name", SAMPLES)
def test_links_are_urls_of_the_web_or_places_in_the_page(name: str) -> None:
    for tag, attributes in Elements(page_of(name)).found:
        if tag == "a":
            href = attributes["href"] or ""
            assert re.match(r"https?://|#", href)
            assert href.startswith("#") or attributes["rel"] == "noreferrer noopener nofollow"
        elif tag == "link":
            assert (attributes["href"] or "").startswith("data:image/svg+xml,")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_policy_allows_the_scripts_and_styles_of_the_page_alone(name: str) -> None:
    elements = Elements(page_of(name))
    policies = [
        attributes["content"] or ""
        for _, attributes in elements.found
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    policy = dict(each.split(" ", 1) for each in policies[0].split("; "))
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for tag, attributes, text in elements.sources:
        if attributes.get("type") != "application/json":
            digest = hashlib.sha256(text.encode()).digest()
            hashes[tag].append(f"'sha256-{base64.b64encode(digest).decode()}'")
    assert policy == {
        "default-src": "'none'",
        "script-src": " ".join(hashes["script"]),
        "style-src": " ".join(hashes["style"]),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert hashes["script"]
    assert hashes["style"]


def test_the_policy_stands_before_everything_that_it_is_for() -> None:
    names = [tag for tag, _ in Elements(page_of("large")).found]
    assert names[:4] == ["html", "head", "meta", "meta"]


@pytest.mark.parametrize("name", ["large", "group", "hostile"])
def test_the_same_report_makes_the_same_bytes(name: str) -> None:
    assert write(SAMPLES[name]()).decode() == page_of(name)


@pytest.mark.parametrize(
    ("name", "most"), [("small", 1.4), ("large", 1.5), ("broken", 0.1), ("group", 0.2), ("many", 4.0)]
)
def test_a_page_is_small(name: str, most: float) -> None:
    assert len(page_of(name).encode()) < most * MEGABYTE


def test_a_page_has_the_chart_library_only_if_it_has_a_chart() -> None:
    library = (VENDOR / "echarts" / "echarts.min.js").read_text(encoding="utf-8")
    assert [name for name in ("small", "large", "broken", "group") if library in page_of(name)] == [
        "small",
        "large",
    ]


@pytest.mark.parametrize("name", ["hostile", "hostile group"])
def test_harmful_characters_are_escapes(name: str) -> None:
    page = page_of(name)
    assert (
        re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]", page)
        is None
    )
    assert "\\u202e" in page
    assert "\\ud800" in page


def test_a_long_value_is_shortened_and_there_as_a_whole() -> None:
    page = page_of("hostile")
    assert f'<bdi class="v full">{LONG}</bdi>' in page
    assert f'<bdi class="v">{shorten(LONG)}</bdi>' in page


@pytest.mark.parametrize(
    ("changes", "commands"),
    [
        ({}, {"sitemap report --job JOB -o report.html"}),
        ({"scope": "/a b/"}, {"sitemap report 'shop.example/a b/' --job JOB -o report.html"}),
        (
            {
                "history": [],
                "probe": None,
                "robots": [],
                "domain": "a;b",
                "target": "https://a.example/$(x)&y",
            },
            {
                "sitemap report --job JOB -o report.html",
                "sitemap analyze 'https://a.example/$(x)&y'",
                "sitemap probe 'a;b'",
                "sitemap robots 'a;b' --ai",
            },
        ),
        ({"build": "my site", "history": [], "probe": None}, {"sitemap report --job JOB -o report.html"}),
    ],
)
def test_commands_can_be_pasted_into_a_shell(changes: dict[str, Any], commands: set[str]) -> None:
    page = write(document(site_report(job_id="JOB", **changes))).decode()
    assert set(map(html.unescape, re.findall("<code>(sitemap .*?)</code>", page))) == commands


@pytest.mark.parametrize("package", sorted(each.name for each in VENDOR.iterdir()))
def test_vendored_files_are_the_ones_that_were_published(package: str) -> None:
    folder = VENDOR / package
    lines = (folder / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    assert sums == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.js")}
    assert (folder / "LICENSE").stat().st_size > 1_000


def test_the_chart_library_is_the_official_build_of_apache_echarts() -> None:
    folder = VENDOR / "echarts"
    library = (folder / "echarts.min.js").read_bytes()
    digest = "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0"
    assert hashlib.sha256(library).hexdigest() == digest
    assert b"Licensed to the Apache Software Foundation" in library[:200]
    assert "Apache ECharts" in (folder / "NOTICE").read_text(encoding="utf-8")
    # What would end its element early, or open a comment in it.
    assert b"</script" not in library.lower()
    assert b"<!--" not in library


def test_html_is_a_format_of_reports() -> None:
    assert "html" in list_site_report_formats()


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.com/a?b=1#c", "https://example.com/a?b=1#c"),
        ("HTTP://example.com/", "HTTP://example.com/"),
        ("https://example.com/\u05d0", "https://example.com/\u05d0"),
        ("https://example.com/\u202ea", "https://example.com/%E2%80%AEa"),
        ("https://example.com/\"><'", "https://example.com/%22%3E%3C%27"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.com/", None),
        ("https:///path", None),
        ("https://user:password@example.com/", None),
        ("https://example.com/\ud800", None),
        ("https://[::1", None),
        ("", None),
        (None, None),
        (LONG, None),
    ],
)
def test_only_urls_of_the_web_become_links(url: str | None, link: str | None) -> None:
    assert find_link(url) == link


def test_data_cannot_end_its_element() -> None:
    assert encode_data(["</script><!--", "a&b", "\u2028", "\ud800"]) == (
        r'["\u003c/script\u003e\u003c!--","a\u0026b","\u2028","\ud800"]'
    )


@pytest.mark.parametrize(
    "sizes", [[1], [6, 6, 4, 3, 2, 2, 1], [1000, 1, 1, 1], [5] * 50, [0.5, 0.25], [3, 0]]
)
def test_rectangles_fill_their_box_in_proportion(sizes: list[float]) -> None:
    boxes = lay_out(sizes, Box(10, 20, 600, 400))
    assert [box.width * box.height for box in boxes] == pytest.approx(
        [size * 240_000 / sum(sizes) for size in sizes]
    )
    for box in boxes:
        assert box.x >= 10 - 1e-6
        assert box.y >= 20 - 1e-6
        assert box.x + box.width <= 610 + 1e-6
        assert box.y + box.height <= 420 + 1e-6


def test_rectangles_are_nearly_square_where_they_can_be() -> None:
    boxes = lay_out([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert max(max(each.width / each.height, each.height / each.width) for each in boxes) < 3


def test_groups_without_any_url_have_no_rectangle() -> None:
    cells = list(draw_cells([UrlGroup("/gone/", 0, 9, None, []), UrlGroup("/new/", 3, 0, None, [])]))
    assert [(cell.label, cell.tone) for cell in cells] == [("/new/", "more2")]


def test_a_group_whose_change_is_not_known_has_the_colour_of_its_section() -> None:
    groups = [UrlGroup("/shop/a", 5, None, None, []), UrlGroup("/shop/b", 4, 4, None, [])]
    cells = list(draw_cells([UrlGroup("/shop/", 9, 20, None, groups)]))
    assert [(cell.label, cell.tone) for cell in cells] == [
        ("/shop/", "less2"),
        ("/shop/a", "less2"),
        ("/shop/b", "same"),
    ]


def test_each_sitemap_is_in_the_tree_once_even_if_two_list_each_other() -> None:
    a, b = "https://example.com/a.xml", "https://example.com/b.xml"
    sitemaps = [sitemap(a, parent=b), sitemap(b, parent=a), sitemap("https://example.com/c.xml", parent=None)]
    nodes = nest_sitemaps(sitemaps)
    assert sorted(each.sitemap.url for each in walk(nodes)) == sorted(each.url for each in sitemaps)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.0001, "<0.1%"), (0.9999, ">99.9%"), (0.0123, "1.2%"), (0.5, "50%")],
)
def test_shares_are_none_or_all_only_if_they_are_exactly_that(share: float, text: str) -> None:
    assert format_share(share) == text
