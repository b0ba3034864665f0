"""The fetchers of one process: one for the web, and one for each local folder."""

from typing import TYPE_CHECKING

from sitemap_cli.settings import Settings

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.fetch.http_fetcher import HttpFetcher
    from sitemap_cli.fetch.interface import Fetcher


class Fetchers:
    """Gives each target the fetcher that it needs.

    All web fetchers share connections, DNS results and the rate limit of each host.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._web: HttpFetcher | None = None

    def for_target(self, target: "Target | None" = None, settings: Settings | None = None) -> "Fetcher":
        """Return a fetcher for a target; without one, the web.

        ``settings`` are those of one domain, where they differ from the settings of the process.

        Raises:
            ConfigurationError: an option cannot be used.
        """
        if target is not None and target.folder is not None:
            from sitemap_cli.fetch.folder_fetcher import FolderFetcher

            return FolderFetcher(target.folder, target.urls[0], self._settings)
        if self._web is None:
            from sitemap_cli.fetch.http_fetcher import HttpFetcher

            self._web = HttpFetcher(self._settings)
        return self._web if settings is None else self._web.with_settings(settings)

    async def close(self) -> None:
        """Close the connections to the web; folder fetchers hold none."""
        if self._web is not None:
            await self._web.close()
