"""Draws the sitemaps of a job as a tree."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from rich.text import Text
from rich.tree import Tree

from sitemap_cli.cli.view.numbers import format_count, format_size
from sitemap_cli.output.escaping import escape_text

MAX_SHOWN = 25


def render_tree(sitemaps: Sequence[Mapping[str, Any]], *, most: int | None = None) -> Tree:
    """A tree of sitemaps that stand in hierarchical order, at most ``most`` below each."""
    root = Tree("sitemaps", hide_root=True)
    nodes: dict[str | None, Tree] = {}
    left: dict[int, int] = {}
    for sitemap in sitemaps:
        parent = nodes.get(sitemap["parent"], root)
        if most is not None and len(parent.children) >= most:
            left[id(parent)] = left.get(id(parent), 0) + 1
            continue
        nodes[sitemap["url"]] = parent.add(_label(sitemap))
    for node in (root, *nodes.values()):
        if count := left.get(id(node)):
            node.add(Text(f"and {count:,} more", "dim"))
    return root


def _label(sitemap: Mapping[str, Any]) -> Text:
    url = sitemap["url"] if sitemap["parent"] is None else _short(sitemap["url"], sitemap["parent"])
    label = Text(escape_text(url), overflow="fold")
    label.append(f"  {_contents(sitemap)}", "dim")
    if sitemap["discovered_by"] not in ("index", "user"):
        label.append(f"  by {sitemap['discovered_by']}", "dim")
    if sitemap["error"]:
        label.append(f"  {sitemap['error']}: {escape_text(sitemap['error_message'] or '')}", "red")
    elif sitemap["unchanged"]:
        asked = sitemap["status_code"] is not None
        label.append("  unchanged" if asked else "  unchanged, says its index", "green")
    if sitemap["problems"]:
        label.append(f"  {format_count(sitemap['problems'], 'problem')}", "yellow")
    return label


def _contents(sitemap: Mapping[str, Any]) -> str:
    if sitemap["kind"] is None:
        return f"{sitemap['status_code'] or 'no answer'}"
    index = sitemap["kind"] == "index"
    listed = format_count(sitemap["children"], "sitemap") if index else format_count(sitemap["urls"], "URL")
    return f"{sitemap['kind']}  {listed}  {format_size(sitemap['bytes'])}"


def _short(url: str, parent: str) -> str:
    """The path alone where parent and child are on one host."""
    own, above = urlsplit(url), urlsplit(parent)
    if (own.scheme, own.netloc) != (above.scheme, above.netloc):
        return url
    return own.path + (f"?{own.query}" if own.query else "")
