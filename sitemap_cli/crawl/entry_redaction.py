"""Removal of names and passwords from listed URLs, before they are stored."""

from collections.abc import Iterator

import msgspec

from sitemap_cli.model.item_batch import ItemBatch
from sitemap_cli.model.values import Entry, Item, Problem, Severity
from sitemap_cli.redaction import redact_url


def redact_entries(batch: ItemBatch, before: int = 0) -> ItemBatch:
    """Return the items with redacted URLs, and a problem before each one that was changed.

    ``before`` is the number of entries of the document before this batch.
    """
    if not _may_have_credentials(batch):
        return batch
    redacted = ItemBatch()
    for each in batch:
        for item in _redact_item(each, before + len(redacted.entries) + 1):
            if isinstance(item, Entry):
                redacted.entries.add(item)
            else:
                redacted.add_other(item)
    return redacted


def _may_have_credentials(batch: ItemBatch) -> bool:
    """Return whether any URL contains an ``@``; one search over all of them is fast."""
    return "@" in "\n".join(batch.entries.locs) or any("@" in each.loc for each in batch.children)


def _redact_item(item: Item, number: int) -> Iterator[Item]:
    if not isinstance(item, Problem) and (url := redact_url(item.loc)) != item.loc:
        message = f"the URL contained a name or password, which was removed: {url}"
        entry = number if isinstance(item, Entry) else None
        yield Problem("loc-credentials", Severity.WARNING, message, item.line, entry=entry)
        yield msgspec.structs.replace(item, loc=url)
    else:
        yield item
