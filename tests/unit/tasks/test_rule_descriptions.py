"""Where the pages of rules are published."""

import pytest

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.tasks.rule_descriptions import build_page_url, describe_rule

FIRST = discover_rules()[0]


@pytest.mark.parametrize(
    ("docs_url", "page"),
    [
        (None, None),
        ("https://docs.example/rules", "https://docs.example/rules/SM101.md"),
        ("https://docs.example/rules/", "https://docs.example/rules/SM101.md"),
        ("https://docs.example/{rule}.html?a=1", "https://docs.example/SM101.html?a=1"),
    ],
)
def test_the_page_of_a_rule_is_below_the_given_url_or_where_its_id_stands(docs_url, page) -> None:
    assert build_page_url(docs_url, FIRST) == page
    assert describe_rule(FIRST, docs_url).page == page


def test_related_rules_are_links_only_if_pages_are_published() -> None:
    rule = next(each for each in discover_rules() if each.covered_by)
    url = f"(https://docs.example/{rule.covered_by[0]}.md)"
    assert url in describe_rule(rule, "https://docs.example").format_markdown()
    assert ".md)" not in describe_rule(rule).format_markdown()
