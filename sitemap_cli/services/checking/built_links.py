"""Look into the files of a local build for the return links that its sitemaps lack."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.gathered_facts import HreflangFaults, HreflangLink, LinkGroup, LinkTarget
from sitemap_cli.spool import Spool, SpooledItems

if TYPE_CHECKING:
    from sitemap_cli.crawl.build.build_reader import BuildReader

EXAMPLES = 20
CHUNK = 200
"""Links whose pages are read at a time."""
UNCONFIRMED = (LinkTarget.PLAIN, LinkTarget.UNLISTED)
"""Targets that no sitemap lists with versions, so that their return links may be in their HTML."""

Judged = tuple[LinkGroup, HreflangLink]


async def judge_built_links(
    _session: AsyncSession,
    reader: "BuildReader",
    faults: dict[LinkGroup, HreflangFaults],
    spool: Spool | None,
) -> dict[LinkGroup, HreflangFaults]:
    """Return faulty links without those that the HTML of their target returns.

    ``faults`` has every link. A listed page whose file names no version, or others, is ``SILENT``.
    """
    kept = {group: found for group, found in faults.items() if group.target not in UNCONFIRMED}
    collected = dict[LinkGroup, _Links]()
    for group, found in faults.items():
        links = iter(found.examples if group.target in UNCONFIRMED else ())
        while chunk := list(islice(links, CHUNK)):
            judged = await asyncio.to_thread(_judge, reader, group, chunk)
            for each, link in judged:
                collected.setdefault(each, _Links(spool)).add(link)
    return {**kept, **{group: links.build() for group, links in collected.items()}}


def _judge(reader: "BuildReader", group: LinkGroup, links: Sequence[HreflangLink]) -> list[Judged]:
    return list(_iterate_judged(reader, group, links))


def _iterate_judged(
    reader: "BuildReader", group: LinkGroup, links: Sequence[HreflangLink]
) -> Iterator[Judged]:
    """Yield the links that are not returned, each with its group."""
    for link in links:
        is_returned = reader.links_back(link.href, link.loc)
        if is_returned is None or (group.target is LinkTarget.UNLISTED and not is_returned):
            yield group, link
        elif not is_returned:
            yield group._replace(target=LinkTarget.SILENT), link


class _Links:
    """Links of one group: all of them in a spool, or else some examples."""

    def __init__(self, spool: Spool | None) -> None:
        self._count = 0
        self._examples = list[HreflangLink]()
        self._items = None if spool is None else SpooledItems(spool, HreflangLink)

    def add(self, link: HreflangLink) -> None:
        """Add a link."""
        self._count += 1
        self._examples.append(link)
        if self._items is None:
            del self._examples[EXAMPLES:]
        elif len(self._examples) >= CHUNK:
            self._flush()

    def build(self) -> HreflangFaults:
        """Return the number of links, and all or some of them."""
        if self._items is None:
            return HreflangFaults(self._count, tuple(self._examples))
        self._flush()
        return HreflangFaults(self._count, self._items)

    def _flush(self) -> None:
        if self._items is not None:
            self._items.extend(map(astuple, self._examples))
            self._examples.clear()
