"""A browser for all tests of this folder, and pages of reports in it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from sitemap_cli.output.site_report_format import load_site_report_format
from tests import group_samples, hostile_samples, report_samples
from tests.chromium import find_chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SAMPLES = {
    "large": report_samples.large_site,
    "small": report_samples.small_site,
    "broken": report_samples.broken_site,
    "many": report_samples.many_sitemaps,
    "group": group_samples.site_group,
    "large group": lambda: group_samples.site_group(3_000),
    "hostile": hostile_samples.hostile_site,
    "hostile group": hostile_samples.hostile_group,
}


@dataclass
class Opened:
    """A page, and everything that it said or did which a report must not."""

    page: Page
    faults: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


@cache
def write_sample(name: str) -> bytes:
    """The page of a sample."""
    stream = io.BytesIO()
    load_site_report_format("html").write_report(SAMPLES[name](), stream)
    return stream.getvalue()


# Not longer: as long as Playwright runs, its event loop is that of the thread, and asynchronous tests fail.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a sample as a file, as a reader does."""
    contexts: list[BrowserContext] = []

    def open_page(
        name: str, width: int = 1440, scheme: str = "light", *, script: bool = True, calm: bool = True
    ) -> Opened:
        file = tmp_path / "report.html"
        file.write_bytes(write_sample(name))
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
            reduced_motion="reduce" if calm else "no-preference",
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        page, faults = opened.page, opened.faults
        page.on("console", lambda message: faults.append(f"console: {message.text[:300]}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: faults.append(f"window: {popup.url}"))
        page.on("download", lambda download: faults.append(f"download: {download.url}"))
        url = file.as_uri()

        def note_request(request: str) -> None:
            if request.split("#", 1)[0] != url and not request.startswith("data:image/svg+xml"):
                faults.append(f"request: {request[:300]}")

        page.on("request", lambda request: note_request(request.url))
        page.goto(url)
        return opened

    yield open_page
    for context in contexts:
        context.close()
