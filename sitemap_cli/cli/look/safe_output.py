"""The last check of what is rendered: no text acts on the terminal, and links lead to the web or to files."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style

from sitemap_cli.cli.look.links import is_safe_link
from sitemap_cli.output.escaping import escape_text


@dataclass(frozen=True, slots=True)
class SafeOutput:
    """Something rendered, without control characters and unwanted links, whatever made it."""

    rendered: RenderableType
    has_links: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the segments."""
        for text, style, control in console.render(self.rendered, options):
            if control is None:
                escaped = text if text == "\n" else "\n".join(map(escape_text, text.split("\n")))
                yield Segment(escaped, self._check_link(style))

    def _check_link(self, style: Style | None) -> Style | None:
        if style is None or style.link is None or (self.has_links and is_safe_link(style.link)):
            return style
        return style.update_link(None)
