"""The documentation of a rule, as text for a terminal and as Markdown for a page."""

from collections.abc import Iterable
from itertools import groupby

from sitemap_cli.audit.rule import SECTIONS, Rule

HEAD = """# The rules of `sitemap check`

Made by `sitemap rules list --format markdown` from the rules themselves. An id means the same for ever;
`sitemap rules show ID` prints its part of this page."""


def text(rule: Rule) -> str:
    """Everything there is to say of a rule, for reading in a terminal."""
    head = f"{rule.id} {rule.name} ({severities(rule)}; looks at: {rule.scope.value})"
    told = (f"{name}\n{_indented(rule.sections[name])}" for name in SECTIONS if name in rule.sections)
    return "\n\n".join((head, rule.summary, *told))


def markdown(rule: Rule) -> str:
    """The same as a section of a page; what the docstring marks as code is code."""
    head = (f"### {rule.id} {rule.name}", f"*{severities(rule)}; looks at: {rule.scope.value}*")
    told = (f"**{name}.** {_linked(rule.sections[name])}" for name in SECTIONS if name in rule.sections)
    return "\n\n".join((*head, rule.summary, *told)).replace("``", "`")


FAMILIES = {
    "SM1": "Transport and file",
    "SM2": "XML and structure",
    "SM3": "Entries",
    "SM4": "Indexes, and the sitemaps of a site together",
    "SM5": "Images, videos, news and languages",
    "SM6": "robots.txt and discovery",
    "SM7": "Listed pages",
    "SM8": "History",
}


def page(rules: Iterable[Rule]) -> str:
    """A page that documents all rules, by family."""
    families = groupby(rules, key=lambda rule: rule.id[:3])
    return "\n\n".join((HEAD, *(_family(name, members) for name, members in families)))


def _family(name: str, rules: Iterable[Rule]) -> str:
    return "\n\n".join((f"## {FAMILIES[name]} ({name}xx)", *map(markdown, rules)))


def severities(rule: Rule) -> str:
    """How severe a rule is, and for whom it is something else or of no interest."""
    others = [f"{severity.value} for {engine.value}" for engine, severity in rule.engines.items()]
    if rule.engine_only:
        return f"{', '.join(others)}; nothing otherwise"
    told = ", ".join([rule.severity.value, *others])
    return f"{told}; only when selected" if rule.opt_in else told


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.replace("``", "").splitlines())


def _linked(text: str) -> str:
    """A text on one line, in which an address that stands alone is a link."""
    return " ".join(f"<{word}>" if word.startswith("https://") else word for word in text.split())
