"""Links on a terminal, and the last check of what is rendered."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console as RichConsole
from rich.style import Style
from rich.text import Text

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.look.links import LONGEST, is_safe_link, link_place, link_url
from sitemap_cli.cli.look.safe_output import SafeOutput
from sitemap_cli.settings import Settings


def find_link(text: Text) -> str | None:
    links = [span.style.link for span in text.spans if isinstance(span.style, Style)]
    return links[0] if links else None


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x?a=1&b=2#c", "https://a.example/x?a=1&b=2#c"),
        ("http://a.example/ä b", "http://a.example/%C3%A4%20b"),
        ("https://a.example/\x1b]8;;http://evil/\x1b\\", "https://a.example/%1B]8;;http://evil/%1B%5C"),
        ("https://a.example/\u202e\u200b\x07", "https://a.example/%E2%80%AE%E2%80%8B%07"),
        ("https://a.example/\ud800", "https://a.example/?"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("ftp://a.example/", None),
        ("/path", None),
        (f"https://a.example/{'x' * LONGEST}", None),
        (None, None),
    ],
)
def test_only_safe_urls_of_the_web_are_links(url: str | None, link: str | None) -> None:
    assert find_link(link_url(Text("shown"), url)) == link


def test_a_local_file_is_a_link_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "a b\x1b.xml"
    file.touch()
    link = find_link(link_place(Text("shown"), str(file)))
    assert link == file.as_uri()
    assert is_safe_link(link or "")
    assert find_link(link_place(Text("shown"), "https://a.example/")) == "https://a.example/"
    assert find_link(link_place(Text("shown"), None)) is None


@pytest.mark.parametrize(
    "place", ["a.example", "127.0.0.1:8000", "javascript:x", "\ud800", "a\0", "a" * 9_000]
)
def test_what_is_no_file_is_not_a_link_to_one(place: str) -> None:
    assert find_link(link_place(Text("shown"), place)) is None


def render(text: Text, *, has_links: bool = True) -> str:
    file = io.StringIO()
    RichConsole(file=file, force_terminal=True, color_system="256", width=80).print(
        SafeOutput(text, has_links=has_links), crop=False
    )
    return file.getvalue()


def test_text_that_no_view_escaped_is_escaped_at_last() -> None:
    assert render(Text("a\x1b[2J\u202eb\x9b")) == "a\\x1b[2J\\u202eb\\x9b\n"


@pytest.mark.parametrize("link", ["javascript:x", "https://a/\x1b\\", "https://a/ b", "file://a/\u202e"])
def test_a_link_that_no_view_checked_is_dropped(link: str) -> None:
    assert "\x1b]8" not in render(Text("shown", Style(link=link)))


def test_links_can_be_switched_off() -> None:
    text = link_url(Text("shown"), "https://a.example/")
    assert "https://a.example/" in render(text)
    assert render(text, has_links=False) == "shown\n"


class Screen(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("settings", "variables", "has_links"),
    [
        ({}, {"TERM": "xterm-256color"}, True),
        ({"no_color": True}, {"TERM": "xterm-256color"}, False),
        ({}, {"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({}, {"TERM": "xterm-256color", "NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({}, {"TERM": "dumb"}, False),
    ],
)
def test_links_are_for_terminals_with_colours(
    settings: dict[str, bool], variables: dict[str, str], has_links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    screen, file = io.BytesIO(), io.BytesIO()
    stdout = Screen(screen, "utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout", stdout)
    text, console = link_url(Text("shown"), "https://a.example/"), Console(Settings(**settings))
    console.print_rendered(text, file)
    console.print_rendered(text, stdout.buffer)
    assert file.getvalue() == b"shown\n"
    assert (b"\x1b]8" in screen.getvalue()) == has_links
