"""The how-to pages do what they say: their commands are run in order, on a site that changes."""

import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.markdown import Page
from tests.patience import PATIENCE
from tests.web import Answer, Site, robots, urlset

ROOT = Path(__file__).parents[2]
PAGES = ["what-changed.md", "long-lived-databases.md", "feed-a-crawler.md"]
KEY = "73134416ae45434d98edc086e0bf6740"
RECORD = ("batch", "domains.txt", "--tag", "clients", "--quiet")

pytestmark = pytest.mark.usefixtures("schema")


@pytest.fixture
def changed(program: Program, site: Site) -> Program:
    """The program after two nights, four days apart; of either there is a build and a sitemap."""
    (program.folder / "backups").mkdir()
    (program.folder / "domains.txt").write_text(site.url)
    robots(site, f"Sitemap: {site.url}/a.xml")
    site.routes[f"/{KEY}.txt"] = Answer(KEY.encode())
    for name, file, paths in (("dist-old", "old.xml", "ab"), ("dist", "new.xml", "bcd")):
        body = urlset(*(f"{site.url}/blog/{path}" for path in paths))
        site.routes["/a.xml"] = Answer(body)
        (program.folder / name).mkdir()
        (program.folder / name / "sitemap.xml").write_bytes(body)
        (program.folder / file).write_bytes(body)
        assert program(*RECORD).code == 0
        make_older(program.database)
    return program


def make_older(database: Path) -> None:
    """Let what was recorded be four days older."""
    with closing(sqlite3.connect(database)) as db, db:
        for column in ("created_at", "started_at", "finished_at"):
            older = f"strftime('%Y-%m-%d %H:%M:%S.000000', {column}, '-4 days')"
            db.execute(f"UPDATE jobs SET {column} = {older}")


def take_our_site(line: str, site: Site) -> list[str]:
    """Return the words of a command line with our site and nights instead of those of the documentation."""
    line = line.replace("$(date +%F)", "today").replace("http://staging.example.com", site.url)
    line = line.replace("https://example.com", site.url).replace("example.com", site.netloc)
    for date, days in (("2026-11-01", 7), ("2026-11-28", 0)):
        line = line.replace(date, f"{datetime.now(UTC) - timedelta(days):%Y-%m-%d}")
    return shlex.split(line, comments=True)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_how_to_do_what_it_says(page: str, changed: Program, site: Site) -> None:
    site.routes["/a.xml"] = Answer(urlset(f"{site.url}/blog/b"))
    for each in Page.of(ROOT / "docs" / "how-to" / page).commands():
        name, *arguments = take_our_site(each.line, site)
        done = changed(*arguments)
        assert (name, done.code) == ("sitemap", each.exit_code), (each, done.out, done.err)


def test_the_script_for_cron_prints_what_changed_on_sites_that_were_read(
    changed: Program, site: Site
) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**changed.environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        return subprocess.run(
            ["/bin/sh", ROOT / "examples" / "cron" / "changes.sh", *arguments],
            env=environment,
            cwd=changed.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    done = run("clients")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 added, 1 removed, 1 unchanged; 75% of 4 URLs differ" in done.stdout
    site.routes["/a.xml"] = Answer(status=500)
    assert changed(*RECORD).code == 4
    done = run("clients")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "name a tag" in run().stderr
