"""Links on a terminal (OSC 8): to pages and sitemaps on the web, and to local files."""

import os
import re
from pathlib import Path
from urllib.parse import quote

from rich.style import Style
from rich.text import Text

from sitemap_cli.output.escaping import PRINTABLE, consists_of

SCHEMES = ("http://", "https://", "file://")
LONGEST = 2_083
"""Terminals ignore longer links: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda"""
# Everything that may stand in a URL; what is not ASCII is encoded.
_KEPT = ":/?#[]@!$&'()*+,;=%~"
# A link of another program in the text ends here.
_UNSAFE = re.compile(r"[\s\\\x00-\x1f\x7f]")


def is_safe_link(link: str) -> bool:
    """Return whether a terminal may open a link: one to the web or to a file, of plain characters."""
    return (
        link.startswith(SCHEMES)
        and len(link) <= LONGEST
        and consists_of(link, PRINTABLE)
        and not _UNSAFE.search(link)
    )


def link_url(text: Text, url: str | None) -> Text:
    """Return a text that opens a URL, if that is one of the web; control characters are encoded."""
    if url is None or not url.startswith(SCHEMES[:2]):
        return text
    return _link(text, quote(url, safe=_KEPT, errors="replace"))


def link_place(text: Text, place: str | None) -> Text:
    """Return a text that opens the URL or the local file of a place; a domain is neither."""
    if place is None or "://" in place:
        return link_url(text, place)
    if not os.path.exists(place):  # noqa: PTH110 - a server may have sent what no path can be
        return text
    return _link(text, Path(place).absolute().as_uri())


def _link(text: Text, link: str) -> Text:
    if is_safe_link(link):
        text = text.copy()
        text.stylize(Style(link=link))
    return text
