"""Formats the documentation of rules: as text for a terminal, and as Markdown."""

import re
from collections.abc import Iterable
from itertools import groupby

from sitemap_cli.audit.families import FAMILIES
from sitemap_cli.audit.rule import SECTIONS, Rule

CODE = re.compile(r"(``.*?``)")
URL = re.compile(r"https://\S+")

HEAD = """# The rules of `sitemap check`

Generated from the docstrings of the rules by `sitemap rules list --format markdown`. The meaning of an id
never changes. `sitemap rules show ID` prints the documentation of one rule."""


def format_text(rule: Rule) -> str:
    """Return the documentation of a rule as text for a terminal."""
    head = f"{rule.id} {rule.name} ({describe_severities(rule)}; looks at: {rule.scope.value})"
    sections = (f"{name}\n{_indent(rule.sections[name])}" for name in SECTIONS if name in rule.sections)
    return "\n\n".join((head, rule.summary, *sections))


def format_markdown(rule: Rule) -> str:
    """Return the documentation of a rule as a section of a Markdown page."""
    head = (f"### {rule.id} {rule.name}", f"*{describe_severities(rule)}; looks at: {rule.scope.value}*")
    sections = (
        f"**{name}.** {_link_urls(rule.sections[name])}" for name in SECTIONS if name in rule.sections
    )
    return "\n\n".join((*head, rule.summary, *sections)).replace("``", "`")


def format_page(rules: Iterable[Rule]) -> str:
    """Return the page that documents all rules, by family."""
    families = groupby(rules, key=lambda rule: rule.family)
    return "\n\n".join((HEAD, *(_format_family(name, members) for name, members in families)))


def _format_family(name: str, rules: Iterable[Rule]) -> str:
    family = FAMILIES[name]
    return "\n\n".join((f"## {family.title} ({family.prefix}xx)", *map(format_markdown, rules)))


def describe_severities(rule: Rule) -> str:
    """Return the severities of a rule, also for single search engines, and when it runs."""
    others = [f"{severity.value} for {engine.value}" for engine, severity in rule.engines.items()]
    if rule.engine_only:
        return f"{', '.join(others)}; does not run otherwise"
    all_ = ", ".join([rule.severity.value, *others])
    return f"{all_}; only with {rule.opt_in_flag} or when selected" if rule.opt_in_flag else all_


def _indent(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.replace("``", "").splitlines())


def _link_urls(text: str) -> str:
    """Return a text on one line, with every URL outside of code as a link."""
    parts = CODE.split(" ".join(text.split()))
    return "".join(
        URL.sub(_format_link, part) if number % 2 == 0 else part for number, part in enumerate(parts)
    )


def _format_link(url: re.Match[str]) -> str:
    """Return a URL as a link; punctuation at its end belongs to the sentence."""
    end = len(url[0].rstrip(".,;:!?"))
    if url[0][end - 1] == ")" and url[0].count(")") > url[0].count("("):
        end -= 1
    return f"<{url[0][:end]}>{url[0][end:]}"
