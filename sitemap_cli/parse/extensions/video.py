"""Videos of a page, each with the fields it has.

A field with attributes is an object of them and its ``text``: ``restriction``, ``platform``,
``player_loc``, ``gallery_loc``, ``uploader``. ``tag``, ``price``, ``content_segment_loc`` and ``id`` are
lists, ``tvshow`` is an object of its own fields.
See https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps and, for what is
no longer there, https://www.google.com/schemas/sitemap-video/1.1/sitemap-video.xsd
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, plain, variants
from sitemap_cli.parse.records import Node

_REPEATED = frozenset({"tag", "price", "content_segment_loc", "id"})


def _read(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    return [plain(node, _REPEATED) for node in nodes if node.name == "video:video"] or None


EXTENSION = Extension(
    key="videos",
    prefix="video",
    namespace="http://www.google.com/schemas/sitemap-video/1.1",
    namespaces=variants("video"),
    read=_read,
    element="video",
    repeated=_REPEATED,
)
