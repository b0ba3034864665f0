"""Takes the picture of a report for the documentation: ``python -m tests.write_report_picture``."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.chromium import find_chromium
from tests.page_shell import open_shell
from tests.write_pictures import FOLDER, SITE, TUESDAY

COMMANDS = (*TUESDAY, f"sitemap probe {SITE} --all", f"sitemap report {SITE} -o report.html")
WIDTH, HEIGHT = 1280, 1320


def main() -> None:
    """Write a report of the site of the tutorial, and photograph its beginning."""
    with tempfile.TemporaryDirectory() as folder:
        with open_shell(Path(folder)) as shell:
            for line in COMMANDS:
                shell.run(line)
        report = next(Path(folder).rglob("report.html"))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            page.goto(report.as_uri())
            page.screenshot(path=FOLDER / "report.png")
            browser.close()


if __name__ == "__main__":
    main()
