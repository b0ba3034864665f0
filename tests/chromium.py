"""The browser for the tests in ``tests/browser``: a Chromium of this computer; none is downloaded."""

import os
import shutil
from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_TESTS = Path(__file__).parent / "browser"


class NoBrowserError(Exception):
    """The tests need a browser, and there is none where it was said to be, or none at all."""


def find_chromium() -> str | None:
    """Return the path of a Chromium: the one that SITEMAP_TEST_CHROMIUM names, or the first in PATH.

    Raises:
        NoBrowserError: SITEMAP_TEST_CHROMIUM names no program, or SITEMAP_TEST_BROWSER=required and
            nothing was found.
    """
    if named := os.environ.get("SITEMAP_TEST_CHROMIUM"):
        if found := shutil.which(named):
            return found
        raise NoBrowserError(f"SITEMAP_TEST_CHROMIUM names no program: {named}")
    if found := next(filter(None, map(shutil.which, PROGRAMS)), None):
        return found
    if os.environ.get("SITEMAP_TEST_BROWSER") == "required":
        raise NoBrowserError(f"SITEMAP_TEST_BROWSER=required, and PATH has none of {', '.join(PROGRAMS)}")
    return None
