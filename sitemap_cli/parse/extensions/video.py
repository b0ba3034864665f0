"""Videos of a page, each with the fields it has.

A field with attributes is an object of them and its ``text``: ``restriction``, ``platform``,
``player_loc``, ``gallery_loc``, ``uploader``. ``tag``, ``price``, ``content_segment_loc`` and ``id`` are
lists, ``tvshow`` is an object of its own fields.
See https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps and, for fields that
are no longer documented there, https://www.google.com/schemas/sitemap-video/1.1/sitemap-video.xsd
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, build_fields, build_google_namespaces, find_emptiness
from sitemap_cli.parse.records import Node

_REPEATED = frozenset({"tag", "price", "content_segment_loc", "id"})


def _read_nodes(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    return [build_fields(node, _REPEATED) for node in nodes if node.name == "video:video"] or None


EXTENSION = Extension(
    key="videos",
    prefix="video",
    namespace="http://www.google.com/schemas/sitemap-video/1.1",
    namespaces=build_google_namespaces("video"),
    read=_read_nodes,
    find_gap=find_emptiness,
    element="video",
    repeated=_REPEATED,
)
