"""The documentation of rules for a terminal: bold headings, and severities in their colours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from sitemap_cli.audit.documentation import list_properties, list_sections
from sitemap_cli.audit.rule import Rule
from sitemap_cli.audit.rule_text import WIDTH, format_text
from sitemap_cli.cli.look.styles import HEADING, QUIET, SEVERITY_STYLES
from sitemap_cli.output.escaping import escape_line


@dataclass(frozen=True, slots=True)
class RulePages:
    """Rules below each other, each as in a pipe, wrapped to the width of the terminal."""

    rules: Sequence[Rule]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines; those of examples are never wrapped."""
        for number, rule in enumerate(self.rules):
            yield from [Text(""), Text("")] if number else []
            yield from _style_page(rule, min(options.max_width, WIDTH))


def render_rule_pages(rules: Sequence[Rule]) -> RulePages:
    """Return the documentation of rules."""
    return RulePages(rules)


def _style_page(rule: Rule, width: int) -> Iterator[Text]:
    headings = {each.heading for each in list_sections(rule)}
    properties = [f"{name}  " for name in list_properties(rule)]
    is_above = True
    for number, line in enumerate(format_text(rule, width).splitlines()):
        text = Text(escape_line(line), no_wrap=True, overflow="ignore")
        if number == 0 or line in headings:
            text.stylize(HEADING)
            is_above = is_above and number == 0
        elif is_above and (name := next((each for each in properties if line.startswith(each)), None)):
            text.stylize(QUIET, 0, len(name))
            for severity, style in SEVERITY_STYLES.items():
                text.highlight_words([severity], style)
        yield text
