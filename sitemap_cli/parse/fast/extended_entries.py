"""The fast lane for entries with extensions: images, languages, videos, news, with comments between entries.

Like the plain lane it takes an entry only where a pattern tiles it: simple tags, customary prefixes that
the root element binds, texts without references. Whatever does not fit goes to the XML parser.
"""

import re
from collections.abc import Callable, Sequence

from sitemap_cli.parse.fast.plain_entries import ADDRESS, FIELDS, LONGEST, S
from sitemap_cli.parse.records import Node

Rich = Callable[[str, str | None, str | None, str | None, int, Sequence[Node], bool], None]
"""Takes one entry: loc, lastmod, changefreq, priority, line, the elements of its extensions, and whether
one of these stands before the fields of the protocol."""

MAX_TEXT = 256
"""Characters of a text or attribute; longer ones count against limits that only the long way knows."""
MAX_ELEMENTS = 500
"""Elements of one entry, for the same reason."""

# Neither "]]>" nor U+FFFE can be among these, nor an end of line that the parser would change.
_TEXT = rf"[^<&\]\xef\0-\x08\x0b-\x1f]{{0,{MAX_TEXT}}}+"
_VALUE = rf"\"[^\"<&\xef\0-\x1f]{{0,{MAX_TEXT}}}+\""
_NAME = "[a-z]+:[a-z_]+"
_ATTRIBUTES = rf"(?:[ \t\n]++[a-z_]+={_VALUE})*+"
_TAG = rf"</?{_NAME}{_ATTRIBUTES}[ \t\n]*+/?>{_TEXT}"
_EXTENSIONS = rf"((?:{_TAG})*+)"
_COMMENTS = rf"(?:<!--(?:[^-\xef\0-\x08\x0b\x0c\x0e-\x1f]++|-(?!-))*+-->{S})*+"
_BETWEEN = re.compile(rf"{S}{_COMMENTS}")
_TILE = re.compile(
    rf"<url>{S}<loc>{S}({ADDRESS}){S}</loc>{S}{_EXTENSIONS}{FIELDS}{_EXTENSIONS}</url>{S}"
    rf"{_COMMENTS}"
)
_TOKEN = re.compile(rf"<(/?)({_NAME})({_ATTRIBUTES})[ \t\n]*+(/?)>({_TEXT})")
_ATTRIBUTE = re.compile(r"([a-z_]+)=\"([^\"]*)\"")


def run(
    text: str, at: int, line: int, prefixes: frozenset[str], take: Rich, *, comments: bool
) -> tuple[int, int]:
    """Take the entries that begin there, and return where the first begins that does not fit, and its line.

    Args:
        text: what the lane's ``text`` made of the document.
        at: a place between two entries.
        line: its line.
        prefixes: those that mean what they customarily do.
        take: is given each entry.
        comments: whether comments there are nobody's concern, so that the first entry may stand after one.
    """
    if comments:
        begin = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        line += text.count("\n", at, begin)
        at = begin
    while tile := _TILE.match(text, at):
        loc, before, lastmod, changefreq, priority, after = tile.groups()
        nodes = _nodes(before + after, prefixes)
        if nodes is None or len(loc) > LONGEST:
            break
        take(loc.replace("&amp;", "&"), lastmod, changefreq, priority, line, nodes, bool(before))
        line += text.count("\n", at, tile.end())
        at = tile.end()
    return at, line


def _nodes(text: str, prefixes: frozenset[str]) -> Sequence[Node] | None:
    """The elements that the text is, as the parser would tell them; None if only that can tell."""
    tokens = _TOKEN.findall(_whole(text))
    if len(tokens) > MAX_ELEMENTS:
        return None
    top: list[Node] = []
    stack: list[tuple[str, Sequence[str], str, list[Node]]] = []
    children = top
    for closing, name, attributes, empty, content in tokens:
        if closing:
            if not stack or stack[-1][0] != name or attributes or empty:
                return None
            _, values, inside, outer = stack.pop()
            if children and inside.strip():
                return None
            outer.append(Node(name, inside, values, children))
            children = outer
        elif name.partition(":")[0] not in prefixes:
            return None
        else:
            values = [part for pair in _ATTRIBUTE.findall(attributes) for part in pair] if attributes else ()
            if len(set(values[::2])) * 2 < len(values):
                return None
            if empty:
                children.append(Node(name, "", values))
            else:
                stack.append((name, values, content, children))
                children = []
                continue
        if content.strip():
            return None
    return None if stack else top


def _whole(text: str) -> str:
    """The text as UTF-8 that it is; the lane sees bytes."""
    return text if text.isascii() else text.encode("latin-1").decode()
