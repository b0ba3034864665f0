"""Options that choose URLs of recorded jobs, and the filter that they make."""

import difflib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.options import split_commas
from sitemap_cli.errors import UsageError
from sitemap_cli.model.url_columns import CHOOSABLE_FIELDS, EXTENSION_KEYS

if TYPE_CHECKING:
    from sitemap_cli.crawl.url_scope import UrlSection
    from sitemap_cli.services.reporting.listed_urls import UrlFilter

Match = Annotated[str | None, typer.Option(metavar="REGEX", help="Only URLs that match.")]

Exclude = Annotated[str | None, typer.Option(metavar="REGEX", help="Skip URLs that match.")]

Since = Annotated[
    str | None,
    typer.Option(
        metavar="DATE|7d", help="Only URLs with a lastmod since a W3C date, an age, yesterday or today."
    ),
]

OfSitemap = Annotated[str | None, typer.Option(metavar="REGEX", help="Only URLs of sitemaps that match.")]

Section = Annotated[
    str | None,
    typer.Option(metavar="PREFIX", help="Only URLs at or below a path, such as /blog, or a URL with a path."),
]

Has = Annotated[
    list[str] | None,
    typer.Option(
        metavar="|".join(EXTENSION_KEYS),
        callback=split_commas,
        help="Only URLs with this extension; repeated or with commas, with all of them.",
    ),
]

Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME,NAME",
        callback=split_commas,
        help=f"Columns to write, in this order: {', '.join(CHOOSABLE_FIELDS)}. "
        "images and other extensions are numbers, but lists in JSON Lines.",
    ),
]

AllDomains = Annotated[
    bool,
    typer.Option(
        "--all-domains", help="URLs of all domains, with the domain first; --tag takes some of them."
    ),
]

Most = Annotated[int | None, typer.Option(min=0, metavar="N", help="Show at most N.")]


def parse_url_filter(
    *,
    match: str | None,
    exclude: str | None,
    since: str | None,
    sitemap: str | None,
    section: str | None,
    has: Sequence[str] | None,
    limit: int | None,
) -> "UrlFilter":
    """Return the filter that the options of these names make.

    Raises:
        UsageError: one of them is invalid.
    """
    from sitemap_cli.cli.framework.dates import parse_date
    from sitemap_cli.services.reporting.listed_urls import UrlFilter

    return UrlFilter(
        match=_compile_pattern("--match", match),
        exclude=_compile_pattern("--exclude", exclude),
        sitemap=_compile_pattern("--sitemap", sitemap),
        since=parse_date("--since", since) if since is not None else None,
        limit=limit,
        sections=() if section is None else (parse_section_option(section),),
        extensions=frozenset(map(_parse_extension, has or ())),
    )


def _parse_extension(name: str) -> str:
    """Return the key of an extension, of which both names are known: ``image`` and ``images``.

    Raises:
        UsageError: there is no such extension.
    """
    keys = {**EXTENSION_KEYS, **{key: key for key in EXTENSION_KEYS.values()}}
    if name not in keys:
        close = difflib.get_close_matches(name.lower(), EXTENSION_KEYS, 1, 0.6)
        hint = f"did you mean {close[0]}?" if close else None
        raise UsageError(
            "unknown extension",
            where=f"--has {name}",
            why=f"valid values: {', '.join(EXTENSION_KEYS)}",
            hint=hint,
        )
    return keys[name]


def parse_section_option(text: str) -> "UrlSection":
    """Parse the value of --section.

    Raises:
        UsageError: it is neither a path nor a URL.
    """
    from sitemap_cli.crawl.url_scope import parse_section

    section = parse_section(text)
    if section is None:
        hint = "--section /blog, or --section https://example.com/blog"
        raise UsageError("not a path", where=f"--section {text}", hint=hint)
    return section


def _compile_pattern(option: str, text: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text is not None else None
    except re.error as error:
        raise UsageError("not a regular expression", where=f"{option} {text}", why=str(error)) from error
