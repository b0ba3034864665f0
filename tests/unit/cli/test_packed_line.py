"""Lines whose parts stay whole in a narrow terminal."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from sitemap_cli.cli.look.packed_line import PackedLine

PARTS = [Text("https://example.com/a"), Text("the URL has a fragment"), Text("/sitemap.xml:7")]


def show(width: int, *parts: Text) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width).print(PackedLine(parts, 2))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (80, ["  https://example.com/a  the URL has a fragment  /sitemap.xml:7"]),
        (50, ["  https://example.com/a  the URL has a fragment", "    /sitemap.xml:7"]),
        (30, ["  https://example.com/a", "    the URL has a fragment", "    /sitemap.xml:7"]),
        (
            20,
            ["  https://example.", "    com/a", "    the URL has a", "    fragment", "    /sitemap.xml:7"],
        ),
    ],
)
def test_a_part_is_only_wrapped_if_it_is_longer_than_a_line(width: int, lines: list[str]) -> None:
    assert show(width, *PARTS) == lines


def test_a_line_without_parts_is_empty() -> None:
    assert show(80) == [""]
