"""Decide which of several sites a document belongs to: a site may read the sitemaps of another one, too."""

from collections.abc import Mapping, Sequence

import msgspec

from sitemap_cli.urls import textual_host

HOMES = {
    "sqlite": "SELECT CAST(key AS INTEGER) AS document, value AS site FROM json_each(:homes)",
    "postgresql": (
        "SELECT CAST(key AS bigint) AS document, CAST(value AS integer) AS site"
        " FROM jsonb_each_text(CAST(:homes AS jsonb))"
    ),
}
"""The number of the site of each document, as SQL by dialect; ``:homes`` is of :func:`encode_homes`."""


def assign_documents(sites: Sequence[tuple[str | None, Mapping[int, str]]]) -> dict[int, int]:
    """Return the number of the site that each document belongs to.

    A site is given by its host, and the URL of the first sitemap with each document. A document belongs to
    the site of the host that delivers it, else to the first site that has it.
    """
    numbered = [*enumerate(sites)]
    homes = {document: number for number, (_, urls) in reversed(numbered) for document in urls}
    if len(sites) > 1:
        for number, (host, urls) in reversed(numbered):
            homes |= {document: number for document, url in urls.items() if textual_host(url) == host}
    return homes


def encode_homes(homes: Mapping[int, int]) -> str:
    """Return the numbers of the sites of documents as JSON."""
    return msgspec.json.encode({str(document): site for document, site in homes.items()}).decode()
