"""The visual language of the terminal: what each style means; no other module names a colour.

The colours are fixed ones of the palette of 256, as the ones that a theme chooses may vanish on white (bold
yellow, bright green) or on black (blue). Each has a contrast of at least 3.75 with both. A terminal with 16
colours gets the closest of these. What a colour says is always also said by a word.
"""

GOOD = "color(28)"
CAUTION = "color(166)"
BAD = "color(196)"
ACCENT = "color(31)"
COLOURS = (GOOD, CAUTION, BAD, ACCENT)

HEADING = "bold"
QUIET = "dim"
PLAIN = "default"

VERDICT_STYLES = {
    **dict.fromkeys(("ok", "completed"), f"bold {GOOD}"),
    **dict.fromkeys(("partial", "empty", "absent", "cancelled", "interrupted"), f"bold {CAUTION}"),
    **dict.fromkeys(("pending", "running"), ACCENT),
}
"""Styles of verdicts and statuses; the others mean that a site could not be read."""

SEVERITY_STYLES = {"error": BAD, "warning": CAUTION, "info": ACCENT}
TRUST_STYLES = {"yes": f"bold {GOOD}", "no": f"bold {BAD}", "unknown": f"bold {CAUTION}"}
LABEL_STYLES = {"error": f"bold {BAD}", "warning": f"bold {CAUTION}", "hint": f"bold {ACCENT}"}
"""Styles of the word with which a line on stderr begins."""


def find_verdict_style(verdict: str) -> str:
    """Return the style of a verdict, or of a status."""
    return VERDICT_STYLES.get(verdict, f"bold {BAD}")
