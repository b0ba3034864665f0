"""Reads the extensions of an entry and reports what their values cannot hold."""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.extension import (
    Extension,
    get_extensions,
    guess_extension,
    remove_unreadable_urls,
)
from sitemap_cli.parse.records import Node
from sitemap_cli.parse.values.quoting import quote_text


def read_extensions(
    nodes: Sequence[Node], line: int, collector: Collector, is_complete: bool
) -> dict[str, Any] | None:
    """Return the values of an entry's extensions by their key, or None.

    Incomplete elements are left out. ``is_complete`` says that all are known to be complete.
    """
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.name.partition(":")[0], []).append(node)
    values: dict[str, Any] = {}
    for prefix, group in groups.items():
        extension = get_extensions()[prefix]
        _check_elements(extension, group, Position(line), collector)
        value = extension.read(group if is_complete else _drop_incomplete(extension, group, line, collector))
        if value is not None:
            values[extension.key] = value
    return values or None


def are_complete(nodes: Sequence[Node]) -> bool:
    """Return whether every element says what it has to say to be kept."""
    return not any(map(_find_gap, nodes))


def read_faultless(nodes: Sequence[Node]) -> dict[str, Any] | None:
    """Return the values of extensions in which there is nothing to report, or None."""
    collector = Collector()
    values = read_extensions(nodes, 0, collector, is_complete=True) if are_complete(nodes) else None
    return None if collector.problems else values


def drop_unreadable_urls(nodes: Sequence[Node], line: int, collector: Collector) -> Sequence[Node]:
    """Return the elements without URLs in which a character could not be read."""
    kept = remove_unreadable_urls(nodes)
    if kept is not nodes:
        message = "a URL in an extension has a character that cannot be read; it was left out"
        collector.report("loc-invalid", message, Position(line))
        # What is incomplete only by this is not reported once more.
        return [node for node in kept if any(node is each for each in nodes) or not _find_gap(node)]
    return kept


def check_namespace(namespace: str, collector: Collector) -> None:
    """Report the namespace of an extension that is not the right one, though it is clear what it means."""
    extension = guess_extension(namespace)
    if extension is not None and namespace not in (extension.namespace, *extension.other_namespaces):
        what = f"the namespace of {extension.prefix} is {quote_text(namespace)}"
        message = f"{what}; it has to be {extension.namespace}"
        collector.report_once("extension-namespace", namespace, message)


def _check_elements(extension: Extension, nodes: Sequence[Node], at: Position, collector: Collector) -> None:
    right = f"{extension.prefix}:{extension.element}"
    allowed = [node for node in nodes if node.name == right]
    if extension.element and len(allowed) < len(nodes):
        for name in dict.fromkeys(node.name for node in nodes if node.name != right):
            message = f"{name} was left out: only {right} is allowed there"
            collector.report_once("stray-tag", name, message, at)
    if extension.single and len(allowed) > 1:
        message = f"more than one {right} where one is allowed; the first counts"
        loses_content = not all(node.repeats(allowed[0]) for node in allowed)
        collector.report("duplicate-extension", message, at, loses_content=loses_content)
    for node in nodes:
        if any(child.name == node.name for child in node.children):
            collector.report("stray-tag", f"{node.name} inside of another one was left out", at)
    for node in allowed:
        if len({child.name for child in node.children}) < len(node.children):
            _check_repeated_fields(extension, node, at, collector)


def _find_gap(node: Node) -> str:
    prefix, _, local = node.name.partition(":")
    extension = get_extensions()[prefix]
    return extension.find_gap(node) if local == (extension.element or local) else ""


def _drop_incomplete(
    extension: Extension, nodes: Sequence[Node], line: int, collector: Collector
) -> Sequence[Node]:
    """Return the elements without those that say nothing, and report these; ``line`` is that of the entry."""
    for node in nodes:
        for child in node.children:
            _report_lost_urls(child, line, collector)
    gaps = [_find_gap(node) for node in nodes]
    if not any(gaps):
        return nodes
    for node, gap in zip(nodes, gaps, strict=True):
        if not gap:
            continue
        message, at = f"{node.name} {gap}; it was left out", Position(node.line or line)
        if extension.key == "alternates":
            collector.report("alternate-incomplete", message, at)
        elif extension.key == "images":
            collector.report("image-without-loc", message, at)
        else:
            collector.report("extension-empty", message, at)
    return [node for node, gap in zip(nodes, gaps, strict=True) if not gap]


def _report_lost_urls(field: Node, line: int, collector: Collector) -> None:
    """Report each ``loc`` of the protocol in a field of an extension: it may be that of another entry."""
    for child in field.children:
        if child.name == "loc":
            url = quote_text((child.text or "").strip())
            message = f"a loc inside {field.name} was left out with its URL {url}"
            collector.report("stray-tag", message, Position(child.line or line))
        _report_lost_urls(child, line, collector)


def _check_repeated_fields(extension: Extension, node: Node, at: Position, collector: Collector) -> None:
    fields: dict[str, list[Node]] = {}
    for child in node.children:
        fields.setdefault(child.name.rpartition(":")[2], []).append(child)
    for name, nodes in fields.items():
        if len(nodes) > 1 and name not in extension.repeated:
            message = f"more than one {nodes[0].name} where one is allowed; the first counts"
            # An exact repetition loses nothing.
            loses_content = not all(each.repeats(nodes[0]) for each in nodes)
            collector.report("duplicate-tag", message, at, loses_content=loses_content)
