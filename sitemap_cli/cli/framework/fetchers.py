"""The fetchers of one process: one for the web, shared by all that it does, and one for each local folder."""

from typing import TYPE_CHECKING

from sitemap_cli.settings import Settings

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.fetch.http_fetcher import HttpFetcher
    from sitemap_cli.fetch.interface import Fetcher


class Fetchers:
    """Gives each target the fetcher that it needs.

    Whatever asks the web shares the connections, the names that were looked up, and the pace of each host.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._web: HttpFetcher | None = None

    def of(self, target: "Target | None" = None, settings: Settings | None = None) -> "Fetcher":
        """The web, asked with settings of a domain's own, or the folder that the target is.

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
        """Release connections; a folder holds nothing."""
        if self._web is not None:
            await self._web.close()
