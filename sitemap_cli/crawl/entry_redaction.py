"""Keeps names and passwords that stand in listed addresses out of the database."""

from collections.abc import Iterator
from operator import attrgetter

import msgspec

from sitemap_cli.model.values import Child, Entry, Item, Problem, Severity
from sitemap_cli.redaction import redact_url

_loc = attrgetter("loc")


def redact_entries(batch: list[Item]) -> list[Item]:
    """The items with bare addresses, and a problem before each of which the address was not bare."""
    return [bare for each in batch for bare in _bared(each)] if _is_suspect(batch) else batch


def _is_suspect(batch: list[Item]) -> bool:
    """Whether there may be such an address: one look at all of them together, as there hardly ever is."""
    try:
        return "@" in "\n".join(map(_loc, batch))
    except AttributeError:  # a problem has none
        return any(not isinstance(each, Problem) and "@" in each.loc for each in batch)


def _bared(item: Item) -> Iterator[Item]:
    if isinstance(item, Entry | Child) and (bare := redact_url(item.loc)) != item.loc:
        message = f"an address with a name or password, which is not kept: {bare}"
        yield Problem("loc-credentials", Severity.WARNING, message, item.line)
        yield msgspec.structs.replace(item, loc=bare)
    else:
        yield item
