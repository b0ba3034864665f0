"""The fetchers of one process: one for the web, and one for each local folder."""

from dataclasses import replace
from typing import TYPE_CHECKING

from sitemap_cli.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.fetch.http_fetcher import HttpFetcher
    from sitemap_cli.fetch.interface import Fetcher


class Fetchers:
    """Gives each target the fetcher that it needs.

    All web fetchers share connections, DNS results and the rate limit of each host. Other ``processes`` may
    request the hosts that this one does not own. ``for_many`` says that they are for many sites, of which
    those that do not respond at all must not take long.
    """

    def __init__(self, settings: Settings, processes: int = 1, *, for_many: bool = False) -> None:
        self._settings = settings
        self._for_many = for_many
        self._processes = processes
        self._own_hosts: set[str] = set()
        self._web: HttpFetcher | None = None
        self._logins: dict[str, str] = {}

    def add_logins(self, targets: "Iterable[Target]") -> None:
        """Remember the passwords of targets whose jobs are loaded from the database, which has none."""
        self._logins.update((each.text, each.login) for each in targets if each.login is not None)

    def own_host(self, domain: str) -> None:
        """Remember that no other process requests the host of a domain because of a target."""
        if self._processes > 1:
            from sitemap_cli.urls import find_politeness_host

            self._own_hosts.add(find_politeness_host(domain))

    def _count_processes(self, host: str) -> int:
        if self._processes == 1:
            return 1
        from sitemap_cli.urls import find_politeness_host

        return 1 if find_politeness_host(host) in self._own_hosts else self._processes

    def add_login(self, text: str, login: str | None) -> None:
        """Remember the password of one target, by its text."""
        if login is not None:
            self._logins[text] = login

    def check_options(self, targets: "Iterable[Target] | None" = None) -> None:
        """Check the options that requests need, before anything is recorded.

        Without ``targets``, or if one of them is on the web, all options are checked.

        Raises:
            UsageError: an option cannot be used.
        """
        from sitemap_cli.crawl.url_filter import UrlFilter

        UrlFilter(self._settings)
        if targets is None or not all(each.is_local for each in targets):
            self._open_web(None, None)

    def for_url(self, url: str) -> "Fetcher":
        """Return a fetcher for a URL that the user typed, with the name and password in it.

        Raises:
            ConfigurationError: an option cannot be used.
        """
        from sitemap_cli.crawl.targets import split_login

        return self._open_web(None, split_login(url.strip())[1])

    def find_login(self, target: "Target") -> str | None:
        """Return the name and password of a target, if it was typed or listed with them."""
        return target.login or self._logins.get(target.text)

    def for_target(self, target: "Target | None" = None, settings: Settings | None = None) -> "Fetcher":
        """Return a fetcher for a target; without one, the web.

        ``settings`` are those of one domain, where they differ from the settings of the process. The name and
        password in a target take the place of ``--user``.

        Raises:
            ConfigurationError: an option cannot be used.
        """
        if target is not None and target.folder is not None:
            from sitemap_cli.fetch.folder_fetcher import FolderFetcher

            root, base = target.folder, target.urls[0]
            if target.kind == "robots":  # the sitemaps that it lists are beside it
                root, base = root.parent, base.removesuffix(root.name)
            return FolderFetcher(root, base, self._settings)
        return self._open_web(settings, None if target is None else self.find_login(target))

    async def close(self) -> None:
        """Close the connections to the web; folder fetchers hold none."""
        if self._web is not None:
            await self._web.close()

    def _open_web(self, settings: Settings | None, login: str | None) -> "Fetcher":
        if self._web is None:
            from sitemap_cli.fetch.system_certificates import postpone_loading

            with postpone_loading():
                from sitemap_cli.fetch.http_fetcher import HttpFetcher

            self._web = HttpFetcher(self._settings, self._count_processes, spares_silence=self._for_many)
        if login is not None:
            settings = replace(settings or self._settings, user=login)
        return self._web if settings is None else self._web.with_settings(settings)
