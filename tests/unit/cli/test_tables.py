"""Tables at all widths, with texts in all scripts."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.table import (
    Choice,
    brief_column,
    create_table,
    name_column,
    number_column,
    prose_column,
    word_column,
)
from sitemap_cli.cli.look.widths import PIPE_WIDTH
from sitemap_cli.cli.view.rule_table import render_rule_table
from sitemap_cli.cli.view.sitemap_tree import render_tree
from sitemap_cli.model.results import RuleSummary
from sitemap_cli.model.values import Severity
from tests.unit.cli.test_views import ROOT, sitemap

NAMES = {
    "short": "a.example",
    "long": f"www.{'very-' * 30}long.example",
    "wide": "日本語" * 30 + ".example",
    "combined": "e\u0301" * 90,
    "reversed": "\u202eevil\u2066.example" * 8,
    "hidden": "a\u200b\u200b.example\x1b[2J",
}
WIDTHS = (40, 80, 160, 200)


def render(rendered: RenderableType, width: int, encoding: str = "utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding, write_through=True)
    Console(file=file, width=width, color_system=None).print(rendered, crop=False)
    file.seek(0)
    return file.read().splitlines()


def make_table(name: str) -> RenderableType:
    table = create_table(
        word_column("job"),
        name_column("domain"),
        word_column("verdict"),
        number_column("urls"),
        prose_column("note"),
    )
    table.add_row(
        Choice("0" * 36, "00000000"), name, "robots-unreachable", "1,234,567", "a note of some words"
    )
    table.add_row(Choice("1" * 36, "11111111"), "b.example", Text("ok"), "7", "")
    return table


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_a_table_fits_the_terminal_and_loses_no_column(name: str, width: int) -> None:
    lines = render(make_table(NAMES[name]), width)
    assert max(map(cell_len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    for part in ("00000000", "robots-unreachable", "1,234,567", "b.example", "11111111"):
        assert part in text
    assert "words" in text
    assert "\u202e" not in text
    assert "\u200b" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize("width", WIDTHS[1:])
@pytest.mark.parametrize("name", NAMES)
def test_rows_are_on_a_common_grid(name: str, width: int) -> None:
    heading, *lines = render(make_table(NAMES[name]), width)
    rows = [line for line in lines if line.startswith(("0000", "1111"))]
    assert len(rows) == 2
    column = cell_len(heading[: heading.index("verdict")])
    starts = [cell_len(row[: row.index(word)]) for row, word in zip(rows, ("robots", "ok"), strict=True)]
    assert starts == [column, column]
    ends = [
        cell_len(row[: row.index(word)]) + len(word)
        for row, word in zip(rows, ("1,234,567", " 7"), strict=True)
    ]
    assert ends[0] == ends[1]


@pytest.mark.parametrize("name", ["short", "long", "wide", "combined"])
def test_a_pipe_gets_whole_values_on_one_line(name: str) -> None:
    lines = render(make_table(NAMES[name]), PIPE_WIDTH)
    assert len(lines) == 3
    assert NAMES[name] in lines[1]
    assert "0" * 36 in lines[1]


def test_a_wide_terminal_has_whole_values() -> None:
    lines = render(make_table(f"{'x' * 80}.example"), 200)
    assert len(lines) == 3
    assert "…" not in "".join(lines)
    assert "0" * 36 in lines[1]


def test_a_terminal_without_unicode_shortens_in_ascii() -> None:
    lines = render(make_table(NAMES["long"]), 80, "ascii")
    assert "..." in lines[1]


def test_sentences_that_have_no_room_stand_below_their_row() -> None:
    table = create_table(word_column("a"), word_column("b"), prose_column("note"))
    table.add_row("x" * 30, "y" * 30, "a sentence of several words")
    assert render(table, 66) == [
        f"a{' ' * 31}b",
        f"{'x' * 30}  {'y' * 30}",
        "  a sentence of several words",
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_a_tree_fits_the_terminal(name: str, width: int) -> None:
    tree = render_tree(
        [
            sitemap(ROOT, None, kind="index", children=2, discovered_by="robots"),
            sitemap(f"https://a.example/{NAMES[name]}.xml", unchanged=True),
            sitemap(
                "https://a.example/c.xml",
                kind=None,
                status_code=503,
                error="http-status",
                error_message=NAMES[name],
            ),
        ]
    )
    lines = render(tree, width)
    assert max(map(cell_len, lines)) <= width
    assert any("unchanged" in line for line in lines)
    assert any("5 URLs" in line for line in lines)


def test_the_numbers_of_a_tree_are_in_columns() -> None:
    children = [
        sitemap("https://a.example/a.xml", urls=1, bytes=920),
        sitemap("https://a.example/products/a-long-name.xml", urls=12_500, bytes=1_200_000),
        sitemap("https://a.example/feed.rss", kind="rss", urls=20, problems=2),
    ]
    root = sitemap(ROOT, None, kind="index", children=3, bytes=100)
    assert render(render_tree([root, *children]), 80) == [
        f"{ROOT}         3 sitemaps   100 B",
        "├── /a.xml                              1 URL    920 B",
        "├── /products/a-long-name.xml      12,500 URLs   1.2 MB",
        "└── /feed.rss                          20 URLs   1.2 kB  rss  2 problems",
    ]


def test_a_reason_stands_beside_its_path() -> None:
    failed = {
        "kind": None,
        "status_code": 503,
        "error": "http-status",
        "error_message": "it responded with 503",
    }
    children = [
        sitemap("https://a.example/products/a-rather-long-name-of-a-file.xml", urls=12_500),
        sitemap("https://a.example/b.xml", **failed),
    ]
    lines = render(render_tree([sitemap(ROOT, None, kind="index", children=2), *children]), 66)
    reason = "503  Service Unavailable"
    assert lines[-1] == f"└── /b.xml{reason:>56}"


def test_a_long_path_in_a_tree_is_shortened_in_the_middle() -> None:
    path = f"/{'a-part/' * 20}the-end.xml"
    lines = render(render_tree([sitemap(f"https://a.example{path}", ROOT, unchanged=True)]), 80)
    assert len(lines) == 1
    assert "…" in lines[0]
    assert "the-end.xml  " in lines[0]
    assert path in render(render_tree([sitemap(f"https://a.example{path}", ROOT)]), PIPE_WIDTH)[0]


def test_rules_on_a_terminal_have_chapters() -> None:
    rule = RuleSummary(
        rule="SM101",
        name="fetch-failed",
        severity=Severity.ERROR,
        scope="site",
        summary="A sitemap cannot be fetched.",
        engines={},
        runs="always",
        family="transport",
        needs=["web"],
        since="1.0",
    )
    assert render(render_rule_table([rule]), 80) == [
        "Transport",
        "SM101  error    fetch-failed  A sitemap cannot be fetched. (needs web)",
    ]
    assert render(render_rule_table([rule]), PIPE_WIDTH)[0].split() == [
        "rule",
        "name",
        "severity",
        "needs",
        "summary",
    ]


@pytest.mark.parametrize(("encoding", "ellipsis"), [("utf-8", "…"), ("ascii", "...")])
def test_a_brief_sentence_keeps_to_one_line(encoding: str, ellipsis: str) -> None:
    table = create_table(word_column("id"), brief_column("why"))
    table.add_row("a", f"some words of {'many ' * 20}")
    _, line = render(table, 30, encoding)
    assert line.startswith("a   some words of")
    assert line.endswith(ellipsis)
    assert cell_len(line) <= 30
    assert render(table, PIPE_WIDTH)[1] == f"a   some words of {'many ' * 20}".rstrip()
