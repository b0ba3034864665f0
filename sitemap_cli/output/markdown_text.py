"""Markdown with text that comes from servers: escaped, and short enough for a page."""

import re
from collections.abc import Iterable
from typing import BinaryIO

from sitemap_cli.output.escaping import escape_text

MAX_PAGE = 900_000
"""Bytes of a page: GitHub accepts 1 MiB for the summaries of all steps together."""

# Characters with a meaning in Markdown or HTML; the text comes from a server, the page is ours.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@])|(?<=www)(\.)|(?<=http)(:)|(?<=https)(:)")


def escape_markdown(text: str) -> str:
    """Return the text on one line, without links, images, mentions or HTML."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", escape_text(text))


def write_page(lines: Iterable[str], stream: BinaryIO) -> None:
    """Write lines of Markdown up to the size of a page, and say so if some are left out."""
    left = MAX_PAGE
    for line in lines:
        data = f"{line}\n".encode("utf-8", "backslashreplace")
        left -= len(data)
        if left < 0:
            stream.write(b"\nThe rest is left out: it would be too long for a page.\n")
            return
        stream.write(data)
