"""The versions of a page in other languages that its entry names."""

from collections.abc import Iterator
from typing import Any

from sitemap_cli.audit.entry_batch import Batch

X_DEFAULT = "x-default"
"""The ``hreflang`` of the version for readers of all other languages."""


def list_versions(batch: Batch) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Yield the index of each entry with ``hreflang`` links, and their languages and URLs.

    Links without ``hreflang``, such as those to versions for other devices, are left out.
    """
    links: list[Any]
    for index, links in batch.iter_extensions("alternates"):
        versions = [(each["hreflang"], each.get("href", "")) for each in links if "hreflang" in each]
        if versions:
            yield index, versions
