"""Rectangles of a treemap, by the squarified algorithm.

Bruls, Huizing, van Wijk: Squarified Treemaps, 2000. https://doi.org/10.1007/978-3-7091-6783-0_4
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sitemap_cli.model.site_report import UrlGroup

WIDTH = 1000.0
HEIGHT = 440.0
HEAD = 22.0
"""Height of the band with the name of a section."""
GAP = 2.0
SMALLEST = 3.0
LETTER = 7.2
"""Width of a letter of the labels, on average."""


@dataclass(frozen=True, slots=True)
class Box:
    """One rectangle."""

    x: float
    y: float
    width: float
    height: float

    def shrink(self, gap: float, head: float = 0) -> "Box":
        """Return the box without a border, and without a band at its top."""
        width, height = self.width - 2 * gap, self.height - 2 * gap - head
        return Box(self.x + gap, self.y + gap + head, max(0.0, width), max(0.0, height))


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of URLs in its rectangle; the label is empty where it has no room."""

    box: Box
    tone: str
    label: str
    title: str
    is_section: bool


def lay_out(sizes: Sequence[float], box: Box) -> list[Box]:
    """Return a rectangle for each of the sizes, which are sorted from the largest to the smallest."""
    total = sum(sizes)
    if not total or box.width <= 0 or box.height <= 0:
        return [Box(box.x, box.y, 0, 0) for _ in sizes]
    scale = box.width * box.height / total
    areas = [size * scale for size in sizes]
    boxes: list[Box] = []
    start, rest = 0, box
    while start < len(areas):
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], rest) <= _worst(areas[start:end], rest):
            end += 1
        row, rest = _place_row(areas[start:end], rest)
        boxes += row
        start = end
    return boxes


def draw_cells(sections: Sequence[UrlGroup]) -> Iterator[Cell]:
    """Yield the cells of a treemap of sections and of the groups in them, sections first."""
    for section, box in _lay_out_groups(sections, Box(0, 0, WIDTH, HEIGHT)):
        outer = box.shrink(GAP / 2)
        if outer.width < SMALLEST or outer.height < SMALLEST:
            continue
        tone = find_tone(section.urls, section.previous)
        yield _make_cell(section, outer, tone, is_section=True)
        inner = outer.shrink(GAP, HEAD)
        if not section.groups or inner.width < 40 or inner.height < 20:
            continue
        for group, place in _lay_out_groups(section.groups, inner):
            cell = place.shrink(GAP / 2)
            if cell.width >= SMALLEST and cell.height >= SMALLEST:
                yield _make_cell(group, cell, find_tone(group.urls, group.previous, tone), is_section=False)


def find_tone(urls: int, previous: int | None, unknown: str = "plain") -> str:
    """Return the name of the colour for a change against the previous job, or the one for an unknown change.

    A group whose change is not known has the colour of the section that it is in.
    """
    if previous is None:
        return unknown
    if previous == 0:
        return "more2" if urls else "same"
    change = (urls - previous) / previous
    if abs(change) < 0.01:
        return "same"
    strength = 2 if abs(change) >= 0.1 else 1
    return f"{'more' if change > 0 else 'less'}{strength}"


def _lay_out_groups(groups: Sequence[UrlGroup], box: Box) -> Iterator[tuple[UrlGroup, Box]]:
    ordered = sorted((each for each in groups if each.urls > 0), key=lambda each: -each.urls)
    yield from zip(ordered, lay_out([each.urls for each in ordered], box), strict=True)


def _make_cell(group: UrlGroup, box: Box, tone: str, *, is_section: bool) -> Cell:
    room = int((box.width - 12) / LETTER)
    name = group.name
    label = name if len(name) <= room else f"{name[: room - 1]}…" if room >= 5 else ""
    if box.height < 18:
        label = ""
    title = f"{name[:200]}: {group.urls:,} URLs"
    if group.previous is not None and group.previous != group.urls:
        title += f", previously {group.previous:,}"
    return Cell(box, tone, label, title, is_section)


def _worst(areas: Sequence[float], box: Box) -> float:
    """Return the largest ratio of sides in a row along the shorter side of a box."""
    side, total = min(box.width, box.height), sum(areas)
    if side <= 0 or total <= 0 or areas[-1] <= 0:
        return float("inf")
    return max(side**2 * areas[0] / total**2, total**2 / (side**2 * areas[-1]))


def _place_row(areas: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Return boxes side by side along the shorter side, and the box that remains."""
    total, boxes = sum(areas), []
    if box.width >= box.height:
        depth = min(box.width, total / box.height) if box.height else 0
        y = box.y
        for area in areas:
            height = area / depth if depth else 0
            boxes.append(Box(box.x, y, depth, height))
            y += height
        return boxes, Box(box.x + depth, box.y, box.width - depth, box.height)
    depth = min(box.height, total / box.width) if box.width else 0
    x = box.x
    for area in areas:
        width = area / depth if depth else 0
        boxes.append(Box(x, box.y, width, depth))
        x += width
    return boxes, Box(box.x, box.y + depth, box.width, box.height - depth)
