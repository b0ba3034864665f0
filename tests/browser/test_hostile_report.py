"""Text of servers stays text: nothing of it runs, is requested, or becomes markup."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("name", ["hostile", "hostile group"])
def test_attacks_stay_text(open_report: Open, name: str, script: bool) -> None:
    opened = open_report(name, script=script)
    page = opened.page
    if script:
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        page.evaluate(
            "for (const each of document.querySelectorAll('main *'))"
            " for (const type of ['mouseover', 'focus', 'error', 'load', 'toggle'])"
            " each.dispatchEvent(new Event(type))"
        )
    expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("main")).to_contain_text("{{7*7}}")
    expect(page.locator("main")).to_contain_text("\\u202e")
    expect(page.locator("main")).to_contain_text("\\x1b[31m")
    expect(page.locator("main")).to_contain_text("\\ud800")
    assert page.locator("main script, main img, main style, main base, main iframe, main meta").count() == 0
    assert opened.faults == []


@pytest.mark.parametrize("name", ["hostile", "hostile group"])
def test_only_urls_of_the_web_are_links(open_report: Open, name: str) -> None:
    page = open_report(name).page
    links = page.evaluate(
        "[...document.querySelectorAll('a')]"
        ".map(each => [each.getAttribute('href'), each.protocol, each.rel])"
    )
    outside = [each for each in links if not each[0].startswith("#")]
    assert {each[1] for each in outside} <= {"http:", "https:"}
    assert {each[2] for each in outside} <= {"noreferrer noopener nofollow"}


def test_the_chart_shows_hostile_names_as_text(open_report: Open) -> None:
    opened = open_report("hostile")
    page = opened.page
    expect(page.locator("#treemap canvas")).to_be_visible()
    into = page.locator("#treemap-in button")
    assert into.count() > 5
    into.first.click()
    expect(page.locator("#treemap-path [aria-current]")).to_contain_text("<")
    page.locator("#treemap").hover(position={"x": 30, "y": 40})
    expect(page.locator("#treemap-tip")).to_be_visible()
    page.locator("#treemap-out").click()
    assert page.locator("figure script, figure img").count() == 0
    assert opened.faults == []


@pytest.mark.parametrize(
    "attack",
    [
        "const made = document.createElement('script'); made.text = 'ran = 1'; document.body.append(made)",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')",
        "const made = document.createElement('a'); made.href = 'javascript:void(ran = 1)'; made.click()",
        "try { eval('window.ran = 1') } catch {}",
        "try { new Function('window.ran = 1')() } catch {}",
        "new Image().src = 'https://evil.example/'; fetch('https://evil.example/').catch(() => 0)",
    ],
)
def test_the_policy_would_stop_an_attack_that_got_in(open_report: Open, attack: str) -> None:
    page = open_report("small").page
    sent = []
    page.on("requestfinished", lambda request: sent.append(request.url))
    page.evaluate(f"setTimeout(() => {{ {attack} }})")
    page.evaluate("new Promise(done => setTimeout(done, 50))")
    assert page.evaluate("window.ran") is None
    assert sent == []
