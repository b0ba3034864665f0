"""Reads entries with simple extensions by patterns: images, languages, videos, news, and comments between.

Like :mod:`~sitemap_cli.parse.fast.plain_entries`, it takes an entry only if the patterns match it completely:
simple tags, usual prefixes that the root element binds, texts without references. Everything else goes to
the XML parser.
"""

import re
from collections.abc import Callable, Sequence

from sitemap_cli.parse.fast.plain_entries import FIELDS, MAX_URL, SPACE, URL
from sitemap_cli.parse.records import Node
from sitemap_cli.patterns import repeat_possessively

TakeExtendedEntry = Callable[[str, str | None, str | None, str | None, int, Sequence[Node], bool], bool]
"""Takes one entry: loc, lastmod, changefreq, priority, line, the elements of its extensions, and whether one
of these comes before the other fields of the protocol. Returns False if it leaves the entry to the XML
parser, which knows the line of each element."""

MAX_TEXT = 256
"""Characters of a text or attribute; longer ones count against limits that only the XML parser knows."""
MAX_ELEMENTS = 500
"""Elements of one entry, for the same reason."""

# These can contain neither "]]>" nor U+FFFE, nor a line end that the XML parser would change.
_TEXT = rf"[^<&\]\xef\0-\x08\x0b-\x1f]{{0,{MAX_TEXT}}}+"
_VALUE = rf"\"[^\"<&\xef\0-\x1f]{{0,{MAX_TEXT}}}+\""
_NAME = "[a-z]+:[a-z_]+"
_ATTRIBUTES = repeat_possessively(rf"[ \t\n]++[a-z_]+={_VALUE}")
_TAG = rf"</?{_NAME}{_ATTRIBUTES}[ \t\n]*+/?>{_TEXT}"
_EXTENSIONS = f"({repeat_possessively(_TAG)})"
_COMMENT_TEXT = repeat_possessively(r"[^-\xef\0-\x08\x0b\x0c\x0e-\x1f]++|-(?!-)")
_COMMENT = f"<!--{_COMMENT_TEXT}-->{SPACE}"
_COMMENTS = repeat_possessively(_COMMENT)
_BETWEEN = re.compile(rf"{SPACE}{_COMMENTS}")
_ENTRY = re.compile(
    rf"<url>{SPACE}<loc>{SPACE}({URL}){SPACE}</loc>{SPACE}{_EXTENSIONS}{FIELDS}{_EXTENSIONS}</url>{SPACE}"
    rf"{_COMMENTS}"
)
_TOKEN = re.compile(rf"<(/?)({_NAME})({_ATTRIBUTES})[ \t\n]*+(/?)>({_TEXT})")
_ATTRIBUTE = re.compile(r"([a-z_]+)=\"([^\"]*)\"")


def take_entries(
    text: str, at: int, line: int, prefixes: frozenset[str], take: TakeExtendedEntry, *, skip_comments: bool
) -> tuple[int, int]:
    """Take whole entries; return where the first one begins that does not match, and its line.

    Args:
        text: a piece as :func:`~sitemap_cli.parse.fast.plain_entries.decode_piece` returns it.
        at: a position between two entries.
        line: the line of that position.
        prefixes: the prefixes that have their usual meaning.
        take: takes each entry.
        skip_comments: whether comments are not inspected here, so that they may come before the first entry.
    """
    if skip_comments:
        begin = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        line += text.count("\n", at, begin)
        at = begin
    while entry := _ENTRY.match(text, at):
        loc, before, lastmod, changefreq, priority, after = entry.groups()
        nodes = _build_nodes(before + after, prefixes)
        if nodes is None or len(loc) > MAX_URL:
            break
        if not take(loc.replace("&amp;", "&"), lastmod, changefreq, priority, line, nodes, bool(before)):
            break
        line += text.count("\n", at, entry.end())
        at = entry.end()
    return at, line


def _build_nodes(text: str, prefixes: frozenset[str]) -> Sequence[Node] | None:
    """Return the elements in the text as the XML parser would; None if only the XML parser can."""
    tokens = _TOKEN.findall(_restore_utf8(text))
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


def _restore_utf8(text: str) -> str:
    """Return the text of which ``text`` has a character per byte."""
    return text if text.isascii() else text.encode("latin-1").decode()
