"""The sitemaps of a job as a tree."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sitemap_cli.model.results import SitemapResult

MAX_CHILDREN = 60
"""Sitemaps that are shown below one index; the table has all of them."""
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Node:
    """One sitemap, those below it, and the numbers of all that it holds."""

    sitemap: SitemapResult
    children: "list[Node]"
    left_out: int
    urls: int
    failed: int
    below: int


def nest_sitemaps(sitemaps: Sequence[SitemapResult]) -> list[Node]:
    """Return the sitemaps that no other one lists, each with those below it.

    Each sitemap is in the tree once, even if two of them list each other.
    """
    children = defaultdict[str, list[SitemapResult]](list)
    known = {each.url for each in sitemaps}
    roots = []
    for each in sitemaps:
        if each.parent in known and each.parent != each.url:
            children[each.parent or ""].append(each)
        else:
            roots.append(each)
    seen: set[str] = set()
    nodes = [_nest(each, children, seen, 1) for each in roots]
    nodes += [_nest(each, children, seen, 1) for each in sitemaps if each.url not in seen]
    return nodes


def _nest(
    sitemap: SitemapResult, children: dict[str, list[SitemapResult]], seen: set[str], depth: int
) -> Node:
    seen.add(sitemap.url)
    listed = children.get(sitemap.url, ()) if depth < MAX_DEPTH else ()
    below = [_nest(each, children, seen, depth + 1) for each in listed if each.url not in seen]
    # What went wrong is shown even where not everything is.
    shown = sorted(below, key=lambda node: not node.failed) if len(below) > MAX_CHILDREN else below
    return Node(
        sitemap,
        shown[:MAX_CHILDREN],
        max(0, len(below) - MAX_CHILDREN),
        sitemap.urls + sum(each.urls for each in below),
        bool(sitemap.error) + sum(each.failed for each in below),
        len(below) + sum(each.below for each in below),
    )


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield each node, and after it those below it."""
    for each in nodes:
        yield each
        yield from walk(each.children)
