"""Which spellings of a URL are one page: for comparing sitemaps with lists that other programs write."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import product

from sitemap_cli.patterns import translate_stars
from sitemap_cli.urls import are_canonical, canonical_url

_QUERY = re.compile(r"\?[^\n]*")
_HTTP = ("https://", "http://")
SCHEME, WWW, SLASH = "http or https", "with or without www", "with or without a trailing slash"


@cache
def list_tracking_parameters() -> tuple[str, ...]:
    """Return the names of parameters that only say where a visitor came from, with a star for any rest."""
    text = files("sitemap_cli.model").joinpath("tracking_parameters.toml").read_text(encoding="utf-8")
    return tuple(name for each in tomllib.loads(text)["tracker"] for name in each["names"])


def find_host(page: str) -> str:
    """Return the host of a page, as :meth:`UrlSpellings.identify` returned that, without ``www.``."""
    _, mark, rest = page.partition("://")
    return (rest if mark else page).partition("/")[0].partition("?")[0].removeprefix("www.")


@dataclass(frozen=True)
class UrlSpellings:
    """Decides which spellings of URLs are one page.

    Equivalent spellings of RFC 3986 and RFC 3987 are one page always, and fragments do not count. Unless
    ``is_exact``, neither do the scheme, ``www.``, a slash at the end, and parameters for tracking.
    ``ignored`` are names of more parameters without meaning; a star stands for anything.
    """

    is_exact: bool = False
    ignored: tuple[str, ...] = ()

    def clean(self, urls: Sequence[str]) -> list[str]:
        """Return the canonical spelling of each URL, without the parameters that do not count.

        All URLs are one text while they are changed, which takes a fifth of the time of a loop.
        """
        if not are_canonical(urls):
            urls = [canonical_url(each).replace("\n", "%0A") for each in urls]
        if self._parameter is None or not any("?" in each for each in urls):
            return list(urls)
        return self._drop_parameters("\n".join(["", *urls, ""]))[1:-1].split("\n")

    def identify(self, cleaned: Sequence[str]) -> list[str]:
        """Return the same text for all spellings of a page, for each URL that :meth:`clean` returned."""
        if self.is_exact:
            return list(cleaned)
        text = "\n".join(["", *cleaned, ""])
        for each in _HTTP:
            text = text.replace(f"\n{each}", "\n")
        return text.replace("\nwww.", "\n").replace("/?", "?").replace("/\n", "\n")[1:-1].split("\n")

    def _drop_parameters(self, text: str) -> str:
        pattern = self._parameter
        if pattern is None or not pattern.search(text):
            return text

        def drop(query: re.Match[str]) -> str:
            kept = "&".join(each for each in query[0][1:].split("&") if not pattern.match(f"&{each}"))
            return f"?{kept}" if kept else ""

        return _QUERY.sub(drop, text)

    @cached_property
    def _parameter(self) -> re.Pattern[str] | None:
        names = [*(() if self.is_exact else list_tracking_parameters()), *self.ignored]
        if not names:
            return None
        patterns = (translate_stars(each, r"[^=&\n]") for each in names)
        return re.compile(rf"[?&](?:{'|'.join(patterns)})(?=[=&\n]|\Z)", re.IGNORECASE)


def list_variants(url: str) -> Iterator[tuple[str, str]]:
    """Yield each other spelling of a canonical URL that may be the same page, and the difference.

    The difference is the scheme, ``www.`` or the slash at the end, or several of them.
    """
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    path, mark, query = path.partition("?")
    schemes = (scheme, "https" if scheme == "http" else "http")
    hosts = (host, host.removeprefix("www.") if host.startswith("www.") else f"www.{host}")
    paths = (path, path.removesuffix("/") if path.endswith("/") else f"{path}/")
    for at in list(product((0, 1), repeat=3))[1:]:
        if path or not at[2]:
            what = (name for is_on, name in zip(at, (SCHEME, WWW, SLASH), strict=True) if is_on)
            url = f"{schemes[at[0]]}://{hosts[at[1]]}{slash}{paths[at[2]]}{mark}{query}"
            yield url, ", ".join(what)
