"""The documentation of rules: docstrings, and the pages and texts that are made of them."""

import re

import pytest

from sitemap_cli import plugins
from sitemap_cli.audit.documentation import Block, Items, Paragraph, list_references, list_sections
from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import OPTIONAL, SECTIONS, Rule, Scope, rule
from sitemap_cli.audit.rule_needs import NEEDS, list_need_names, list_needs
from sitemap_cli.audit.rule_pages import build_pages, format_content, format_page
from sitemap_cli.audit.rule_text import WIDTH, format_text
from sitemap_cli.model.values import Engine, Severity
from tests.changelog import NEXT_VERSION, RELEASED
from tests.markdown import FENCED, Page

COMMENT = re.compile(r"\A<!--.*?-->\n")
AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>")
EXAMPLE_WIDTH = 76
EACH = pytest.mark.parametrize("each", discover_rules(), ids=lambda each: each.id)
BY_ID = {each.id: each for each in discover_rules()}


def make_rule(documentation: str, **options: object) -> Rule:
    def a_rule(_: object) -> Hits:
        return ()

    a_rule.__doc__ = f"Something is wrong.\n\n{documentation}\n"
    a_rule.__module__ = "sitemap_cli.audit.rules.entries.a_rule"
    return rule("SM999", Severity.INFO, Scope.SITE, **options)(a_rule)


def section_of(made: Rule, heading: str) -> tuple[object, ...]:
    return next(each.parts for each in list_sections(made) if each.heading == heading)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "https://example.com/a https://example.com/b",
            "- <https://example.com/a>\n- <https://example.com/b>",
        ),
        ("``Sitemap: https://example.com/a``, once", "`Sitemap: https://example.com/a`, once"),
        ("own (see https://example.com/a)", "Our own judgement (see <https://example.com/a>)"),
        ("own (https://example.com/a_(b))", "Our own judgement (<https://example.com/a_(b)>)"),
        (
            "own (see https://example.com/a#b: it says so)",
            "Our own judgement (see <https://example.com/a#b>: it says so)",
        ),
        ("own (https://example.com/a, and b)", "Our own judgement (<https://example.com/a>, and b)"),
        ("own (a <b> and [c])", r"Our own judgement (a \<b\> and \[c\])"),
    ],
)
def test_a_url_outside_of_code_is_a_link_without_the_punctuation_behind_it(source, expected) -> None:
    made = make_rule(f"Source: {source}")
    assert format_content(made, lambda _: None).endswith(f"## Sources\n\n{expected}")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Bad: a ``<b>``", (Paragraph("A ``<b>``"),)),
        ("Bad: robots.txt without it", (Paragraph("robots.txt without it"),)),
        ("Bad::\n\n    <url>\n      <loc>\n    </url>\n", (Block("xml", "<url>\n  <loc>\n</url>"),)),
        (
            "Bad: two lines\n    of it::\n\n        Disallow: /\n\n        Allow: /a",
            (Paragraph("Two lines of it:"), Block("text", "Disallow: /\n\nAllow: /a")),
        ),
        ("Bad::\n\n    HTTP/1.1 404 Not Found", (Block("http", "HTTP/1.1 404 Not Found"),)),
        ('Bad::\n\n    <link rel="canonical" href="a">', (Block("html", '<link rel="canonical" href="a">'),)),
        ("Bad::\n\n    <video:video>", (Block("xml", "<video:video>"),)),
        ("Bad: ``a::b``", (Paragraph("``a::b``"),)),
        (
            "Bad: ``<loc>https://example.com/a b</loc>``",
            (Block("xml", "<loc>https://example.com/a b</loc>"),),
        ),
    ],
)
def test_an_example_is_a_text_or_a_block(text: str, parts: tuple[object, ...]) -> None:
    assert section_of(make_rule(f"{text}\nSource: own (a test)"), "Before") == parts


def test_a_message_is_one_line_and_systems_are_a_list() -> None:
    made = make_rule(
        "Message: a `b`\n    and c\nSystems:\n    Yoast SEO: in the\n        menu\n    Shopify: none"
    )
    assert section_of(made, "Message") == (Block("text", "a `b` and c"),)
    assert section_of(made, "In common systems") == (Items(("Yoast SEO: in the menu", "Shopify: none")),)


def test_a_text_for_a_terminal_is_wrapped_but_its_examples_are_not() -> None:
    long = "a " * 60
    made = make_rule(f"Checks: {long}\nMessage: {long}\nBad::\n\n    <loc>{'b' * 100}</loc>\n\nGood: a ``c``")
    lines = format_text(made, 40).splitlines()
    assert f"    <loc>{'b' * 100}</loc>" in lines
    assert all(len(line) <= 40 for line in lines if line.startswith(("  a", "    a")))
    assert "  A c" in lines


def test_needs_follow_from_the_parameters_of_a_rule() -> None:
    made = make_rule("Checks: a", needs=("comparison", "probe_totals"), needs_complete=True)
    assert list_need_names(made) == ["sitemap", "complete job", "probe", "--against"]
    assert list_need_names(make_rule("Checks: a", opt_in_flag="--xsd")) == ["sitemap", "--xsd"]
    only = make_rule("Checks: a", engines={Engine.YANDEX: Severity.ERROR}, engine_only=True)
    assert list_need_names(only) == ["sitemap", "--engine yandex"]
    assert list_need_names(BY_ID["SM112"]) == ["web"]
    assert "second run" in list_need_names(BY_ID["SM801"])


def test_the_index_explains_all_needs() -> None:
    assert {need.name for each in BY_ID.values() for need in list_needs(each)} == {
        each.name for each in NEEDS
    }


@EACH
def test_related_rules_name_each_other(each: Rule) -> None:
    related = {other.id for _, rules in list_references(each) for other in rules}
    assert each.id not in related
    assert all(each.id in {b.id for _, rules in list_references(BY_ID[a]) for b in rules} for a in related)


@EACH
def test_see_also_has_ids_of_other_rules(each: Rule) -> None:
    named = each.sections.get("See also", "").split()
    assert set(named) <= set(BY_ID) - {each.id}
    assert len(named) == len(set(named))


@EACH
def test_a_rule_has_the_sections_that_are_required(each: Rule) -> None:
    required = set(SECTIONS) - OPTIONAL
    assert required <= set(each.sections)
    assert all(each.sections.values())
    assert re.match(r"https://|own \(", each.sections["Source"])
    assert list(each.sections) == [name for name in SECTIONS if name in each.sections]


@EACH
def test_the_first_version_of_a_rule_is_one_of_the_changelog(each: Rule) -> None:
    assert each.since in {NEXT_VERSION, *RELEASED}


@EACH
def test_examples_fit_into_a_terminal(each: Rule) -> None:
    blocks = [
        part for name in ("Before", "After") for part in section_of(each, name) if isinstance(part, Block)
    ]
    assert [line for block in blocks for line in block.text.splitlines() if len(line) > EXAMPLE_WIDTH] == []
    text = format_text(each).splitlines()
    assert [line for line in text if len(line) > WIDTH and "https://" not in line] == []


@EACH
def test_systems_have_a_name_and_a_hint(each: Rule) -> None:
    parts = next((s.parts for s in list_sections(each) if s.heading == "In common systems"), ())
    hints = [text for part in parts if isinstance(part, Items) for text in part.texts]
    assert all(re.match(r"[A-Za-z][^:]{1,40}: \S", text) for text in hints)
    assert bool(hints) is bool(parts)


PAGES = build_pages(discover_rules())


@pytest.mark.parametrize("name", PAGES)
def test_the_markdown_of_a_page_is_whole(name: str) -> None:
    text = COMMENT.sub("", PAGES[name])
    assert text.count("```") % 2 == 0
    prose = FENCED.sub("", text)
    assert "```" not in prose
    assert "``" not in re.sub(r"`` .*? ``", "", prose)
    assert all(line.count("`") % 2 == 0 for line in prose.splitlines())
    without_code = re.sub(r"`[^`\n]*`", "", prose)
    assert re.sub(r"\\.", "", AUTOLINK.sub("", without_code)).count("<") == 0
    assert all(url[-1] not in ".,;:!?" for url in AUTOLINK.findall(without_code))
    assert len(re.findall(r"^# ", without_code, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", PAGES)
def test_the_rows_of_a_table_have_as_many_cells_as_its_head(name: str) -> None:
    prose = re.sub(r"`[^`\n]*`", "", FENCED.sub("", PAGES[name]))
    tables = re.findall(r"(?:^\|.*\|$\n?)+", prose, re.MULTILINE)
    assert tables
    for table in tables:
        assert len({row.count("|") - row.count(r"\|") for row in table.splitlines()}) == 1


@EACH
def test_a_page_and_the_text_say_the_same(each: Rule) -> None:
    headings = re.findall(r"^## (.*)$", format_page(each), re.MULTILINE)
    lines = format_text(each).splitlines()
    assert headings == [line for line in lines if line in headings and line[:1].isupper()]
    assert {"Message", "Before", "After", "How to fix it", "How to ignore it"} - {"Message"} <= set(headings)


def test_commands_that_the_documentation_names_exist() -> None:
    named = {
        each
        for page in PAGES.values()
        for span in Page(page).spans()
        for each in re.findall(r"^sitemap ([a-z]+)", span)
    }
    assert named
    assert named <= set(plugins.list_names("sitemap_cli.cli.commands"))
