"""Removes the markers of merge conflicts.

See https://git-scm.com/docs/git-merge#_how_conflicts_are_presented
"""

import re

from sitemap_cli.parse.xml.text_repairs import ReportRepair

BEGINNING = b"<<<<<<<"

_FIRST = re.compile(rb"<{7}(?:[ \t][^\r\n<]*+)?(?=[\r\n])")
_LATER = re.compile(rb"^(?:={7}|>{7}|\|{7})(?:[ \t][^\r\n]*+)?(?=[\r\n])", re.MULTILINE)


def skip_first_marker(data: bytes, at: int, report: ReportRepair) -> int:
    """Return where the marker ends that begins a conflict there, or -1."""
    marker = _FIRST.match(data, at)
    if marker:
        _report_marker(marker[0], at, report)
    return marker.end() if marker else -1


def remove_markers(text: bytes, report: ReportRepair, *, starts_line: bool) -> bytes:
    """Return the text without the markers that follow a first one; each has a line of its own."""

    def remove(marker: re.Match[bytes]) -> bytes:
        if marker.start() == 0 and not starts_line:
            return marker[0]
        _report_marker(marker[0], marker.start(), report)
        return b""

    return _LATER.sub(remove, text)


def _report_marker(marker: bytes, at: int, report: ReportRepair) -> None:
    message = f"a merge conflict marker {marker[:7].decode()}; both sides were read"
    report("merge-conflict", message, at)
