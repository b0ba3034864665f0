"""The documentation of a rule as headings and parts: from its docstring, and from what the rule declares."""

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.families import FAMILIES
from sitemap_cli.audit.fixes import parse_fix
from sitemap_cli.audit.rule import Rule, Scope
from sitemap_cli.audit.rule_needs import list_need_names, list_needs
from sitemap_cli.model.values import Severity

MARKER = "::"
OWN = "own"
"""How the source of a rule begins if no specification or search engine says so."""
LANGUAGES = (
    ("html", re.compile(r"<(!doctype html|html|head|title|meta|link|body|a|p)\b")),
    ("xml", re.compile(r"<")),
    ("http", re.compile(r"HTTP/|GET ")),
    ("console", re.compile(r"\$ ")),
)
"""The languages of examples by how they begin; others are plain text, such as lines of robots.txt."""

SCOPES = {
    Scope.URL: "each entry",
    Scope.DOCUMENT: "each sitemap",
    Scope.SITE: "the site",
    Scope.HISTORY: "the site, compared with the previous job",
    Scope.PAGE: "each page that was requested",
}
ELEMENT = re.compile(r"``(<[^`]+)``")
"""An example that is nothing but an element, so that it can be a block."""
RULE_ID = re.compile(r"SM\d{3}")


class Paragraph(NamedTuple):
    """Running text on one line, with code between double backquotes."""

    text: str


class Block(NamedTuple):
    """Lines that are printed as they are, and their language."""

    language: str
    text: str


class Items(NamedTuple):
    """A list of short texts, each like a paragraph."""

    texts: tuple[str, ...]


class References(NamedTuple):
    """A list of other rules."""

    rules: tuple[Rule, ...]


Part = Paragraph | Block | Items | References


class Section(NamedTuple):
    """A heading and what stands below it."""

    heading: str
    parts: tuple[Part, ...]


def list_sections(rule: Rule) -> Iterator[Section]:
    """Yield the documentation of a rule below its summary."""
    texts = {name: tuple(_parse_text(name, text)) for name, text in rule.sections.items()}
    headings = {
        "Checks": "What it checks",
        "Why": "Why it matters",
        "Message": "Message",
        "Bad": "Before",
        "Good": "After",
        "Fix": "How to fix it",
        "Systems": "In common systems",
    }
    for name, heading in headings.items():
        if name in texts:
            yield Section(heading, texts[name])
        if name == "Checks" and (needs := tuple(_explain_needs(rule))):
            yield Section("What it needs", (Items(needs),))
    yield Section("How to ignore it", tuple(_explain_ignoring(rule)))
    if references := list_references(rule):
        parts = (part for text, rules in references for part in (Paragraph(text), References(rules)))
        yield Section("See also", tuple(parts))
    yield Section("Sources", texts.get("Source", ()))


def list_properties(rule: Rule) -> dict[str, str]:
    """Return what a rule declares: its severities, what it needs and examines, its family and version."""
    return {
        "Severity": describe_severities(rule),
        "Needs": ", ".join(list_need_names(rule)),
        "Examines": SCOPES[rule.scope],
        "Family": FAMILIES[rule.family].title,
        "Since": rule.since,
    }


def describe_severities(rule: Rule) -> str:
    """Return the severities of a rule, also for single search engines, and when it runs."""
    others = [
        f"{severity.value} with ``--engine {engine.value}``" for engine, severity in rule.engines.items()
    ]
    if rule.engine_only:
        return f"{', '.join(others)}; does not run otherwise"
    every = ", ".join([rule.severity.value, *others])
    if rule.opt_in:
        return f"{every}; only with ``--select SM,{rule.id}``"
    return f"{every}; only with ``{rule.opt_in_flag}`` or when selected" if rule.opt_in_flag else every


def _explain_needs(rule: Rule) -> Iterator[str]:
    """Yield a sentence for each thing that a rule needs beside a sitemap."""
    return (f"{need.name}: {need.how}" for need in list_needs(rule) if need.name != "sitemap")


def list_references(rule: Rule) -> list[tuple[str, tuple[Rule, ...]]]:
    """Return the related rules below what they are to this one; the relation holds both ways."""
    rules = discover_rules()
    groups = {
        "Where one of these more exact rules finds something, this rule does not report it as well:": {
            *rule.covered_by
        },
        "What this rule reports, these less exact rules do not report as well:": {
            each.id for each in rules if rule.id in each.covered_by
        },
        "Related:": {*_name_related(rule), *(each.id for each in rules if rule.id in _name_related(each))},
    }
    references, seen = [], {rule.id}
    for text, ids in groups.items():
        if found := tuple(each for each in rules if each.id in ids - seen):
            references.append((text, found))
        seen |= ids
    return references


def _name_related(rule: Rule) -> list[str]:
    return RULE_ID.findall(rule.sections.get("See also", ""))


def _parse_text(name: str, text: str) -> Iterator[Part]:
    """Yield the parts of a section: text, an example after ``::``, a list, or a message."""
    prose, marker, block = f":{text}".partition(f"{MARKER}\n")
    prose = prose.removeprefix(":")
    if name == "Message":
        yield Block("text", " ".join(text.split()))
    elif name == "Systems":
        yield Items(tuple(" ".join(each.split()) for each in re.split(r"\n(?! )", text)))
    elif name == "Source" and text.startswith(OWN):
        yield Paragraph(" ".join(text.replace(OWN, "Our own judgement", 1).split()))
    elif name == "Source" and all(word.startswith("https://") for word in text.split()):
        yield Items(tuple(text.split()))
    elif element := ELEMENT.fullmatch(text):
        yield _build_block(element[1])
    elif name == "Fix" and (guide := parse_fix(text)).cases:
        yield from [Paragraph(guide.general)] if guide.general else []
        yield Items(tuple(f"{case[0].upper()}{case[1:]}: {what}" for case, what in guide.cases.items()))
    elif marker and block.strip():
        if prose:
            yield Paragraph(f"{_capitalize(prose)}:")
        yield _build_block(block)
    else:
        yield Paragraph(_capitalize(text))


def _capitalize(text: str) -> str:
    """Return a text on one line with a capital at its beginning, if it begins with a word of letters."""
    words = text.split()
    return " ".join([words[0][:1].upper() + words[0][1:] if words[0].isalpha() else words[0], *words[1:]])


def _build_block(text: str) -> Block:
    text = textwrap.dedent(text).strip("\n")
    language = next((name for name, pattern in LANGUAGES if pattern.match(text)), "text")
    return Block(language, text)


def _explain_ignoring(rule: Rule) -> Iterator[Part]:
    """Yield how to ignore a rule, or to change its severity, on the command line and in a file."""
    where = "/path/*" if rule.scope in (Scope.URL, Scope.PAGE) else "/sitemap.xml"
    other = Severity.INFO if rule.severity is not Severity.INFO else Severity.WARNING
    yield Paragraph("Everywhere, at some URLs, with another severity, or only what is known today:")
    lines = (
        f"--ignore {rule.id}",
        f"--ignore-at '{rule.id} {where}: reason'",
        f"--severity {rule.id}={other.value}",
        "--write-baseline known.json",
        "--baseline known.json",
    )
    yield Block("console", "\n".join(f"$ sitemap check example.com {line}" for line in lines))
    yield Paragraph("For every run, in the configuration file ``sitemap.toml``:")
    keys = (
        f'ignore = ["{rule.id}"]',
        f'ignore-at = ["{rule.id} {where}: reason"]',
        f'severity = ["{rule.id}={other.value}"]',
    )
    yield Block("toml", "\n".join(("[check]", *keys)))
