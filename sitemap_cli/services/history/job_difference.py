"""What differs between two jobs that the user chose: in all of the site, or below a path."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import ne

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.url_scope import UrlSection
from sitemap_cli.model.difference import ChangedEntry, ChangePage, split_fields
from sitemap_cli.model.difference_results import DiffCounts, DifferenceSummary, DiffSection
from sitemap_cli.model.site_sections import OTHERS, SectionCounter
from sitemap_cli.model.values import Status
from sitemap_cli.services.history.job_comparison import Step, are_unique, load_changes, prepare_steps
from sitemap_cli.services.history.listed_documents import ListedDocument, list_documents
from sitemap_cli.services.recording.job_sitemaps import JobSitemap, load_job_sitemaps
from sitemap_cli.services.shared.section_counts import count_sections
from sitemap_cli.services.shared.url_keys import UrlKeys, load_locs, make_key
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import Job
from sitemap_cli.urls import canonical_url

_DOCUMENT = models.table_of(models.Document).c
_SECTIONS = select(_DOCUMENT.id, _DOCUMENT.sections).where(_DOCUMENT.id.in_(bind_ids("documents")))


@dataclass(frozen=True, slots=True)
class PreparedComparison:
    """The steps of a comparison, and what is known before the first one.

    ``listed`` is the number of URLs in the newer job that can be in the older one; None if it is not known.
    ``sizes`` are the entries by section in the older and the newer job; None where they are not known.
    """

    steps: Sequence[Step]
    parts: Sequence[UrlSection]
    listed: int | None
    sizes: tuple[Mapping[str, int] | None, Mapping[str, int] | None]
    has_removed: bool = True


async def prepare_comparison(
    session: AsyncSession, old: Job, new: Job, parts: Sequence[UrlSection] = ()
) -> PreparedComparison:
    """Return how to compare two jobs, or those of their URLs that are in all of some parts of the site.

    If a job was read in part, what it does not list may still be there: then no URL counts as removed. Of the
    newer job only sitemaps that the older one read are compared.

    Raises:
        NotFoundError: a document was removed.
    """
    then, now = await load_job_sitemaps(session, old.id), await load_job_sitemaps(session, new.id)
    is_complete = old.status == Status.COMPLETED == new.status
    if old.status != Status.COMPLETED:
        now = _select_read(now, then)
    old_documents, new_documents = list_documents(then), list_documents(now)
    is_unique = is_complete and are_unique(old, new)
    steps = await prepare_steps(session, old_documents, new_documents, is_unique=is_unique)
    listed: int | None = new.unique_urls if new.status == Status.COMPLETED == old.status else None
    if parts and listed is not None:
        listed = await _count_below(session, new_documents, parts, is_unique=is_unique)
    sizes = await count_sections(session, old.id), await count_sections(session, new.id)
    return PreparedComparison(steps, parts, listed, sizes, has_removed=is_complete)


def _select_read(now: Sequence[JobSitemap], then: Sequence[JobSitemap]) -> list[JobSitemap]:
    """Return those sitemaps that an older job read, too."""
    read = {canonical_url(each.url) for each in then if each.document_id is not None}
    return [each for each in now if canonical_url(each.url) in read]


async def load_page(session: AsyncSession, prepared: PreparedComparison, step: Step) -> ChangePage:
    """Return what a step finds. Each step can be loaded once, in their order.

    Raises:
        NotFoundError: a document was removed.
    """
    found = await load_changes(session, step)
    added: Sequence[str] = found.added.locs
    removed: Sequence[str] = found.removed.locs if prepared.has_removed else ()
    changed: Sequence[ChangedEntry] = found.changed
    for part in prepared.parts:
        added = [each for each in added if part.includes(each)]
        removed = [each for each in removed if part.includes(each)]
        changed = [each for each in changed if part.includes(each.loc)]
    return ChangePage(found.old_sitemap, found.new_sitemap, added, removed, changed)


async def _count_below(
    session: AsyncSession,
    documents: Sequence[ListedDocument],
    parts: Sequence[UrlSection],
    *,
    is_unique: bool,
) -> int:
    """Return the number of different URLs of documents that are in all parts."""
    ids, count = {each.id for each in documents}, 0
    if is_unique and len(parts) == 1 and parts[0].origin is None:
        for id_, sections in await session.execute(_SECTIONS, {"documents": sorted(ids)}):
            known = _sum_below(sections, parts[0].scope.path)
            if known is not None:
                ids.discard(id_)
                count += known
    keys = UrlKeys()
    async for page in load_locs(session, ids):
        keys.add_keys(make_key(loc) for loc in page.locs if all(part.includes(loc) for part in parts))
    return count + keys.count()


def _sum_below(sections: Mapping[str, int] | None, path: str) -> int | None:
    """Return the number of entries below a path by the sections of a document; None if they do not tell."""
    if sections is None or any(path.startswith(each) and each != path for each in sections):
        return None
    return sum(count for section, count in sections.items() if section.startswith(path))


@dataclass(slots=True)
class DifferenceCounter:
    """Counts what differs, page by page."""

    prepared: PreparedComparison
    added: int = 0
    removed: int = 0
    changed: int = 0
    fields: Counter[str] = field(default_factory=Counter[str])
    sections: tuple[SectionCounter, SectionCounter, SectionCounter] = field(
        default_factory=lambda: (SectionCounter(), SectionCounter(), SectionCounter())
    )

    def count_page(self, page: ChangePage) -> None:
        """Count the URLs of a page."""
        changed = [each.loc for each in page.changed]
        self.added += len(page.added)
        self.removed += len(page.removed)
        self.changed += len(changed)
        for counter, locs in zip(self.sections, (page.added, page.removed, changed), strict=True):
            if locs:
                counter.add_urls(locs, min(locs), max(locs))
        for name, values in split_fields(page.changed).items() if changed else ():
            if not values.is_same:
                self.fields[name] += sum(map(ne, values.old, values.new))

    def build_summary(self) -> DifferenceSummary:
        """Return the counts of all pages."""
        removed = self.removed if self.prepared.has_removed else None
        listed = self.prepared.listed
        unchanged = None if listed is None else max(0, listed - self.added - self.changed)
        counts = DiffCounts(self.added, removed, self.changed, unchanged)
        return DifferenceSummary(counts, self._list_sections(), dict(self.fields.most_common()))

    def _list_sections(self) -> list[DiffSection]:
        counts = [each.build_counts() for each in self.sections]
        known = [{} if each is None else each for each in self.prepared.sizes]
        names = {name for each in counts for name in each}
        # Of a site with very many sections, only the largest are counted on their own.
        has_others = any(OTHERS in each for each in known)
        kept = {each for each in names if not has_others or any(each in side for side in known)}
        sections = [self._build_section(each, {each}, counts) for each in kept - {OTHERS}]
        rest = (names - kept) | ({OTHERS} & names)
        if rest:
            sections.append(self._build_section(None, rest, counts))
        return sorted(
            sections, key=lambda each: (-(each.added + (each.removed or 0) + each.changed), each.prefix or "")
        )

    def _build_section(
        self, prefix: str | None, names: Collection[str], counts: Sequence[Mapping[str, int]]
    ) -> DiffSection:
        added, removed, changed = (sum(each.get(name, 0) for name in names) for each in counts)
        old, new = (self._find_size(each, prefix) for each in self.prepared.sizes)
        return DiffSection(prefix, old, new, added, removed if self.prepared.has_removed else None, changed)

    def _find_size(self, sizes: Mapping[str, int] | None, prefix: str | None) -> int | None:
        """Return the entries of a section in a job; None if they are not known, or not all of them count."""
        is_whole = all(
            each.origin is None and (prefix or "").startswith(each.scope.path) for each in self.prepared.parts
        )
        return sizes.get(OTHERS if prefix is None else prefix, 0) if sizes is not None and is_whole else None
