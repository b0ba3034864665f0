"""The URLs to submit, by host, in a temporary file: no transaction is open while they are sent."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from sitemap_cli.crawl.key_file import KeyFile, locate_key_file, split_host
from sitemap_cli.crawl.url_scope import UrlScope, UrlSection
from sitemap_cli.crawl.url_submission import MAX_URLS
from sitemap_cli.model.values import Status
from sitemap_cli.services.history.changed_urls import prepare_changes
from sitemap_cli.services.history.job_comparison import Changes, join_steps, load_changes
from sitemap_cli.services.reporting import listed_urls
from sitemap_cli.services.reporting.derived_columns import LOC
from sitemap_cli.services.reporting.listed_urls import UrlFilter
from sitemap_cli.services.shared.url_keys import UrlKeys, make_key
from sitemap_cli.spool import CHUNK, Spool, SpooledItems
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job
from sitemap_cli.urls import canonical_url

MAX_LENGTH = 2_048
"""Longest URL that a sitemap may list: https://www.sitemaps.org/protocol.html#locdef"""
FIRST = 10
"""URLs that are shown."""

NOT_A_URL, TOO_LONG = "not an http or https URL", "longer than 2,048 characters"
ANOTHER_HOST, NOT_COVERED = "another host", "not below the folder of the key file"


@dataclass(slots=True)
class HostUrls:
    """The URLs of one host, each once, in the order in which they were added."""

    key_file: KeyFile
    _texts: SpooledItems[str]
    first: list[str] = field(default_factory=list)
    count: int = 0
    _keys: UrlKeys = field(default_factory=UrlKeys)
    _buffer: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """``host[:port]``."""
        return self.key_file.host

    def add(self, url: str) -> None:
        """Add a URL; it may have been added before."""
        if len(self.first) < FIRST and url not in self.first:
            self.first.append(url)
        self._buffer.append(url)
        if len(self._buffer) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write what is in memory to the file."""
        self._keys.add_keys(map(make_key, self._buffer))
        self._texts.extend((each,) for each in self._buffer)
        self._buffer.clear()

    def finish(self) -> None:
        """Count the URLs after the last one was added."""
        self.flush()
        self.count = self._keys.count()

    def split_into_lists(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the URLs in lists for one request each, with the number of URLs before them.

        The lists are the same whenever the same URLs are added in the same order.
        """
        position, urls = 0, list[str]()
        for url in self._list_once():
            urls.append(url)
            if len(urls) == MAX_URLS:
                yield position, urls
                position, urls = position + len(urls), []
        if urls:
            yield position, urls

    def _list_once(self) -> Iterator[str]:
        repeated = self._keys.list_repeated()
        for url in self._texts:
            key = make_key(url)
            if not repeated.has_key(key) or repeated.take_key(key):
                yield url


class SelectedUrls:
    """The URLs to submit.

    Args:
        spool: the temporary file.
        hosts: the hosts whose URLs may be submitted, with ports.
        key: the key; its file is at the root of each host.
        key_file: where it is instead; only the URLs that it covers may be submitted.
    """

    def __init__(self, spool: Spool, hosts: Collection[str], key: str, key_file: KeyFile | None) -> None:
        self.hosts = dict[str, HostUrls]()
        self.skipped = Counter[str]()
        self._spool = spool
        self._allowed = frozenset(hosts) if key_file is None else frozenset({key_file.host})
        self._key = key
        self._key_file = key_file

    @property
    def count(self) -> int:
        """The number of URLs."""
        return sum(each.count for each in self.hosts.values())

    def add_urls(self, locs: Iterable[str]) -> None:
        """Add URLs as sitemaps list them."""
        for loc in locs:
            url = canonical_url(loc)
            host, _ = split_host(url)
            if (reason := self._find_reason(url, host)) is not None:
                self.skipped[reason] += 1
            else:
                self._open_host(host or "", url).add(url)

    def finish(self) -> None:
        """Count the URLs after the last ones were added."""
        for each in self.hosts.values():
            each.finish()

    def _find_reason(self, url: str, host: str | None) -> str | None:
        """Return why a URL cannot be submitted; None if it can."""
        if host is None:
            return NOT_A_URL
        if host not in self._allowed:
            return ANOTHER_HOST
        if len(url) > MAX_LENGTH:
            return TOO_LONG
        return None if self._key_file is None or self._key_file.covers(url) else NOT_COVERED

    def _open_host(self, host: str, url: str) -> HostUrls:
        if host not in self.hosts:
            key_file = self._key_file or locate_key_file(self._key, url)
            self.hosts[host] = HostUrls(key_file, SpooledItems(self._spool, str))
        return self.hosts[host]


@dataclass(frozen=True, slots=True)
class SubmittedChanges:
    """The URLs of a job that are new or changed since another one, below a path if there is one.

    A new lastmod alone is a change if ``trusts_lastmod``.
    """

    job: Job
    base: Job
    scope: str | None = None
    is_only_new: bool = False
    with_removed: bool = False
    trusts_lastmod: bool = True

    def list_locs(self, found: Changes) -> list[str]:
        """Return the URLs of one step of the comparison; nothing is known to be removed by a partial job."""
        locs = [*found.added.locs]
        if not self.is_only_new:
            changed = (each for each in found.changed if self.trusts_lastmod or each.old[1:] != each.new[1:])
            locs += (each.loc for each in changed)
        if self.with_removed and self.job.status == Status.COMPLETED:
            locs += found.removed.locs
        return locs if self.scope is None else [*filter(UrlScope(self.scope).includes, locs)]


async def add_listed_urls(db: Database, job_id: str, scope: str | None, urls: SelectedUrls) -> None:
    """Add all URLs of a job, in the order of its sitemaps; those below a path if there is one."""
    sections = () if scope is None else (UrlSection(UrlScope(scope)),)
    wanted = UrlFilter(sections=sections)
    async with db.reading() as session:
        windows = await listed_urls.list_windows(session, job_id, wanted)
    for window in windows:
        async with db.reading() as session:
            pages = await listed_urls.load_window(session, window, wanted, None, (LOC,))
        for page in pages:
            urls.add_urls(loc for loc in page.columns[LOC].split() if loc)


async def add_changed_urls(db: Database, changes: SubmittedChanges, urls: SelectedUrls) -> None:
    """Add the URLs that are new or changed, and those that were removed if they are wanted."""
    async with db.reading() as session:
        steps, _ = await prepare_changes(session, changes.base, changes.job)
    for some in join_steps(steps):
        async with db.reading() as session:
            found = [await load_changes(session, step) for step in some]
        for each in found:
            urls.add_urls(changes.list_locs(each))
