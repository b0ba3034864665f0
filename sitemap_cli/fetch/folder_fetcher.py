"""A folder that will be published somewhere, asked as if it were there already."""

from mimetypes import MimeTypes
from pathlib import Path
from typing import IO

from msgspec.structs import asdict, replace
from yarl import URL

from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.interface import Purpose, Request, Response
from sitemap_cli.fetch.request_url import origin_key, parse_request_url
from sitemap_cli.fetch.response_body import BodyLimits, BodyWriter, read_blocks, run_in_steps
from sitemap_cli.redaction import redact_url
from sitemap_cli.settings import Settings

# Not what the machine's own tables say: the same folder gives the same answers everywhere.
TYPES = MimeTypes(())


class FolderFetcher:
    """Serves the addresses below one base out of a folder, or out of a single file; opens no sockets.

    What is elsewhere gets the fault ``outside-base``; what would leave the folder, by ``..`` or by a
    symbolic link, ``outside-folder``.

    Args:
        root: the folder, or the file.
        base_url: where the folder, or the file itself, will be published.
        settings: the limits.

    Raises:
        UnreadableError: there is no such file or folder.
        UsageError: the base is not the address of a web site.
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
        """Read what would be served at an address."""
        shown = redact_url(request.url)
        nothing = Response(url=shown, final_url=shown)
        try:
            place = self._find_file(parse_request_url(request.url), request.purpose)
        except RefusedError as error:
            return replace(nothing, fault=error.fault)
        if place is None:
            return replace(nothing, status_code=404)
        try:
            return await self._read_file(
                nothing, place, BodyLimits.for_purpose(self._settings, request.purpose)
            )
        except OSError as error:
            message = f"{place.name} cannot be read: {error.strerror}"
            return replace(nothing, fault=RefusedError("file-unreadable", message).fault)

    async def close(self) -> None:
        """Nothing is held."""

    async def _read_file(self, nothing: Response, place: Path, limits: BodyLimits) -> Response:
        intake = BodyWriter(limits)
        try:
            with place.open("rb") as file:
                await _copy_file(file, intake)
        except BaseException:
            intake.discard()
            raise
        content = intake.build_result(nothing.final_url)
        return Response(
            url=nothing.url,
            final_url=nothing.final_url,
            status_code=200,
            content_type=_guess_content_type(place),
            **asdict(content),
        )

    def _find_file(self, url: URL, purpose: Purpose) -> Path | None:
        """The file behind an address, if there is one.

        The robots.txt of a host whose root is not ours to publish is as good as missing.
        """
        inside = self._relative_path(url)
        if inside is None and purpose is Purpose.ROBOTS:
            return None
        if inside is None:
            raise RefusedError("outside-base", f"{url} is not part of the local build at {self._base}")
        return self._resolve_file(inside)

    def _relative_path(self, url: URL) -> str | None:
        """The path of an address below the base."""
        base = self._base.path
        if self._single:
            base = base.removesuffix(self._root.name)
        base = base.rstrip("/") + "/"
        path = url.path or "/"
        if origin_key(url) != origin_key(self._base) or not f"{path}/".startswith(base):
            return None
        return path.removeprefix(base).lstrip("/")

    def _resolve_file(self, inside: str) -> Path | None:
        try:
            place = (self._folder / inside).resolve()
            if place.is_dir():
                place = (place / "index.html").resolve()
            found = place.is_file()
        except (OSError, ValueError, RuntimeError):  # a name too long, NUL, links in a circle
            return None
        if not place.is_relative_to(self._folder):
            raise RefusedError("outside-folder", f"{inside} leads out of the folder")
        return place if found and (not self._single or place == self._root) else None


async def _copy_file(file: IO[bytes], intake: BodyWriter) -> None:
    for block in read_blocks(file):
        await run_in_steps(intake.write(block))
        if intake.fault is not None:
            return
    await run_in_steps(intake.finish())


def _guess_content_type(place: Path) -> str | None:
    """What a web server would say; a compressed file is of the type of its compression."""
    kind, compression = TYPES.guess_type(place.name)
    return "application/gzip" if compression == "gzip" else kind
