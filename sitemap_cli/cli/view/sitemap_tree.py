"""The sitemaps of a job as a tree."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from rich.text import Text
from rich.tree import Tree

from sitemap_cli.cli.view.numbers import format_count, format_size
from sitemap_cli.model.results import SitemapResult
from sitemap_cli.output.escaping import escape_text

MAX_SHOWN = 25
"""Most sitemaps below each index in a summary."""


def render_tree(sitemaps: Sequence[SitemapResult], *, most: int | None = None) -> Tree:
    """Return a tree of sitemaps that come in hierarchical order, at most ``most`` below each."""
    root = Tree("sitemaps", hide_root=True)
    nodes: dict[str | None, Tree] = {}
    left: dict[int, int] = {}
    for sitemap in sitemaps:
        parent = nodes.get(sitemap.parent, root)
        if most is not None and len(parent.children) >= most:
            left[id(parent)] = left.get(id(parent), 0) + 1
            continue
        nodes[sitemap.url] = parent.add(_render_label(sitemap))
    for node in (root, *nodes.values()):
        if count := left.get(id(node)):
            node.add(Text(f"and {count:,} more", "dim"))
    return root


def _render_label(sitemap: SitemapResult) -> Text:
    url = sitemap.url if sitemap.parent is None else _shorten_url(sitemap.url, sitemap.parent)
    label = Text(escape_text(url), overflow="fold")
    label.append(f"  {_describe_contents(sitemap)}", "dim")
    if sitemap.discovered_by not in ("index", "user"):
        label.append(f"  by {sitemap.discovered_by}", "dim")
    if sitemap.error:
        label.append(f"  {sitemap.error}: {escape_text(sitemap.error_message or '')}", "red")
    elif sitemap.unchanged:
        is_requested = sitemap.status_code is not None
        label.append("  unchanged" if is_requested else "  unchanged according to its index", "green")
    if sitemap.problems:
        label.append(f"  {format_count(sitemap.problems, 'problem')}", "yellow")
    if sitemap.strict:
        strict = sitemap.strict
        label.append(f"  strict parser: {strict.read:,} of {strict.total:,}", "yellow")
    return label


def _describe_contents(sitemap: SitemapResult) -> str:
    if sitemap.kind is None:
        return f"{sitemap.status_code or 'no response'}"
    is_index = sitemap.kind == "index"
    listed = format_count(sitemap.children, "sitemap") if is_index else format_count(sitemap.urls, "URL")
    return f"{sitemap.kind}  {listed}  {format_size(sitemap.bytes)}"


def _shorten_url(url: str, parent: str) -> str:
    """Return the path and query alone where parent and child are on the same host."""
    child_parts, parent_parts = urlsplit(url), urlsplit(parent)
    if (child_parts.scheme, child_parts.netloc) != (parent_parts.scheme, parent_parts.netloc):
        return url
    return child_parts.path + (f"?{child_parts.query}" if child_parts.query else "")
