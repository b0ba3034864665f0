"""One thing that a rule found."""

from collections.abc import Iterable

import msgspec

from sitemap_cli.model import Severity


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One place where a rule is broken, or ``count`` of them of which this is the first.

    ``index`` is the place of the entry in the batch, from 0: its ``loc`` and ``line`` are found out by
    whoever shows it. ``severity`` and ``sitemap`` are there where they are not those of the rule and of
    the sitemap in hand.
    """

    message: str
    loc: str | None = None
    line: int | None = None
    column: int | None = None
    count: int = 1
    severity: Severity | None = None
    sitemap: str | None = None
    index: int | None = None


Hits = Iterable[Hit]
