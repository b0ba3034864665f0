"""Fixtures that every test may use, and a marker for each kind of test: ``pytest -m "unit or rules"``."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chromium import BROWSER_TESTS, NoBrowserError, find_chromium

pytest_plugins = ["tests.web", "tests.socks", "tests.postgres"]

HERE = Path(__file__).parent
# The first of these folders that a test is in gives it its marker; a test beside them is "project".
FOLDERS = {
    "unit": "unit",
    "integration/audit": "rules",
    "integration": "integration",
    "acceptance": "acceptance",
    "browser": "browser",
    "hostile": "hostile",
    "fuzz": "fuzz",
}
CHROMIUM = pytest.StashKey[str | None]()
POSTGRES = {"postgres_url", "postgres_server", "upgraded_postgres_url"}

# Without a deadline: the machine may have other things to do. --hypothesis-profile dev tries a tenth.
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=100)
settings.register_profile("dev", deadline=None, max_examples=10)
settings.load_profile("ci")


# A shell ignores SIGINT in the processes that it starts in the background, and theirs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Look for the browser before anything is collected, and stop where it is required and missing."""
    try:
        config.stash[CHROMIUM] = find_chromium()
    except NoBrowserError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_report_header(config: pytest.Config) -> str:
    """Say which browser the tests of pages use, or that they are left out."""
    found = config.stash[CHROMIUM]
    return f"browser: {found}" if found else "browser: no Chromium in PATH, so tests/browser is left out"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests that need a browser where there is none."""
    return True if config.stash[CHROMIUM] is None and collection_path == BROWSER_TESTS else None


def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers ``-n logical`` starts: one more than processors, as some tests mostly wait."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test by its folder, and those that need a Postgres server."""
    for item in items:
        item.add_marker(_kind(item.path.relative_to(HERE).as_posix()))
        if isinstance(item, pytest.Function) and _needs_postgres(item):
            item.add_marker("postgres")
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[bool, bool]:
    """Sort the tests of the shared batch of attacks first, then the other attacks, which mostly wait.

    A worker gives up tests only from the end of its list, so that the batch runs in one worker alone.
    """
    return item.get_closest_marker("hostile") is None, "batch" not in getattr(item, "fixturenames", ())


def _kind(path: str) -> str:
    return next((name for folder, name in FOLDERS.items() if path.startswith(f"{folder}/")), "project")


def _needs_postgres(item: pytest.Function) -> bool:
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return "postgres" in parameters or not POSTGRES.isdisjoint(item.fixturenames)


@pytest.fixture(scope="session", autouse=True)
def _no_configuration_above(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the search for a configuration end in the folder of this run, rather than find one in /tmp."""
    (tmp_path_factory.getbasetemp() / "sitemap.toml").touch()


@pytest.fixture
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the variables of the program, which would change what its commands understand."""
    for name in [name for name in os.environ if name.startswith("SITEMAP_")]:
        monkeypatch.delenv(name)
