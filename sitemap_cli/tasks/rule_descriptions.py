"""What reports say about rules, and where their pages are published."""

from functools import partial

from sitemap_cli.audit.rule import Rule
from sitemap_cli.output.report import RuleInfo

PLACE_OF_RULE = "{rule}"


def describe_rule(rule: Rule, docs_url: str | None = None) -> RuleInfo:
    """Return what a report says about a rule; ``docs_url`` is where the pages of all rules are published."""
    sources = [word for word in rule.sections.get("Source", "").split() if word.startswith("https://")]
    return RuleInfo(
        rule.id,
        rule.name,
        rule.severity,
        rule.summary,
        rule.sections.get("Fix", "").replace("``", "`"),
        next(iter(sources), None),
        build_page_url(docs_url, rule),
        partial(_format_text, rule),
        partial(_format_markdown, rule, docs_url),
        " ".join(rule.sections.get("Why", "").replace("``", "`").split()),
    )


def _format_text(rule: Rule) -> str:
    from sitemap_cli.audit.rule_text import format_text

    return format_text(rule)


def _format_markdown(rule: Rule, docs_url: str | None) -> str:
    from sitemap_cli.audit.rule_pages import format_content

    return format_content(rule, partial(build_page_url, docs_url))


def build_page_url(docs_url: str | None, rule: Rule) -> str | None:
    """Return the URL of the page of a rule: with its id for ``{rule}``, else with ``/ID.md`` at the end."""
    if docs_url is None:
        return None
    template = docs_url if PLACE_OF_RULE in docs_url else f"{docs_url.rstrip('/')}/{PLACE_OF_RULE}.md"
    return template.replace(PLACE_OF_RULE, rule.id)
