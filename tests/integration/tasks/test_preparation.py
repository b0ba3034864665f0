"""Large documents are read in other processes; what is stored, and what is told of it, is the same."""

import asyncio
import gzip
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from sitemap_cli.crawl import prepared_document
from sitemap_cli.crawl.document_reading import ReadingOptions
from sitemap_cli.crawl.prepared_document import prepare_document
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.prepared_rows import open_builder
from sitemap_cli.tasks import grouping
from sitemap_cli.tasks.preparation import preparer as preparing
from sitemap_cli.tasks.preparation.preparer import DocumentPreparer
from tests.patience import PATIENCE, stretched
from tests.runs import analyze_target
from tests.web import XMLNS, Answer, Site, index, robots, urlset

BASE = "https://example.com"
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'

# What a document can have besides plain entries.
DOCUMENTS = {
    "plain": urlset(*(f"{BASE}/plain/{n}" for n in range(950))),
    "empty": urlset(),
    "dates": (
        f'<urlset xmlns="{XMLNS}"><url><loc>{BASE}/1</loc><lastmod>2026-11-01</lastmod></url>'
        f"<url><loc>{BASE}/2</loc><lastmod>yesterday</lastmod><priority>0.5</priority></url>"
        f"<url><changefreq>daily</changefreq><loc>{BASE}/ü\\\t3</loc></url></urlset>"
    ).encode(),
    "extended": (
        f'<urlset xmlns="{XMLNS}" {IMAGE}><url><loc>{BASE}/1</loc><image:image>'
        f"<image:loc>https://me:secret@example.com/ä.png</image:loc></image:image></url></urlset>"
    ).encode(),
    "passwords": urlset(f"{BASE}/1", "https://me:secret@example.com/2", f"{BASE}/3"),
    "relative": urlset("/1", "/2"),
    "listing": (
        f'<urlset xmlns="{XMLNS}"><url><loc>{BASE}/1</loc></url>'
        f"<sitemap><loc>{BASE}/child.xml</loc></sitemap></urlset>"
    ).encode(),
    "broken": urlset(*(f"{BASE}/{n}" for n in range(40)))[:-200],
    "text": b"".join(b"https://example.com/%d\n" % n for n in range(30)),
    "compressed": gzip.compress(urlset(f"{BASE}/zipped/1", f"{BASE}/zipped/2")),
}

TABLES = {
    "documents": "digest, kind, complete, encoding, generator, bytes, urls, children, problems, days, codes,"
    " extensions, disorder, strict, scope, all_urls",
    "entries": "position, loc, lastmod, lastmod_utc, changefreq, priority, line, extensions",
    "children": "position, loc, lastmod, lastmod_utc, line",
    "problems": 'code, severity, message, line, "column", "offset"',
    "sitemaps": "url, parent, urls, children, problems, error, error_message, unchanged",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    site.mkdir()
    (site / "robots.txt").write_text(f"Sitemap: {BASE}/sitemap.xml\n")
    (site / "sitemap.xml").write_bytes(index(*(f"{BASE}/{name}.xml" for name in DOCUMENTS)))
    (site / "child.xml").write_bytes(urlset(f"{BASE}/of-child"))
    for name, content in DOCUMENTS.items():
        (site / f"{name}.xml").write_bytes(content)
    return site


@pytest.fixture
async def preparer(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DocumentPreparer]:
    """Yield two processes that read every document, however small."""
    monkeypatch.setattr(grouping, "SMALL_BYTES", 1)
    monkeypatch.setattr(preparing, "LARGE", 1)
    monkeypatch.setattr(preparing, "WORTH_STARTING", 1)
    opened = DocumentPreparer(2)
    yield opened
    await opened.close()


async def load_rows(db: Database, table: str) -> list[Any]:
    async with db.reading() as session:
        rows = await session.execute(text(f"SELECT {TABLES[table]} FROM {table}"))
        return sorted(map(repr, rows))


async def forget(db: Database) -> None:
    async with db.transaction() as session:
        for table in ("jobs", "documents"):
            await session.execute(text(f"DELETE FROM {table}"))


@pytest.mark.parametrize(
    "settings", [{}, {"follow_listed_sitemaps": True}, {"max_urls": 960}], ids=["plain", "follow", "limited"]
)
async def test_what_is_recorded_is_the_same_with_other_processes(
    db: Database, folder: Path, preparer: DocumentPreparer, settings: dict[str, Any]
) -> None:
    options = Settings(**settings)
    alone = await analyze_target(db, options, str(folder), BASE)
    expected = {table: await load_rows(db, table) for table in TABLES}
    await forget(db)
    shared = await analyze_target(db, options, str(folder), BASE, preparer)
    assert {table: await load_rows(db, table) for table in TABLES} == expected
    assert (shared.verdict, shared.totals) == (alone.verdict, alone.totals)
    assert preparer._idle, "no process was started"


async def test_a_part_of_a_site_is_the_same_with_other_processes(
    db: Database, site: Site, preparer: DocumentPreparer
) -> None:
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    listed = [f"{site.url}/{folder}/{n}" for n in range(20) for folder in ("blog", "shop")]
    site.routes["/sitemap.xml"] = Answer(urlset(*listed))
    options = Settings(allow_private=True)
    alone = await analyze_target(db, options, f"{site.url}/blog/")
    expected = {table: await load_rows(db, table) for table in TABLES}
    assert len(expected["entries"]) == 20
    await forget(db)
    shared = await analyze_target(db, options, f"{site.url}/blog/", preparer=preparer)
    assert {table: await load_rows(db, table) for table in TABLES} == expected
    assert shared.totals == alone.totals


async def test_nothing_is_read_again_in_a_second_run(
    db: Database, folder: Path, preparer: DocumentPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await analyze_target(db, Settings(), str(folder), BASE)
    monkeypatch.setattr(DocumentPreparer, "prepare", None)
    again = await analyze_target(db, Settings(), str(folder), BASE, preparer)
    assert all(each.unchanged for each in again.sitemaps if not each.error)


async def test_a_process_that_was_killed_is_replaced_and_its_work_is_done_here(
    db: Database, folder: Path, preparer: DocumentPreparer
) -> None:
    first = await analyze_target(db, Settings(), str(folder), BASE, preparer)
    for each in preparer._idle:
        os.kill(each.start().pid, signal.SIGKILL)
    await forget(db)
    second = await analyze_target(db, Settings(), str(folder), BASE, preparer)
    assert second.totals == first.totals


@pytest.mark.parametrize(
    "command",
    [("/nowhere/python",), (sys.executable, "-c", "print('hello')")],
    ids=["cannot be started", "prints something else"],
)
async def test_every_document_is_read_here_if_a_process(
    command: tuple[str, ...],
    db: Database,
    folder: Path,
    preparer: DocumentPreparer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preparing, "build_command", lambda _: command)
    found = await analyze_target(db, Settings(), str(folder), BASE, preparer)
    assert found.totals.urls > 950
    assert preparer._idle == []


async def test_a_process_that_hangs_is_given_up(
    db: Database, folder: Path, preparer: DocumentPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "import sys, time; sys.stdin.buffer.read(1); time.sleep(3600)"
    monkeypatch.setattr(preparing, "build_command", lambda _: (sys.executable, "-c", endless))
    monkeypatch.setattr(preparing, "_limit_wait", lambda _: 0.2)
    found = await analyze_target(db, Settings(), str(folder), BASE, preparer)
    assert found.totals.urls > 950


async def test_a_job_that_is_stopped_kills_the_processes_that_read(
    db: Database, folder: Path, preparer: DocumentPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "import sys, time; sys.stdin.buffer.read(1); time.sleep(3600)"
    monkeypatch.setattr(preparing, "build_command", lambda _: (sys.executable, "-c", endless))
    started, both_started = list[subprocess.Popen[bytes]](), asyncio.Event()
    real, loop = preparing._start_process, asyncio.get_running_loop()

    def start() -> "subprocess.Popen[bytes]":
        started.append(real())
        if len(started) == 2:
            loop.call_soon_threadsafe(both_started.set)
        return started[-1]

    monkeypatch.setattr(preparing, "_start_process", start)
    running = asyncio.create_task(analyze_target(db, Settings(), str(folder), BASE, preparer))
    async with asyncio.timeout(PATIENCE):
        await both_started.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert [each.wait(stretched(10)) for each in started] == [-signal.SIGKILL] * 2


def test_a_document_with_too_many_rows_is_not_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_document, "MAX_ROWS", 10_000)
    many = urlset(*(f"{BASE}/{n}" for n in range(9_000)))
    assert prepare_document([many], ReadingOptions(base_url=BASE), open_builder(None), None) is None


PARENT = """
import asyncio, sys
from tests.integration.tasks.test_preparation import start_one
asyncio.run(start_one())
"""


async def start_one() -> None:
    """Start a process that reads, name it on standard output, and wait for ever."""
    print(preparing._PreparingProcess().start().pid, flush=True)
    await asyncio.sleep(3600)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of POSIX")
def test_a_process_ends_when_the_one_that_started_it_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    # The end of the pipe is that of all processes that hold it.
    parent.kill()
    parent.wait()
    with parent.stdout:
        assert parent.stdout.read() == b""
    assert_ended(child)


def assert_ended(pid: int) -> None:
    """Wait until a process is gone."""
    import time

    until = time.monotonic() + stretched(10)
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} is still there")
