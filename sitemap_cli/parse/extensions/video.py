"""Videos of a page.

See https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, plain
from sitemap_cli.parse.records import Node

_REPEATED = frozenset({"tag", "price", "content_segment_loc"})


def _read(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    return [plain(node, _REPEATED) for node in nodes if node.name == "video:video"] or None


EXTENSION = Extension(
    key="videos",
    prefix="video",
    namespaces=frozenset(
        f"{scheme}://www.google.com/schemas/sitemap-video/{version}"
        for scheme in ("http", "https")
        for version in ("1.1", "1.0")
    ),
    read=_read,
)
