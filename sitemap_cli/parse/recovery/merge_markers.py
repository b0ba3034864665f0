"""Finds the lines that a merge leaves where it could not decide.

See https://git-scm.com/docs/git-merge#_how_conflicts_are_presented
"""

import re

from sitemap_cli.parse.xml.text_repairs import Report

BEGINNING = b"<<<<<<<"

_FIRST = re.compile(rb"<{7}(?:[ \t][^\r\n<]*+)?(?=[\r\n])")
_LATER = re.compile(rb"^(?:={7}|>{7}|\|{7})(?:[ \t][^\r\n]*+)?(?=[\r\n])", re.MULTILINE)


def first(data: bytes, at: int, report: Report) -> int:
    """Where the marker ends that begins a conflict there; -1 if there is none."""
    marker = _FIRST.match(data, at)
    if marker:
        _tell(marker[0], at, report)
    return marker.end() if marker else -1


def without_markers(text: bytes, report: Report, *, starts_line: bool) -> bytes:
    """The text without the markers that follow a first one; each has a line of its own."""

    def skipped(marker: re.Match[bytes]) -> bytes:
        if marker.start() == 0 and not starts_line:
            return marker[0]
        _tell(marker[0], marker.start(), report)
        return b""

    return _LATER.sub(skipped, text)


def _tell(marker: bytes, at: int, report: Report) -> None:
    message = f"a line {marker[:7].decode()} of a merge that was not finished; both sides count"
    report("merge-conflict", message, at)
