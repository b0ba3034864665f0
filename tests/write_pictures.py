"""Draws the pictures of the documentation from real runs: ``python -m tests.write_pictures``."""

import html
import io
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.page_shell import COLUMNS, ROOT, comparable, open_shell

FOLDER = ROOT / "docs" / "images"
SITE = "http://127.0.0.1:8000"
MONDAY = (
    "sitemap db upgrade",
    "export SITEMAP_ALLOW_PRIVATE=1",
    "cp -r examples/shop/monday shop",
    "python3 -m http.server 8000 --bind 127.0.0.1 --directory shop",
)
TUESDAY = (
    *MONDAY,
    f"sitemap analyze {SITE}",
    "cp -r examples/shop/tuesday/. shop",
    "rm shop/chairs/pine.html",
    f"sitemap analyze {SITE}",
)
PICTURES = {
    "check": (MONDAY, f"sitemap check {SITE} --probe"),
    "diff": (TUESDAY, f"sitemap diff {SITE}"),
}
"""By name: the commands that come first, and the one whose output is shown."""

BLACK, WHITE = (24, 26, 31), (222, 226, 230)
NORMAL = "3c4048 ff6b6b 69db7c ffd43b 74c0fc e599f7 66d9e8 dee2e6"
BRIGHT = "868e96 ff8787 8ce99a ffe066 91cdff eebefa 99e9f2 ffffff"
# No fonts from elsewhere: the picture is one file, and requests nothing.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>TITLE</title>
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
TEXTS = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)


def run_picture(name: str) -> bytes:
    """Run the commands of a picture; return what the terminal showed for the last one."""
    before, command = PICTURES[name]
    with tempfile.TemporaryDirectory() as folder, open_shell(Path(folder)) as shell:
        for line in before:
            shell.run(line)
        output, _ = shell.run(command)
    return f"\x1b[1m$ {command}\x1b[0m\n".encode() + output


def draw(name: str, output: bytes) -> str:
    """Draw what a terminal showed."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    lines = [line.rstrip() for line in output.decode().rstrip().split("\n")]
    console.print(Text.from_ansi("\n".join(lines)), soft_wrap=False)
    theme = TerminalTheme(BLACK, WHITE, list_colours(NORMAL), list_colours(BRIGHT))
    title = PICTURES[name][1]
    form = FORMAT.replace("TITLE", html.escape(title))
    svg = console.export_svg(title=title, theme=theme, code_format=form, unique_id=name)
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


def list_colours(values: str) -> list[tuple[int, int, int]]:
    """Return colours that are written as in CSS."""
    return [(each[0], each[1], each[2]) for each in map(bytes.fromhex, values.split())]


def read_text(picture: str) -> str:
    """Return the text that a picture shows; it has no spaces between two styles."""
    body = picture.partition('-matrix">')[2]
    return html.unescape("".join(TEXTS.findall(body))).replace("\xa0", " ")


def squeeze(text: str) -> str:
    """Return a text without what differs from run to run, and without white space."""
    return "".join(comparable(text).split())


def main() -> None:
    """Draw all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(draw(name, run_picture(name)))


if __name__ == "__main__":
    main()
