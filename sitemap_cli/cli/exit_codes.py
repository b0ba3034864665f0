"""What the process says to the shell about a verdict."""

from collections.abc import Sequence

OK, PARTIAL, UNREADABLE, ABSENT, INTERRUPTED = 0, 3, 4, 6, 130

BY_VERDICT = {"ok": OK, "partial": PARTIAL, "absent": ABSENT, "cancelled": INTERRUPTED}


def of(verdict: str | None) -> int:
    """The exit code for one target."""
    return BY_VERDICT.get(verdict or "", UNREADABLE)


def together(codes: Sequence[int]) -> int:
    """The exit code for several targets: 0 when all are, 4 when every one failed, else 3."""
    if len(set(codes)) == 1:
        return codes[0]
    return UNREADABLE if set(codes) <= {UNREADABLE, ABSENT} else PARTIAL
