"""Removal of names and passwords from listed URLs, before they are stored."""

from collections.abc import Iterator
from operator import attrgetter

import msgspec

from sitemap_cli.model.values import Child, Entry, Item, Problem, Severity
from sitemap_cli.redaction import redact_url

_get_loc = attrgetter("loc")


def redact_entries(batch: list[Item]) -> list[Item]:
    """Return the items with redacted URLs, and a problem before each one that was changed."""
    if not _may_have_credentials(batch):
        return batch
    return [redacted for each in batch for redacted in _redact_item(each)]


def _may_have_credentials(batch: list[Item]) -> bool:
    """Return whether any URL contains an ``@``; one search over all of them is fast."""
    try:
        return "@" in "\n".join(map(_get_loc, batch))
    except AttributeError:  # a problem has no loc
        return any(not isinstance(each, Problem) and "@" in each.loc for each in batch)


def _redact_item(item: Item) -> Iterator[Item]:
    if isinstance(item, Entry | Child) and (url := redact_url(item.loc)) != item.loc:
        message = f"the URL contained a name or password, which was removed: {url}"
        yield Problem("loc-credentials", Severity.WARNING, message, item.line)
        yield msgspec.structs.replace(item, loc=url)
    else:
        yield item
