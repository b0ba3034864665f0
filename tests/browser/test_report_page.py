"""The page of a report in a browser: it works, alone, at every size, in both themes, and on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

SIZES = (360, 768, 1440)
SCHEMES = ("light", "dark")
PATH = "#treemap-path"


def picture(page: Page, section: str = "All URLs") -> str:
    """The picture of the treemap, once it shows a section."""
    expect(page.locator("#treemap")).to_have_attribute("data-drawn", section)
    return page.evaluate("document.querySelector('#treemap canvas').toDataURL()")


def cells(page: Page, table: str, column: int) -> list[str]:
    """The texts of the cells of a column, in the rows that are shown."""
    return [
        text.strip() for text in page.locator(f"#{table} tbody tr > :nth-child({column})").all_text_contents()
    ]


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", ["large", "small", "broken", "group"])
def test_a_page_opens_without_an_error_and_requests_nothing(open_report: Open, name: str, width: int) -> None:
    opened = open_report(name, width)
    for scheme in SCHEMES:
        opened.page.emulate_media(color_scheme=scheme)
        opened.page.reload()
        expect(opened.page.locator("h1")).to_be_visible()
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    assert opened.faults == []


@pytest.mark.parametrize("name", ["large", "group", "hostile", "hostile group"])
def test_a_narrow_window_scrolls_tables_and_not_the_page(open_report: Open, name: str) -> None:
    page = open_report(name, 320).page
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    regions = page.locator(".scroll")
    assert regions.count() == page.locator(".scroll[tabindex='0'][role='region'][aria-label]").count() > 0


def test_the_treemap_zooms_by_mouse(open_report: Open) -> None:
    page = open_report("large", calm=False).page
    chart = page.locator("#treemap")
    expect(chart.locator("canvas")).to_be_visible()
    expect(page.locator("#treemap-out")).to_be_disabled()
    chart.click(position={"x": 30, "y": 10})
    expect(page.locator(f"{PATH} [aria-current]")).to_have_text("/products/")
    expect(page.locator("#treemap-now")).to_have_text("The chart shows /products/: 520,000 URLs")
    page.locator("#treemap-out").click()
    expect(page.locator(f"{PATH} [aria-current]")).to_have_text("All URLs")


def test_the_treemap_draws_another_picture_for_each_section(open_report: Open) -> None:
    page = open_report("large").page
    whole = picture(page)
    page.get_by_role("button", name="/products/ 520,000").click()
    assert picture(page, "/products/") != whole
    page.locator("#treemap-out").click()
    assert picture(page) == whole


def test_the_treemap_zooms_by_keyboard(open_report: Open) -> None:
    page = open_report("large").page
    into = page.locator("#treemap-in")
    into.get_by_role("button", name="/products/ 520,000").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#treemap-out")).to_be_focused()
    into.get_by_role("button", name="/products/{number} 310,000").focus()
    page.keyboard.press("Space")
    expect(page.locator(f"{PATH} li")).to_have_text(["All URLs", "/products/", "/products/{number}"])
    page.locator(f"{PATH} button").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{PATH} li")).to_have_text(["All URLs", "/products/"])
    page.keyboard.press("Escape")
    expect(page.locator(f"{PATH} li")).to_have_text(["All URLs"])
    assert page.evaluate("document.activeElement.localName") == "button"


def test_pointing_at_a_section_shows_its_numbers(open_report: Open) -> None:
    page = open_report("large").page
    page.locator("#treemap").hover(position={"x": 30, "y": 10})
    tip = page.locator("#treemap-tip")
    expect(tip).to_contain_text("/products/")
    expect(tip).to_contain_text("520,000 URLs")
    expect(tip).to_contain_text("+32,000 against the previous job")
    page.locator("h1").hover()
    expect(tip).to_be_hidden()


def test_a_table_is_searched(open_report: Open) -> None:
    page = open_report("many").page
    found = page.locator("#sitemaps-table-found")
    expect(found).to_have_text("5,001 sitemaps, the first 25 shown")
    field = page.get_by_label("Search sitemaps")
    field.fill("part-0420")
    expect(found).to_have_text("10 of 5,001 sitemaps")
    assert len(cells(page, "sitemaps-table", 1)) == 10
    field.fill("part-0420 7.xml")
    expect(found).to_have_text("1 of 5,001 sitemaps")
    field.fill("no such sitemap")
    expect(found).to_have_text("0 of 5,001 sitemaps")
    field.fill("")
    page.get_by_role("button", name="Show 500 more").click()
    expect(found).to_have_text("5,001 sitemaps, the first 525 shown")


@pytest.mark.parametrize(("column", "name"), [(1, "Sitemap"), (4, "URLs"), (6, "Size"), (8, "Time")])
def test_a_table_is_sorted_by_each_column(open_report: Open, column: int, name: str) -> None:
    page = open_report("large").page
    header = page.locator(f"#sitemaps-table thead th:nth-child({column})")
    header.get_by_role("button", name=name).click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    ascending = cells(page, "sitemaps-table", column)
    header.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "descending")
    descending = cells(page, "sitemaps-table", column)
    units = {"B": 1, "kB": 1e3, "MB": 1e6, "ms": 1, "s": 1e3}

    def key(text: str) -> float | str:
        value, _, unit = text.partition(" ")
        return text if column == 1 else float(value.replace(",", "")) * units.get(unit, 1)

    assert ascending == sorted(ascending, key=key)
    assert descending == sorted(ascending, key=key, reverse=True)
    assert page.locator("#sitemaps-table thead th[aria-sort='none']").count() == 7


def test_the_sites_of_a_group_are_filtered_by_verdict(open_report: Open) -> None:
    page = open_report("large group").page
    page.locator("#sites-table-filter").select_option("Blocked")
    expect(page.locator("#sites-table-found")).to_have_text(
        re.compile(r"^158 of 3,000 sites, the first 25 shown$")
    )
    assert {text.split("the server")[0] for text in cells(page, "sites-table", 2)} == {"Blocked"}


def test_findings_are_filtered_by_severity_and_searched(open_report: Open) -> None:
    page = open_report("large").page
    found = page.locator("#findings-found")
    expect(found).to_have_text("5 findings")
    page.get_by_label("Error 2").uncheck()
    expect(found).to_have_text("3 of 5 findings")
    expect(page.locator("#finding-SM302")).to_be_hidden()
    page.get_by_label("Search findings").fill("changefreq")
    expect(found).to_have_text("1 of 5 findings")
    expect(page.locator("#finding-SM335")).to_be_visible()


def test_a_link_to_a_finding_opens_it_even_if_it_is_filtered_out(open_report: Open) -> None:
    page = open_report("large").page
    page.get_by_label("Error 2").uncheck()
    page.get_by_role("link", name="Examples of SM302 loc-not-absolute").click()
    expect(page.locator("#finding-SM302 .places")).to_be_visible()


def test_the_theme_follows_the_system_until_it_is_toggled(open_report: Open) -> None:
    opened = open_report("large", scheme="dark")
    page, button = opened.page, opened.page.get_by_role("button", name="Dark theme")
    background = "getComputedStyle(document.body).backgroundColor"
    dark, dark_chart = page.evaluate(background), picture(page)
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    light, light_chart = page.evaluate(background), picture(page)
    assert (dark, light) == ("rgb(16, 18, 20)", "rgb(250, 250, 248)")
    assert dark_chart != light_chart
    button.click()
    assert (page.evaluate(background), picture(page)) == (dark, dark_chart)
    assert opened.faults == []


@pytest.mark.parametrize("name", ["large", "broken", "group"])
def test_everything_can_be_read_without_javascript(open_report: Open, name: str) -> None:
    opened = open_report(name, script=False)
    page = opened.page
    for section in page.locator("main section").all():
        expect(section).to_be_visible()
    rows = page.locator("table[data-table] tbody tr")
    assert rows.count() == page.locator("table[data-table] tbody tr:visible").count() > 0
    controls = page.locator("button, input, select")
    assert [each for each in controls.all() if each.is_visible()] == []
    if name == "large":
        expect(page.locator("svg.static")).to_be_visible()
        page.locator("#finding-SM302 > summary").click()
        expect(page.locator("#finding-SM302 .places")).to_be_visible()
    assert opened.faults == []


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_open_light_and_without_controls(open_report: Open, script: bool) -> None:
    page = open_report("large", scheme="dark", script=script).page
    page.emulate_media(media="print")
    assert page.locator("#finding-SM302 .places").bounding_box()["height"] > 20
    expect(page.locator("svg.static")).to_be_visible()
    for control in ("#theme", "#treemap", ".controls", ".contents"):
        expect(page.locator(control).first).to_be_hidden()
    if script:
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_page_prints(open_report: Open, paper: str) -> None:
    page = open_report("large").page
    printed = page.pdf(format=paper)
    assert printed.startswith(b"%PDF")
    # Opened findings need several sheets.
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 8
    assert page.locator("details.finding[open]").count() == 0


def test_the_keyboard_reaches_everything_in_a_sensible_order(open_report: Open) -> None:
    page = open_report("large").page
    reached = []
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "(() => { const at = document.activeElement; if (at === document.body) return null;"
            " const style = getComputedStyle(at); const box = at.getBoundingClientRect();"
            " const owner = at.closest('label') || at;"
            " const ringed = [at, owner].some(each => getComputedStyle(each).outlineStyle !== 'none');"
            " return [at.id || at.className || at.localName, at.closest('[id]')?.id ?? '', ringed,"
            " box.width > 0]; })()"
        )
        if at is None:
            break
        reached.append(at)
    names = [each[0] for each in reached]
    assert names[:2] == ["skip", "theme"]
    assert [each for each in reached if not each[2]] == []
    for wanted in ("findings-search", "sitemaps-table-search", "pages-table-search"):
        assert wanted in names
    assert names.index("findings-search") < names.index("pages-table-search")


def test_the_link_at_the_beginning_skips_to_the_report(open_report: Open) -> None:
    page = open_report("large").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the report")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_long_value_can_be_opened(open_report: Open) -> None:
    page = open_report("hostile").page
    long = page.locator("section#summary details.long").first
    expect(long.locator(".full")).to_be_hidden()
    long.locator("summary").click()
    expect(long.locator(".full")).to_contain_text("a" * 100_000)


@pytest.mark.parametrize("width", SIZES)
def test_a_number_stays_on_one_line_within_its_tile(open_report: Open, width: int) -> None:
    tiles = open_report("large", width).page.locator(".tile dd")
    assert "1,000,000" in tiles.all_text_contents()
    for size in tiles.evaluate_all("all => all.map(each => [each.scrollWidth, each.clientWidth])"):
        assert size[0] <= size[1]
