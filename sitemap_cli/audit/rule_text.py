"""The documentation of a rule as text for a terminal."""

import textwrap

from sitemap_cli.audit.documentation import (
    Block,
    Items,
    Paragraph,
    Part,
    list_properties,
    list_sections,
)
from sitemap_cli.audit.rule import Rule

WIDTH = 80


def format_text(rule: Rule, width: int = WIDTH) -> str:
    """Return the documentation of a rule, wrapped to a width; examples are not wrapped."""
    properties = list_properties(rule)
    longest = max(map(len, properties))
    table = (_wrap(f"{name:{longest}}  {text}", width, longest + 2) for name, text in properties.items())
    sections = (
        "\n".join((section.heading, *(_format_part(part, width) for part in section.parts)))
        for section in list_sections(rule)
    )
    return "\n\n".join((f"{rule.id} {rule.name}", _wrap(rule.summary, width), "\n".join(table), *sections))


def _format_part(part: Part, width: int) -> str:
    if isinstance(part, Paragraph):
        return textwrap.indent(_wrap(part.text, width - 2), "  ")
    if isinstance(part, Block):
        return _format_block(part, width)
    texts = part.texts if isinstance(part, Items) else tuple(map(_format_reference, part.rules))
    return "\n".join(textwrap.indent(_wrap(f"- {text}", width - 2, 2), "  ") for text in texts)


def _format_block(block: Block, width: int) -> str:
    """Return an example; only plain text such as a message is wrapped."""
    is_prose = block.language == "text" and "\n" not in block.text
    text = _fill(block.text, width - 4) if is_prose else block.text
    return textwrap.indent(text, "    ")


def _format_reference(rule: Rule) -> str:
    return f"{rule.id} {rule.name}: {rule.summary}"


def _wrap(text: str, width: int, indent: int = 0) -> str:
    """Return prose in lines, without the backquotes around code."""
    return _fill(text.replace("`", ""), width, indent)


def _fill(text: str, width: int, indent: int = 0) -> str:
    return textwrap.fill(
        text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )
