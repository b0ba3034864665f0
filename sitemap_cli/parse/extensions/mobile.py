"""The flag of a page for phones: true, or an object of the attributes that name its devices.

See https://support.google.com/webmasters/answer/34648; Baidu's namespace adds the attribute ``type``.
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, build_google_namespaces, build_value
from sitemap_cli.parse.records import Node

_BAIDU = frozenset(
    f"{scheme}://{host}.baidu.com/schemas/sitemap-mobile/1{end}"
    for scheme in ("http", "https")
    for host in ("www", "m")
    for end in ("", "/")
)


def _read_nodes(nodes: Sequence[Node]) -> Any:
    return next((build_value(node) or True for node in nodes if node.name == "mobile:mobile"), None)


EXTENSION = Extension(
    key="mobile",
    prefix="mobile",
    namespace="http://www.google.com/schemas/sitemap-mobile/1.0",
    namespaces=build_google_namespaces("mobile") | _BAIDU,
    read=_read_nodes,
    element="mobile",
    single=True,
    other_namespaces=_BAIDU,
)
