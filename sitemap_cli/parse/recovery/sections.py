"""What is written of the comments, CDATA sections, instructions and declarations of broken XML."""

import re

from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.recovery.repair_log import Repairs
from sitemap_cli.parse.xml import text_repairs

OPENING = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<instruction>\?)|(?P<declaration>![A-Za-z]))"
)
CLOSING = {"comment": b"-->", "cdata": b"]]>", "instruction": b"?>", "declaration": b">"}
LONGEST_OPENING = len("<![CDATA[")

_NOT_LINE_ENDS = bytes(set(range(256)) - set(b"\r\n"))


def line_ends(skipped: bytes) -> bytes:
    """What is left of something that is skipped, so that lines stay true."""
    return skipped.translate(None, _NOT_LINE_ENDS)


def within(kind: str, content: bytes, at: int, harvest: Harvest, repairs: Repairs) -> list[bytes]:
    """What is written of a section inside of the root; ``at`` is where its content begins."""
    if kind == "cdata":
        return [b"<![CDATA[", text_repairs.without_controls(content, repairs.within(at)), b"]]>"]
    if kind == "comment":
        _comment(content, at, harvest, repairs)
    elif kind == "declaration":
        _declaration(content, at, repairs)
    elif content.startswith(b"xml "):
        repairs.tell("misplaced-markup", "an XML declaration that has no place here", at)
    return [line_ends(content)]


def without(kind: str, content: bytes, at: int, harvest: Harvest, repairs: Repairs) -> None:
    """Look at a section before the root or after it; nothing is written of it."""
    if kind == "comment":
        harvest.hint(content.decode("utf-8", "replace"))
    if kind == "declaration" or (kind == "comment" and b"--" in content):
        repairs.junk(at - len(b"<!--" if kind == "comment" else b"<!d"))


def _comment(content: bytes, at: int, harvest: Harvest, repairs: Repairs) -> None:
    text_repairs.first_control(content, repairs.within(at))
    harvest.hint(content.decode("utf-8", "replace"))
    if b"--" not in content:
        return
    if b"</" in content:
        message = "a comment with two hyphens in it; the elements in it were not read"
        repairs.tell("comment-with-markup", message, at)
    else:
        repairs.tell("misplaced-markup", "a comment with two hyphens in it", at)


def _declaration(content: bytes, at: int, repairs: Repairs) -> None:
    if b"[" in content:
        message = "a DOCTYPE with declarations of its own, which can be an attack"
        repairs.end("dtd-forbidden", message, at - len(b"<!d"))
    else:
        repairs.tell("misplaced-markup", "a declaration that has no place here", at - len(b"<!d"))
