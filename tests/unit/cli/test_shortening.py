"""Texts and ids that are shortened for a terminal."""

import pytest
from rich.cells import cell_len
from rich.text import Text

from sitemap_cli.cli.look.shortening import shorten_ids, shorten_text
from sitemap_cli.model.short_ids import split_short_id

BATCH = [f"01a228f7-b62b-7000-80dc-0d68154e{n:04x}" for n in range(0xAF60, 0xAF80)]


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("/sitemap.xml", 12, "/sitemap.xml"),
        ("https://example.com/a/b/c/page.html", 20, "https://e…/page.html"),
        ("/日本語のとても長いページ.html", 15, "/日本語…ジ.html"),
        ("日本語日本語", 6, "日…語"),
        ("aaaaaaaaaae\u0301\u0301", 7, "aaa…aae\u0301\u0301"),
        ("abcdef", 3, "a…f"),
        ("abcdef", 2, "ab"),
        ("日本", 1, ""),
        ("abc", 0, ""),
        (r"\u202e" * 5, 9, r"\u20…202e"),
    ],
)
def test_the_middle_of_a_long_text_is_left_out(text: str, width: int, short: str) -> None:
    shown = shorten_text(Text(text), width).plain
    assert shown == short
    assert cell_len(shown) <= width


@pytest.mark.parametrize("width", range(30))
def test_a_shortened_text_is_never_wider_than_its_room(width: int) -> None:
    for text in ("x" * 4000, "語" * 50, "e\u0301" * 50, "a語" * 40, "👩‍👩‍👧" * 10):
        assert cell_len(shorten_text(Text(text), width, ellipsis="...").plain) <= width


def test_a_shortened_text_keeps_its_styles() -> None:
    text = Text.assemble(("beginning ", "bold"), ("of a very long ending", "dim"))
    assert [span.style for span in shorten_text(text, 12).spans][:1] == ["bold"]
    assert "dim" in [span.style for span in shorten_text(text, 12).spans]


@pytest.mark.parametrize(
    ("ids", "short"),
    [
        ([], []),
        (BATCH[:1], ["01a228f7"]),
        (["01a228f7-aaaa-7000", "01a228f7-aabb-7000"], ["01a228f7-aaa", "01a228f7-aab"]),
        (BATCH[:2], ["01a228f7..af60", "01a228f7..af61"]),
        ([BATCH[0], BATCH[0]], ["01a228f7", "01a228f7"]),
    ],
)
def test_an_id_is_as_short_as_it_is_unique(ids: list[str], short: list[str]) -> None:
    assert list(shorten_ids(ids)) == short


def test_ids_that_are_short_in_no_way_are_whole() -> None:
    ids = [f"01a228f7-b62b-{n:04x}-0000-0d68154eaf60" for n in (0x7001, 0x7011)]
    assert list(shorten_ids(ids)) == ids


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (" 01A2..AF60 ", ("01a2", "af60")),
        ("01a2…60", ("01a2", "60")),
        ("01a2", ("01a2", "")),
        ("last", ("last", "")),
    ],
)
def test_a_short_id_is_split(text: str, parts: tuple[str, str]) -> None:
    assert split_short_id(text) == parts
