"""The documents of a job that list URLs, with what is known of these without reading them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.recording.job_sitemaps import JobSitemap
from sitemap_cli.services.shared import url_keys
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.urls import canonical_url

_DOCUMENT = models.table_of(models.Document).c
_KNOWN = select(
    *(_DOCUMENT[name] for name in ("id", "urls", "unique_urls", "first_loc", "last_loc", "codes"))
).where(_DOCUMENT.id.in_(bind_ids("documents")))


class ListedDocument(NamedTuple):
    """A document that lists URLs, and the sitemap with it.

    ``first`` and ``last`` are the first and the last URL in alphabetical order; None if they are not known,
    or if URLs of the document may be spelled in another way than the canonical one.
    """

    id: int
    sitemap: str
    urls: int
    unique_urls: int | None
    first: str | None
    last: str | None
    is_respelled: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Documents of two jobs that can have URLs in common, and only with one another.

    ``common`` are those that both jobs have.
    """

    old: Sequence[ListedDocument]
    new: Sequence[ListedDocument]
    common: Sequence[ListedDocument]

    @property
    def is_respelled(self) -> bool:
        """Whether URLs have to be brought into their canonical spelling to be compared."""
        return any(each.is_respelled for each in (*self.old, *self.new))

    @property
    def is_pair(self) -> bool:
        """Whether it is one document that replaced another one, or is only in one of the jobs."""
        return len(self.old) <= 1 and len(self.new) <= 1 and not self.common


def list_documents(sitemaps: Iterable[JobSitemap]) -> list[ListedDocument]:
    """Return the documents of a job that list URLs, each once, in the order of the sitemaps."""
    found = dict[int, ListedDocument]()
    for row in sitemaps:
        if row.document_id is None or not row.urls or row.document_id in found:
            continue
        found[row.document_id] = _build_document(row.document_id, row.url, row)
    return list(found.values())


async def load_documents(session: AsyncSession, sitemaps: Mapping[int, str]) -> list[ListedDocument]:
    """Return those of some documents that list URLs; ``sitemaps`` are the URLs of their sitemaps by id."""
    if not sitemaps:
        return []
    rows = {row.id: row for row in await session.execute(_KNOWN, {"documents": list(sitemaps)})}
    return [
        _build_document(id_, sitemap, rows[id_])
        for id_, sitemap in sitemaps.items()
        if id_ in rows and rows[id_].urls
    ]


def _build_document(id_: int, sitemap: str, row: Any) -> ListedDocument:
    is_respelled = url_keys.is_respelled(row.codes)
    first, last = (None, None) if is_respelled else (row.first_loc, row.last_loc)
    return ListedDocument(id_, sitemap, row.urls, row.unique_urls, first, last, is_respelled)


def group_documents(
    old: Sequence[ListedDocument], new: Sequence[ListedDocument], common: Sequence[ListedDocument]
) -> list[Group]:
    """Return groups of the documents of two jobs, without those in which nothing can differ.

    Two documents cannot have a URL in common if the URLs of one are all before those of the other.

    Args:
        old: documents that only the older job has.
        new: documents that only the newer job has.
        common: documents of both that can list a URL once more.
    """
    sides = [*((each, 0) for each in old), *((each, 1) for each in new), *((each, 2) for each in common)]
    if any(each.first is None or each.last is None for each, _ in sides):
        numbers = [0] * len(sides)
    else:
        sides.sort(key=lambda each: (each[0].first or "", each[0].last or "", each[0].id))
        numbers, number, furthest = [], 0, ""
        for document, _ in sides:
            number += bool(furthest) and (document.first or "") > furthest
            furthest = max(furthest, document.last or "")
            numbers.append(number)
    groups = list[Group]()
    for _, members in groupby(zip(numbers, sides, strict=True), key=lambda each: each[0]):
        parts = list[ListedDocument](), list[ListedDocument](), list[ListedDocument]()
        for _, (document, side) in members:
            parts[side].append(document)
        if parts[0] or parts[1]:
            groups.append(Group(*parts))
    return groups


def merge_small_groups(groups: Iterable[Group], size: int) -> Iterator[Group]:
    """Yield groups, those that are no pairs united up to some entries: each takes several statements."""
    some, room = list[Group](), size
    for group in groups:
        if group.is_pair:
            yield group
            continue
        entries = sum(each.urls for each in chain(group.old, group.new, group.common))
        if some and entries > room:
            yield _unite_groups(some)
            some, room = [], size
        some.append(group)
        room -= entries
    if some:
        yield _unite_groups(some)


def _unite_groups(groups: Sequence[Group]) -> Group:
    sides = ([each.old for each in groups], [each.new for each in groups], [each.common for each in groups])
    return Group(*([*chain.from_iterable(side)] for side in sides))


def pair_documents(
    old: Iterable[ListedDocument], new: Iterable[ListedDocument]
) -> list[tuple[ListedDocument | None, ListedDocument | None]]:
    """Return the documents of the same sitemap, and those whose sitemap is only in one of the jobs.

    They are in the order of the new ones; those that are only in the older job come last.
    """
    rest = {canonical_url(each.sitemap): each for each in old}
    # Two documents of one sitemap: it was fetched by two URLs that count as one.
    others = [each for each in old if rest[canonical_url(each.sitemap)] is not each]
    pairs = [(rest.pop(canonical_url(each.sitemap), None), each) for each in new]
    return [*pairs, *((each, None) for each in (*rest.values(), *others))]


def list_pairs(pairs: Iterable[tuple[ListedDocument | None, ListedDocument | None]]) -> list[ListedDocument]:
    """Return the documents of pairs, in the order in which these are compared."""
    return [each for pair in pairs for each in pair if each is not None]
