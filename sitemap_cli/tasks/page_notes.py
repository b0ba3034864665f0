"""Notes of a check about the pages that were requested: how many, how they responded, and when."""

import datetime as dt
from typing import TYPE_CHECKING

from sitemap_cli.model.check_results import ProbedPages, RequestedPages
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.services.checking.page_coverage import format_age

if TYPE_CHECKING:
    from sitemap_cli.crawl.build.build_reader import BuildReader


def describe_pages(known: RequestedPages | None, probed: ProbedPages | None) -> list[str]:
    """Return notes about the pages that a check knows.

    Args:
        known: how many pages were requested, by any run.
        probed: how the pages responded that were probed for this check.
    """
    if known is None:
        return [] if probed is None else [_describe_probe(probed, 0)]
    own = known.requested - known.earlier
    notes = [_describe_probe(probed, known.of)] if probed else [_describe_own(known, own)] if own else []
    return [*notes, _describe_earlier(known)] if known.earlier else notes


def count_built_pages(reader: "BuildReader") -> ProbedPages:
    """Return how the pages of a local build would respond."""
    from sitemap_cli.crawl.build.build_reader import FAILED

    failed = reader.counts[FAILED]
    return ProbedPages(reader.count_pages() - failed, failed, 0, {})


def describe_build(reader: "BuildReader", listed: int) -> list[str]:
    """Return notes about the files of a local build that a check read in the place of a probe."""
    from sitemap_cli.crawl.build.build_reader import FAILED, MISSING, OTHER, OUTSIDE, READ, REDIRECTED

    counts = {
        "with a file": reader.counts[READ],
        "without a file": reader.counts[MISSING],
        "redirected by a rule": reader.counts[REDIRECTED],
        "served by a function or another server": reader.counts[OTHER],
        "with a file that cannot be read": reader.counts[FAILED],
    }
    parts = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    pages = _count_pages(reader.count_pages(), listed)
    if not reader.count_pages() and not reader.counts[OUTSIDE]:
        return list(reader.rules.notes)
    notes = [f"read the build instead of requesting pages: {pages}{f', {parts}' if parts else ''}"]
    if outside := reader.counts[OUTSIDE]:
        notes.append(f"{outside:,} listed URL{'' if outside == 1 else 's'} not below {reader.files.base}")
    return [*notes, *reader.rules.notes]


def _describe_probe(probed: ProbedPages, listed: int) -> str:
    count = probed.answered + probed.unanswered + probed.disallowed
    counts = {
        "responded": probed.answered - probed.blocked,
        "rate limited (429) or blocked": probed.blocked,
        "did not respond": probed.unanswered,
        "disallowed by robots.txt": probed.disallowed,
        **{f"not requested ({describe_reason(reason)})": count for reason, count in probed.unasked.items()},
    }
    parts = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"probed {_count_pages(count, listed)}{f': {parts}' if parts else ''}"


def _describe_own(known: RequestedPages, own: int) -> str:
    age = "" if known.newest is None else f", {format_age(dt.datetime.now(dt.UTC) - known.newest)} ago"
    return f"{_count_pages(own, known.of)} requested by sitemap probe{age}"


def _describe_earlier(known: RequestedPages) -> str:
    now = dt.datetime.now(dt.UTC)
    times = [each for each in (known.newest, known.oldest) if each is not None]
    ages = list(dict.fromkeys(format_age(now - each) for each in times))
    pages = _count_pages(known.earlier, known.of)
    return f"used the probes of {pages} by earlier jobs, {' to '.join(ages)} old (--probe-age)"


def _count_pages(count: int, listed: int) -> str:
    """Return a number of pages, and of how many if these are not all."""
    of = f" (of {listed:,})" if count < listed else ""
    return f"{count:,} page{'' if count == 1 else 's'}{of}"
