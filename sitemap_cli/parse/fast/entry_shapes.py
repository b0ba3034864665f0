"""Learns the shapes of entries: which elements of extensions they have, their order and their attributes.

Programs write all entries of a document alike. A shape describes one entry, or several that differ only in
elements that some have and some have not, or have another number of times.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

from sitemap_cli.parse.extension import get_extensions
from sitemap_cli.parse.records import Node

Shape = TypeVar("Shape", "ElementShape", "RunShape")

MAX_VARIANTS = 4
"""Kinds of elements with the same name."""
MAX_CHILDREN = 40
"""Different elements in an element; that many groups have to be matched."""


class ElementShape(NamedTuple):
    """The shape of an element with this canonical name.

    ``attributes`` are names with their value, None where it does not matter. ``has_text`` is False if the
    element has always been blank.
    """

    name: str
    attributes: tuple[tuple[str, str | None], ...] = ()
    children: tuple["ElementShape", ...] = ()
    has_text: bool = False
    is_optional: bool = False
    is_repeated: bool = False


class RunShape(NamedTuple):
    """Elements of an entry with the same name, one after the other, each of one of these shapes."""

    name: str
    variants: tuple[ElementShape, ...]


class EntryShape(NamedTuple):
    """The elements of extensions before and after the fields of the protocol; ``loc`` is always first."""

    before: tuple[RunShape, ...]
    after: tuple[RunShape, ...]
    has_comments: bool = False
    has_sections: bool = False


def describe_entry(
    before: Sequence[Node], after: Sequence[Node], *, has_comments: bool = False, has_sections: bool = False
) -> EntryShape | None:
    """Return the shape of one entry; None if it is too irregular."""
    shape = EntryShape(_describe_runs(before), _describe_runs(after), has_comments, has_sections)
    return shape if _is_regular(shape) else None


def merge_entries(one: EntryShape, other: EntryShape) -> EntryShape | None:
    """Return the shape of entries of both shapes; None if there is no such shape."""
    before = _merge_rows(one.before, other.before, _merge_runs, _keep)
    after = _merge_rows(one.after, other.after, _merge_runs, _keep)
    if before is None or after is None:
        return None
    has_comments = one.has_comments or other.has_comments
    shape = EntryShape(before, after, has_comments, one.has_sections or other.has_sections)
    return shape if _is_regular(shape) else None


def _is_regular(shape: EntryShape) -> bool:
    """Return whether all elements of an extension follow each other, and each has a shape."""
    runs = [*shape.before, *shape.after]
    prefixes = {each.name.partition(":")[0] for each in runs}
    return len(prefixes) == len(runs) and all(each.variants for each in runs)


def _group_by_name(nodes: Sequence[Node]) -> "groupby[str, Node]":
    return groupby(nodes, attrgetter("name"))


def _describe_runs(nodes: Sequence[Node]) -> tuple[RunShape, ...]:
    """Return the shapes of runs; one that is too irregular has no variants."""
    return tuple(_describe_run(name, list(alike)) for name, alike in _group_by_name(nodes))


def _describe_run(name: str, nodes: Sequence[Node]) -> RunShape:
    variants: tuple[ElementShape, ...] = ()
    for node in nodes:
        shape = _describe_element(node)
        merged = None if shape is None else _merge_runs(RunShape(name, variants), RunShape(name, (shape,)))
        if merged is None:
            return RunShape(name, ())
        variants = merged.variants
    return RunShape(name, variants)


def _describe_element(node: Node) -> ElementShape | None:
    decisive = get_extensions()[node.name.partition(":")[0]].decisive_attributes
    pairs = zip(node.attributes[::2], node.attributes[1::2], strict=True)
    attributes = tuple((name, value if name in decisive else None) for name, value in pairs)
    children: list[ElementShape] = []
    for _, nodes in _group_by_name(node.children):
        alike = list(nodes)
        child = _describe_element(alike[0])
        if child is None:
            return None
        if len(alike) > 1:
            if not all(each.text and each.text.strip() and _is_bare(each) for each in alike):
                return None
            child = child._replace(is_repeated=True)
        children.append(child)
    if len({each.name for each in children}) < len(children) or len(children) > MAX_CHILDREN:
        return None
    return ElementShape(node.name, attributes, tuple(children), bool((node.text or "").strip()))


def _is_bare(node: Node) -> bool:
    return not node.attributes and not node.children


def _merge_runs(one: RunShape, other: RunShape) -> RunShape | None:
    variants = list(one.variants)
    for shape in other.variants:
        for at, known in enumerate(variants):
            merged = _merge_elements(known, shape)
            if merged is not None:
                variants[at] = merged
                break
        else:
            variants.append(shape)
    return RunShape(one.name, tuple(variants)) if len(variants) <= MAX_VARIANTS else None


def _merge_elements(one: ElementShape, other: ElementShape) -> ElementShape | None:
    children = _merge_rows(one.children, other.children, _merge_elements, _make_optional)
    has_text = one.has_text or other.has_text
    if one.attributes != other.attributes or children is None or (children and has_text):
        return None
    is_repeated = one.is_repeated or other.is_repeated
    if len(children) > MAX_CHILDREN or (is_repeated and (one.attributes or children)):
        return None
    return ElementShape(
        one.name, one.attributes, children, has_text, one.is_optional or other.is_optional, is_repeated
    )


def _keep(run: RunShape) -> RunShape:
    """Return a run, which may be missing anyway."""
    return run


def _make_optional(shape: ElementShape) -> ElementShape:
    return shape._replace(is_optional=True)


def _merge_rows(
    one: Sequence[Shape],
    other: Sequence[Shape],
    merge: Callable[[Shape, Shape], Shape | None],
    relax: Callable[[Shape], Shape],
) -> tuple[Shape, ...] | None:
    """Return a row that has both rows in it, in their order; None if their orders differ.

    Args:
        one: shapes with different names.
        other: the same.
        merge: merges two shapes with the same name.
        relax: is called for a shape that is only in one row.
    """
    places = {each.name: at for at, each in enumerate(one)}
    row: list[Shape] = []
    done: int = 0
    for shape in other:
        at = places.get(shape.name)
        if at is None:
            row.append(relax(shape))
            continue
        merged = merge(one[at], shape)
        if at < done or merged is None:
            return None
        row.extend(map(relax, one[done:at]))
        row.append(merged)
        done = at + 1
    row.extend(map(relax, one[done:]))
    return tuple(row)
