"""Exit codes of the process, by verdict; those of errors are in :mod:`sitemap_cli.errors`."""

from collections.abc import Sequence

OK, FINDINGS, USAGE, PARTIAL, UNREADABLE, DATABASE, ABSENT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130
# Nothing was read: a name that does not exist, what cannot be read, and a site without a sitemap.
FAILED = frozenset({USAGE, UNREADABLE, ABSENT})

BY_VERDICT = {"ok": OK, "partial": PARTIAL, "absent": ABSENT, "cancelled": INTERRUPTED}


def for_verdict(verdict: str | None) -> int:
    """Return the exit code for one target."""
    return BY_VERDICT.get(verdict or "", UNREADABLE)


def combine(codes: Sequence[int]) -> int:
    """Return the exit code for several targets: 0 if all are 0, 4 if every one failed, else 3."""
    if len(set(codes)) == 1:
        return codes[0]
    return UNREADABLE if FAILED.issuperset(codes) else PARTIAL
