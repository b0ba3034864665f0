"""Other readers from PyPI, in an environment of their own."""

import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

PACKAGES = {
    "lxml": "lxml",
    "defusedxml": "defusedxml",
    "ultimate_sitemap_parser": "ultimate-sitemap-parser",
    "advertools": "advertools",
    "site_map_parser": "site-map-parser",
}
"""What has to be installed for a reader of :mod:`tests.benchmarks.readers`."""

CRAWLERS = {
    "scrapy": "scrapy",
    "advertools": "advertools",
    "ultimate_sitemap_parser": "ultimate-sitemap-parser",
}
"""The same for a crawler of :mod:`tests.benchmarks.crawlers`."""


def install(
    folder: Path, missing: dict[str, str], packages: Mapping[str, str] = PACKAGES
) -> tuple[str, dict[str, str]]:
    """Make the environment, unless it is there; give its Python, and the versions of what is installed.

    What cannot be installed goes to ``missing``, with pip's last word.
    """
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    versions = {}
    for name, package in packages.items():
        print(f"installing {package} ...", file=sys.stderr)
        try:
            _python(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package)
            versions[name] = _version(python, package)
        except subprocess.CalledProcessError as error:
            missing[name] = (error.stderr.strip().splitlines() or ["pip failed"])[-1]
    return str(python), versions


def _version(python: Path, package: str) -> str:
    code = f"import importlib.metadata; print(importlib.metadata.version({package!r}))"
    return _python(python, "-c", code).strip()


def _python(python: Path, *arguments: str) -> str:
    command = [str(python), *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    ).stdout
