"""The documentation of rules as Markdown."""

import re

import pytest

from sitemap_cli import plugins
from sitemap_cli.audit.documentation import format_markdown, format_page
from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://example.com/a https://example.com/b", "<https://example.com/a> <https://example.com/b>"),
        ("``Sitemap: https://example.com/a``, once", "`Sitemap: https://example.com/a`, once"),
        ("own (see https://example.com/a)", "own (see <https://example.com/a>)"),
        ("own (https://example.com/a_(b))", "own (<https://example.com/a_(b)>)"),
        ("own (see https://example.com/a#b: it says so)", "own (see <https://example.com/a#b>: it says so)"),
        ("https://example.com/a, and", "<https://example.com/a>, and"),
    ],
)
def test_a_url_outside_of_code_is_a_link_without_the_punctuation_behind_it(source, expected) -> None:
    def a_rule(_: object) -> Hits:
        return ()

    a_rule.__doc__ = f"Something is wrong.\n\nSource: {source}\n"
    made = rule("SM999", Severity.INFO, Scope.SITE)(a_rule)
    assert format_markdown(made).endswith(f"**Source.** {expected}")


def test_commands_that_the_documentation_names_exist() -> None:
    named = set(re.findall(r"`sitemap ([a-z]+)", format_page(discover_rules())))
    assert named
    assert named <= set(plugins.list_names("sitemap_cli.cli.commands"))
