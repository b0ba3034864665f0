"""The pages of reports under axe, the engine of Lighthouse's accessibility audit."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.browser.conftest import Open

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
RUN = """async (rules) => {
    for (const each of document.querySelectorAll('details')) each.open = true;
    const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
    return found.violations.map(each =>
        [each.impact, each.id, each.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]);
}"""


@pytest.mark.parametrize(
    ("name", "width"), [("large", 1440), ("large", 360), ("small", 1440), ("broken", 768), ("group", 1440)]
)
def test_axe_finds_no_violation_in_light_and_dark(open_report: Open, name: str, width: int) -> None:
    page = open_report(name, width).page
    # The policy of the page allows no other script than its own, but does not bind the debugger.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN, ALL) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(RUN, CONTRAST) == []


def test_axe_finds_what_is_wrong(open_report: Open) -> None:
    page = open_report("small").page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [each[1] for each in page.evaluate(RUN, ALL)] == ["image-alt"]


@pytest.mark.parametrize("name", ["large", "group", "broken"])
def test_headings_are_in_order_and_each_section_has_a_name(open_report: Open, name: str) -> None:
    page = open_report(name).page
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].map(each => Number(each.localName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("main section:not([aria-labelledby])").count() == 0
    assert page.locator("table:not(:has(> caption))").count() == 0
    assert page.locator("th:not([scope])").count() == 0
