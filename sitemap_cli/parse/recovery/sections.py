"""Rewrites comments, CDATA sections, processing instructions and declarations of broken XML."""

import re

from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.recovery.repair_log import RepairLog
from sitemap_cli.parse.xml import text_repairs

OPENING = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<instruction>\?)|(?P<declaration>![A-Za-z]))"
)
CLOSING = {"comment": b"-->", "cdata": b"]]>", "instruction": b"?>", "declaration": b">"}
LONGEST_OPENING = len("<![CDATA[")

_NOT_LINE_ENDS = bytes(set(range(256)) - set(b"\r\n"))


def keep_line_ends(skipped: bytes) -> bytes:
    """Return the line ends of something that is skipped, so that line numbers stay true."""
    return skipped.translate(None, _NOT_LINE_ENDS)


def rewrite_section(kind: str, content: bytes, at: int, collector: Collector, log: RepairLog) -> list[bytes]:
    """Return what to write for a section inside the root; its content begins at ``at``."""
    if kind == "cdata":
        return [b"<![CDATA[", text_repairs.replace_controls(content, log.report_from(at)), b"]]>"]
    if kind == "comment":
        _check_comment(content, at, collector, log)
    elif kind == "declaration":
        _check_declaration(content, at, log)
    elif content.startswith(b"xml "):
        log.report("misplaced-markup", "an XML declaration that is not at the beginning", at)
    return [keep_line_ends(content)]


def check_outer_section(kind: str, content: bytes, at: int, collector: Collector, log: RepairLog) -> None:
    """Inspect a section after the end of the root, where nothing is written."""
    if kind == "comment":
        collector.inspect_comment(content.decode("utf-8", "replace"))
    if kind == "declaration" or (kind == "comment" and b"--" in content):
        log.report_junk(at - len(b"<!--" if kind == "comment" else b"<!d"))


def _check_comment(content: bytes, at: int, collector: Collector, log: RepairLog) -> None:
    text_repairs.report_first_control(content, log.report_from(at))
    collector.inspect_comment(content.decode("utf-8", "replace"))
    if b"--" not in content:
        return
    if b"</" in content:
        message = "a comment contains two hyphens; the elements in it were not read"
        log.report("comment-with-markup", message, at)
    else:
        log.report("misplaced-markup", "a comment contains two hyphens", at)


def _check_declaration(content: bytes, at: int, log: RepairLog) -> None:
    at -= len(b"<!d")
    if b"[" in content:
        log.stop("dtd-forbidden", "a DOCTYPE with declarations of its own, which can be an attack", at)
    else:
        log.report("misplaced-markup", "a declaration that is not allowed here", at)
