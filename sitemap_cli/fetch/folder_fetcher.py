"""A fetcher for a local folder that will be published later, as if it were online already."""

from mimetypes import MimeTypes
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from msgspec.structs import asdict, replace
from yarl import URL

from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.interface import Purpose, Request, Response
from sitemap_cli.fetch.request_url import origin_key, parse_request_url
from sitemap_cli.fetch.response_body import BodyLimits, BodyWriter, read_blocks, run_in_steps
from sitemap_cli.redaction import redact_url
from sitemap_cli.settings import Settings

# The tables of the operating system are not used, so that a folder gives the same responses everywhere.
TYPES = MimeTypes(())


class FolderFetcher:
    """A fetcher for the URLs below one base that reads a folder or a single file and opens no sockets.

    Other URLs get the fault ``outside-base``. Paths that would leave the folder, by ``..`` or a symbolic
    link, get ``outside-folder``.

    Args:
        root: the folder or the file.
        base_url: where the folder, or the file itself, will be published.
        settings: the limits.

    Raises:
        UnreadableError: the file or folder does not exist.
        UsageError: the base is not a URL of a web site.
    """

    def __init__(self, root: Path, base_url: str, settings: Settings) -> None:
        self._settings = settings
        self._root = root.resolve()
        if not self._root.exists():
            raise UnreadableError("no such file or folder", where=str(root))
        try:
            self._base = parse_request_url(base_url)
        except RefusedError as error:
            why = error.fault.message
            raise UsageError("unusable base", where=f"--base-url {base_url}", why=why) from error
        self._single = self._root.is_file()
        self._folder = self._root.parent if self._single else self._root

    async def fetch(self, request: Request) -> Response:
        """Read the file that would be served at a URL."""
        redacted = redact_url(request.url)
        empty = Response(url=redacted, final_url=redacted)
        try:
            path = self._find_file(parse_request_url(request.url), request.purpose)
        except RefusedError as error:
            return replace(empty, fault=error.fault)
        if path is None:
            # The robots.txt of another place is not looked for.
            is_elsewhere = self._relative_path(parse_request_url(request.url)) is None
            return replace(empty, status_code=404, attempts=0 if is_elsewhere else 1)
        try:
            return await self._read_file(empty, path, BodyLimits.for_purpose(self._settings, request.purpose))
        except OSError as error:
            message = f"{path.name} cannot be read: {error.strerror}"
            return replace(empty, fault=RefusedError("file-unreadable", message).fault)

    async def close(self) -> None:
        """Do nothing: there is nothing to release."""

    async def _read_file(self, empty: Response, path: Path, limits: BodyLimits) -> Response:
        writer = BodyWriter(limits)
        try:
            with path.open("rb") as file:
                await _copy_file(file, writer)
        except BaseException:
            writer.discard()
            raise
        received = writer.build_result(empty.final_url)
        return Response(
            url=empty.url,
            final_url=empty.final_url,
            status_code=200,
            content_type=_guess_content_type(path),
            **asdict(received),
        )

    def _find_file(self, url: URL, purpose: Purpose) -> Path | None:
        """Return the file behind a URL, if it exists.

        A robots.txt outside of the base is reported as missing: the root of the host is not published here.
        """
        relative = self._relative_path(url)
        if relative is None and purpose is Purpose.ROBOTS:
            return None
        if relative is None:
            message = f"{url} is not part of the local folder for {self._base}"
            raise RefusedError("outside-base", f"{message}{self._suggest_base(url)}")
        return self._resolve_file(relative)

    def _suggest_base(self, url: URL) -> str:
        """Return the base that is meant if only the scheme or ``www.`` differs, as the end of a message."""
        hosts = [(each.host or "").removeprefix("www.") for each in (url, self._base)]
        meant = self._base.with_scheme(url.scheme).with_host(url.host or "")
        if meant == self._base or hosts[0] != hosts[1] or meant.port != url.port:
            return ""
        return f"; the sitemaps say --base-url {meant}"

    def _relative_path(self, url: URL) -> str | None:
        """Return the path of a URL relative to the base, or None if it is elsewhere."""
        base = _decode_path(self._base)
        if self._single:
            base = base.removesuffix(self._root.name)
        base = base.rstrip("/") + "/"
        path = _decode_path(url) or "/"
        if origin_key(url) != origin_key(self._base) or not f"{path}/".startswith(base):
            return None
        return path.removeprefix(base).lstrip("/")

    def _resolve_file(self, relative: str) -> Path | None:
        try:
            path = (self._folder / relative).resolve()
            if path.is_dir():
                path = (path / "index.html").resolve()
            is_file = path.is_file()
        except (OSError, ValueError, RuntimeError):  # name too long, NUL character, circular links
            return None
        if not path.is_relative_to(self._folder):
            raise RefusedError("outside-folder", f"{relative} leads out of the folder")
        return path if is_file and (not self._single or path == self._root) else None


def _decode_path(url: URL) -> str:
    """Return the path of a URL as that of a file; yarl would leave bytes encoded that are not UTF-8."""
    return unquote(url.raw_path, errors="surrogateescape")


async def _copy_file(file: IO[bytes], writer: BodyWriter) -> None:
    for block in read_blocks(file):
        await run_in_steps(writer.write(block))
        if writer.fault is not None:
            return
    await run_in_steps(writer.finish())


def _guess_content_type(path: Path) -> str | None:
    """Return the content type a web server would send; compressed files get the type of their compression."""
    kind, compression = TYPES.guess_type(path.name)
    return "application/gzip" if compression == "gzip" else kind
