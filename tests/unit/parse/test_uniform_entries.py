"""Entries that are written alike are read by a pattern of their own, with the same result."""

from collections.abc import Iterator
from typing import Any

import pytest

from sitemap_cli.parse import encoding
from sitemap_cli.parse.fast import uniform_entries
from sitemap_cli.parse.fast.uniform_entries import UniformEntries
from tests.unit.parse.test_fast_entries import HEAD, read_all

LAYOUTS = {
    "all fields": "  <url>\n    <loc>https://example.com/{n}</loc>\n    <lastmod>2026-11-0{d}</lastmod>\n"
    "    <changefreq>daily</changefreq>\n    <priority>0.{d}</priority>\n  </url>\n",
    "one line each": "<url><loc>https://example.com/{n}</loc><lastmod>2026-11-0{d}T10:00:00Z</lastmod></url>\n",
    "one line": "<url><loc>https://example.com/{n}</loc></url>",
    "priority only": "<url>\n<loc>https://example.com/{n}</loc>\n<priority>0.{d}</priority></url>\n\n",
    "windows": "<url>\r\n\t<loc>https://example.com/{n}</loc>\r\n\t<changefreq>daily</changefreq>\r\n</url>\r\n",
    "padded": "<url><loc>\n  https://example.com/{n}\n</loc></url> ",
    "ampersands": "<url>\n<loc>https://example.com/?a={n}&amp;b=2&amp;c</loc>\n</url>\n",
    "an origin each": "<url> <loc>https://{n}.example.com</loc> </url>\n",
    "special characters": "<url> <loc>https://example.com/(.*+?[{n}]$|^\\d)</loc> </url>\n",
}
ODD = {
    "another origin": "<url><loc>https://www.example.com/x</loc></url>\n",
    "no path": "<url><loc>https://example.com</loc></url>\n",
    "another field": "<url><loc>https://example.com/x</loc><priority>1</priority></url>\n",
    "another line": "\n\n",
    "a long URL": f"<url><loc>https://example.com/{'x' * 2_000}</loc></url>\n",
    "no date": "<url><loc>https://example.com/x</loc><lastmod>soon</lastmod></url>\n",
    "a comment": "<!-- <url> -->\n",
    "no URL": "<url><loc>example</loc></url>",
}


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "PIECE", 1_000)


def write(layout: str, count: int) -> Iterator[str]:
    return (layout.format(n=n, d=1 + n % 9) for n in range(count))


def read_both(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Read a document with and without the pattern, and return how many pieces it took."""
    taken = 0
    real = UniformEntries.take_rest

    def counting(*arguments: Any) -> bool:
        nonlocal taken
        is_taken = real(*arguments)
        taken += is_taken
        return is_taken

    with monkeypatch.context() as patch:
        patch.setattr(UniformEntries, "take_rest", counting)
        found = read_all(text.encode(), 1_000)
    with monkeypatch.context() as patch:
        patch.setattr(uniform_entries, "_EARLY_PIECES", 10**9)
        assert read_all(text.encode(), 1_000) == found
    return taken


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_entries_that_are_written_alike_are_read_by_one_pattern(
    layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{HEAD}{''.join(write(layout, 400))}</urlset>"
    pieces = -(-len(text) // 1_000)
    assert read_both(text, monkeypatch) >= pieces - 6


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_others_between_them_are_read_as_before(
    layout: str, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = list(write(layout, 1_500))
    entries[700] += odd
    # Whether an entry that is written differently begins a piece or is in the middle of one must not matter.
    for shift in ("", " " * 30, " " * 60):
        assert read_both(f"{HEAD}{shift}{''.join(entries)}</urlset>", monkeypatch)


def test_a_document_whose_entries_differ_is_seldom_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0

    def find(*_: object) -> None:
        nonlocal tried
        tried += 1

    monkeypatch.setattr(uniform_entries, "_find_layout", find)
    text = f"{HEAD}{''.join(write(LAYOUTS['one line'] + LAYOUTS['priority only'], 1_000))}</urlset>"
    read_all(text.encode(), 1_000)
    assert 1 <= tried <= 2 + len(text) / 16_000


def test_an_entry_with_much_white_space_makes_no_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = f"<url>{' ' * 600}<loc>https://example.com/{{n}}</loc></url>\n"
    assert read_both(f"{HEAD}{''.join(write(layout, 100))}</urlset>", monkeypatch) == 0
