"""Reads a small sitemap or index of the usual form as a whole, without the XML parser.

Most documents of small sites have the namespace of the protocol, entries with only its fields, and nothing
else. It takes longer to set up the parser than to read them. A document is taken only if all of it matches;
the parser reads every other one from its beginning. So both always agree.
"""

import re
from functools import lru_cache
from itertools import accumulate

from sitemap_cli.model.values import Child, Kind
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.encoding import DECLARED_WITHIN, read_declared_encoding
from sitemap_cli.parse.fast import plain_entries
from sitemap_cli.parse.fast.plain_entries import MAX_URL, SPACE, URL, W3C_DATE, decode_piece
from sitemap_cli.parse.fast.simple_markup import COMMENTS
from sitemap_cli.parse.protocol import NAMESPACE
from sitemap_cli.w3c_time import parse_w3c_column
from sitemap_cli.web_encodings import UTF_8

_END_TAGS = {Kind.URLSET: "</urlset>", Kind.INDEX: "</sitemapindex>"}
_KINDS = {"urlset": Kind.URLSET, "sitemapindex": Kind.INDEX}
_DECLARATION = r"<\?xml version=\"1\.0\"(?: encoding=\"[Uu][Tt][Ff]-8\")?(?: standalone=\"(?:yes|no)\")? ?\?>"
_STYLE_SHEET = r"<\?xml-stylesheet[ \t\r\n](?:[\t\r\n !-;=@-~]|\?(?!>)){0,1000}\?>"
_TAG = r"<(?:urlset|sitemapindex)[ \t\r\n][^<>]{1,2000}>"
_BEGINNING = re.compile(f"(?:{_DECLARATION})?{SPACE}(?:{_STYLE_SHEET}{SPACE})?{COMMENTS}({_TAG})")
_END = re.compile(f"{SPACE}{COMMENTS}")
_COMMENT = re.compile("<!--(.*?)-->", re.DOTALL)
_MAX_COMMENTS = 10
_ROOT = re.compile(r"<([a-z]+)((?:[ \t\r\n]+[A-Za-z:0-9]+=\"[^\"]*\"){1,20})[ \t\r\n]*>")
_ATTRIBUTE = re.compile(r"([A-Za-z:0-9]+)=\"([^\"]*)\"")
_SCHEMA_LOCATION = "xsi:schemaLocation"
_PREFIX = re.compile(r"xmlns(?::(?!xml)[a-z][a-z0-9]*)?")
_NAMESPACE_URL = re.compile(r"(?!http://www\.w3\.org/(?:XML/1998/|2000/xmlns/))https?://[!#-%'-;=?-~]+")
_LOCATION = re.compile(r"[\t\r\n !#-%'-;=?-~]*")
_CHILD_OR_REST = re.compile(
    rf"<sitemap>{SPACE}<loc>{SPACE}({URL}){SPACE}</loc>{SPACE}"
    rf"(?:<lastmod>{SPACE}({W3C_DATE}){SPACE}</lastmod>{SPACE})?</sitemap>{SPACE}|(?s:.++)"
)
_BLANKS = " \t\r\n"


def detect_usual_kind(beginning: bytes) -> Kind | None:
    """Return the kind of a document with this beginning if its root certainly decides that; else None."""
    beginning = beginning[:DECLARED_WITHIN]
    found = _BEGINNING.match(beginning.decode("latin-1"))
    if found is None or not found[0].isascii() or read_declared_encoding(beginning) not in ("", UTF_8.name):
        return None
    return _decide_kind(found[1])


def take_document(document: bytes, collector: Collector) -> bool:
    """Take a whole document, without its XML declaration, if it has the usual form; return whether it has."""
    text = decode_piece(document)
    found = _BEGINNING.match(text)
    kind = _decide_kind(found[1]) if found else None
    if found is None or kind is None:
        return False
    end = text.rfind(_END_TAGS[kind], found.end())
    comments = None if end < 0 else _read_end(text[end + len(_END_TAGS[kind]) :])
    if comments is None:
        return False
    body, line = text[found.end() : end], 1 + text.count("\n", 0, found.end())
    take = _take_pages if kind is Kind.URLSET else _take_children
    is_taken = take(body, line, collector)
    for comment in comments if is_taken else ():
        collector.inspect_comment(comment)
    return is_taken


def _read_end(text: str) -> list[str] | None:
    """Return the comments after the end of the root; None if there is something else, or too much of it."""
    if not text.strip(_BLANKS):
        return []
    comments = _COMMENT.findall(text)
    is_usual = text.isascii() and "\r" not in text and _END.fullmatch(text) and len(comments) <= _MAX_COMMENTS
    return comments if is_usual else None


def _take_pages(body: str, line: int, collector: Collector) -> bool:
    """Take the pages between the tags of the root, all or none."""
    runs = []
    done, _ = plain_entries.take_entries(body, 0, line, lambda *columns: runs.append(columns), try_rest=True)
    if done < len(body) or len(runs) != 1:
        return False
    locs, lastmods, changefreqs, priorities, lines = runs[0]
    seconds = parse_w3c_column(lastmods)
    if seconds is None:
        return False
    collector.decide_kind(Kind.URLSET)
    collector.add_entries(locs, lastmods, seconds, changefreqs, priorities, lines)
    return True


def _take_children(body: str, line: int, collector: Collector) -> bool:
    """Take the sitemaps between the tags of the root, all or none."""
    rows = _CHILD_OR_REST.findall(body.lstrip(_BLANKS))
    seconds = parse_w3c_column([lastmod or None for _, lastmod in rows])
    if not rows or not rows[-1][0] or seconds is None or max(len(loc) for loc, _ in rows) > MAX_URL:
        return False
    # The lines of the start tags: what is before each, from the previous one on.
    before = body.split("<sitemap>")[:-1]
    lines = list(accumulate((each.count("\n") for each in before), initial=line))[1:]
    collector.decide_kind(Kind.INDEX)
    for (loc, lastmod), second, at in zip(rows, seconds, lines, strict=True):
        collector.add_child(Child(loc.replace("&amp;", "&"), lastmod or None, second, at))
    return True


@lru_cache(maxsize=64)
def _decide_kind(tag: str) -> Kind | None:
    """Return the kind of a document with this start tag of the root; None if the tag is unusual."""
    root = _ROOT.fullmatch(tag)
    if root is None:
        return None
    attributes = _ATTRIBUTE.findall(root[2])
    values = dict(attributes)
    if len(values) < len(attributes) or values.get("xmlns") != NAMESPACE:
        return None
    location = values.pop(_SCHEMA_LOCATION, None)
    if location is not None and (not _LOCATION.fullmatch(location) or "xmlns:xsi" not in values):
        return None
    are_usual = all(_PREFIX.fullmatch(each) and _NAMESPACE_URL.fullmatch(values[each]) for each in values)
    return _KINDS[root[1]] if are_usual else None
