"""Every example does what its README says."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.markdown import Page

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
SITE = EXAMPLES / "site"
ANALYZE = ["analyze", "examples/site", "--base-url", "https://example.com"]


def sitemap(arguments: list[str], database: Path) -> subprocess.CompletedProcess[str]:
    """Run our command from the root of the repository, with an environment that settles nothing else."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SITEMAP_")}
    return subprocess.run(
        [sys.executable, "-m", "sitemap_cli", *arguments],
        cwd=ROOT,
        env={**inherited, "SITEMAP_DATABASE": str(database)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What ``analyze --format json`` says about the example site."""
    done = sitemap([*ANALYZE, "--format", "json"], tmp_path_factory.mktemp("example") / "sitemap.db")
    assert done.returncode == 0, done.stderr
    (only,) = json.loads(done.stdout)["results"]
    return dict(only)


def test_the_commands_of_the_readme_end_as_it_says(tmp_path: Path) -> None:
    commands = list(Page.of(EXAMPLES / "README.md").commands())
    assert commands
    for command in commands:
        program, *arguments = shlex.split(command.line)
        assert program == "sitemap"
        done = sitemap(arguments, tmp_path / "sitemap.db")
        assert done.returncode == command.exit_code, (command, done.stdout, done.stderr)


def test_the_site_is_read_as_a_whole(result: dict[str, Any]) -> None:
    assert (result["status"], result["verdict"]) == ("completed", "ok")


def test_the_site_has_as_many_sitemaps_and_urls_as_were_written(result: dict[str, Any]) -> None:
    assert len(result["sitemaps"]) == 4
    assert result["totals"]["urls"] == 11
    assert result["totals"]["unique_urls"] == 10


@pytest.mark.parametrize(
    ("name", "kind", "urls"),
    [
        ("sitemap-articles.xml.gz", "urlset", 4),
        ("sitemap-shop.xml", "urlset", 4),
        ("sitemap-pages.txt", "text", 3),
    ],
)
def test_each_sitemap_is_what_the_readme_says(
    result: dict[str, Any], name: str, kind: str | None, urls: int
) -> None:
    (found,) = [each for each in result["sitemaps"] if each["url"] == f"https://example.com/{name}"]
    assert (found.get("kind"), found["urls"]) == (kind, urls)


def test_what_is_wrong_with_the_site_is_found(result: dict[str, Any]) -> None:
    assert result["findings"] == {"error": 1, "warning": 1, "info": 0}


def test_only_the_shop_has_problems(result: dict[str, Any]) -> None:
    faulty = {each["url"]: each["problems"] for each in result["sitemaps"] if each["problems"]}
    assert list(faulty) == ["https://example.com/sitemap-shop.xml"]
    assert faulty["https://example.com/sitemap-shop.xml"] == 2


def test_every_file_of_the_site_is_described_or_linked() -> None:
    told = Page.of(EXAMPLES / "README.md").text
    unnamed = {file.name for file in SITE.iterdir()} - {"robots.txt", "index.html", "sitemap.xml"}
    assert {name for name in unnamed if name not in told} == set()


def test_the_gzipped_sitemap_carries_no_time() -> None:
    header = (SITE / "sitemap-articles.xml.gz").read_bytes()[:8]
    assert header == b"\x1f\x8b\x08\x00" + bytes(4)
