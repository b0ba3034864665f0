"""Prunes that are killed at random moments while a job runs, for :mod:`tests.care_kills`.

Before each prune some nights of three domains are recorded, with small documents and a large one.
A moment is a number of rows that are removed. After each kill every job that has to be kept is there, every
job that is there lists exactly what it listed before, and the database is sound; the job beside has the right
result. The next prune completes what was begun.
"""

import asyncio
import random
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sitemap_cli.services.shared.entry_packing import LOC
from sitemap_cli.services.shared.packed_documents import load_columns
from sitemap_cli.storage.database import Database
from tests.acceptance.command import Program, ends
from tests.integration.recorded_nights import Recorder
from tests.kills import STARTING, STARTING_PAUSE, Ask, find_unsound, say, wait_until
from tests.web import Site, index, robots, urlset, validated

KEEP, NIGHTS = 3, 6
DOMAINS = ("a.example", "b.example", "c.example")
# URLs of a small document, and of the site that is analyzed beside.
SMALL, LISTED = 50, 300

JOBS = """
    SELECT d.name, j.id FROM jobs j JOIN domains d ON d.id = j.domain_id
    WHERE j.tenant = 'default' ORDER BY d.name, j.id
"""
CONTENT = """
    SELECT s.document_id, s.job_id, s.url, s.urls,
        count(e.position), min(e.loc), max(e.loc), sum(length(e.loc))
    FROM jobs j JOIN sitemaps s ON s.job_id = j.id LEFT JOIN entries e ON e.document_id = s.document_id
    WHERE j.tenant = 'default' GROUP BY s.document_id, s.job_id, s.id, s.url, s.urls ORDER BY s.id
"""
PACKED = "SELECT id FROM documents WHERE is_packed AND tenant = 'default'"
SIZE = "SELECT (SELECT count(*) FROM jobs WHERE tenant = 'default') + (SELECT count(*) FROM entries)"
LEFT = """
    SELECT 'jobs', count(*) FROM jobs WHERE tenant = '' UNION ALL
    SELECT 'documents', count(*) FROM documents d
    WHERE NOT EXISTS (SELECT 1 FROM sitemaps s WHERE s.document_id = d.id) UNION ALL
    SELECT 'bodies', count(*) FROM robots_bodies b
    WHERE NOT EXISTS (SELECT 1 FROM robots r WHERE r.body_id = b.id) UNION ALL
    SELECT 'entries', count(*) FROM entries e
    WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.id = e.document_id)
"""

Check = Callable[[object, str], None]


@dataclass(slots=True)
class KilledPrunes:
    """How many prunes were killed and how many ended before, and what was not as it should be.

    Those ``halfway`` left something that was removed, but not deleted.
    """

    killed: int = 0
    early: int = 0
    halfway: int = 0
    faults: list[str] = field(default_factory=list)

    def check(self, holds: object, told: str) -> None:
        """Note a fault."""
        if not holds:
            self.faults.append(f"after {self.killed} kills, {self.early} others: {told}")

    def describe(self, database: str) -> str:
        """Return what was done in one line, and the faults."""
        killed = f"prune on {database}: {self.killed} SIGKILLs, {self.halfway} of them halfway"
        done = f"{killed}; {self.early} ended before theirs; faults: {len(self.faults)}"
        return "\n".join([done, *self.faults])


def kill_prunes(
    program: Program, ask: Ask, kind: str, kills: int, rows: int, chance: random.Random
) -> KilledPrunes:
    """Kill so many prunes; ``rows`` are the entries of the large document."""
    done = KilledPrunes()
    check = done.check
    with Site() as site:
        while done.killed < kills:
            night = done.killed + done.early
            _furnish(site, night)
            database = program.variables.get("SITEMAP_DATABASE") or str(program.database)
            asyncio.run(_record_nights(database, night, rows))
            known, content = _load_jobs(ask), _load_content(ask, database)
            with program.start("analyze", site.url, "--quiet", stdout=subprocess.PIPE) as beside:
                was_killed = _kill_prune(program, ask, rows, chance)
                ended = ends(beside)
            done.killed, done.early = done.killed + was_killed, done.early + (not was_killed)
            check(ended.code == 0, f"the job beside failed: {ended.err}")
            newest = ask("SELECT urls, status FROM jobs WHERE tenant = 'default' ORDER BY id DESC LIMIT 1")
            check(newest == [(LISTED, "completed")], f"the job beside has another result: {newest}")
            _judge(ask, kind, known, content, _load_content(ask, database), check)
            done.halfway += any(each[1] for each in ask(LEFT))
            again = program("jobs", "prune", "--keep", KEEP, "--format", "json")
            check(again.code == 0 and not again.json["skipped"], f"the next prune failed: {again}")
            _judge(ask, kind, known, content, _load_content(ask, database), check)
            kept = {name: len(ids) for name, ids in _load_jobs(ask).items()}
            wanted = {**dict.fromkeys(DOMAINS, KEEP), site.netloc: min(KEEP, night + 1)}
            check(kept == wanted, f"jobs that are left: {kept}")
            left = [each for each in ask(LEFT) if each[1]]
            check(not left, f"rows that are left: {left}")
            if done.killed % 10 == 0 and was_killed:
                say(f"{done.killed} prunes killed")
    return done


def _kill_prune(program: Program, ask: Ask, rows: int, chance: random.Random) -> bool:
    """Kill one prune at a random moment, unless it ends before; return whether it was killed."""
    is_starting = chance.random() < STARTING
    before = ask(SIZE)[0][0]
    wanted = chance.randint(1, rows + len(DOMAINS) * NIGHTS)
    with program.start("jobs", "prune", "--keep", str(KEEP)) as process:
        pause = chance.uniform(0, STARTING_PAUSE if is_starting else 0.02)
        was_killed = wait_until(
            process, lambda: is_starting or ask(SIZE)[0][0] <= before + LISTED - wanted, pause
        )
        process.kill()
    return was_killed


def _judge(
    ask: Ask,
    kind: str,
    known: dict[str, list[str]],
    content: Sequence[tuple[Any, ...]],
    now: Sequence[tuple[Any, ...]],
    check: Check,
) -> None:
    """Note what is not as it was before a prune; ``content`` is what the jobs listed then."""
    left = _load_jobs(ask)
    there = {each for ids in left.values() for each in ids}
    # The site has one job more meanwhile.
    lost = [each for ids in known.values() for each in ids[1 - KEEP :] if each not in there]
    check(not lost, f"jobs are lost: {lost}")
    listed = set(now)
    changed = [each for each in content if each[1] in there and each not in listed]
    check(not changed, f"a job lists something else: {changed[:3]}")
    check(not find_unsound(ask, kind), "the database is not sound")


def _load_content(ask: Ask, database: str) -> list[tuple[Any, ...]]:
    """Return what each job lists of each sitemap; the entries of packed documents are unpacked for that."""
    packed = asyncio.run(_unpack(database, [row[0] for row in ask(PACKED)]))
    return [(*row[:4], *packed.get(row[0], row[4:])) for row in ask(CONTENT)]


async def _unpack(database: str, documents: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    found = dict[int, tuple[Any, ...]]()
    async with Database.open(database) as db:
        for document in documents:
            async with db.reading() as session:
                locs = (await load_columns(session, document))[LOC]
            found[document] = (len(locs), min(locs), max(locs), sum(map(len, locs)))
    return found


def _load_jobs(ask: Ask) -> dict[str, list[str]]:
    """Return the ids of the jobs of each domain, oldest first."""
    return {name: [row[1] for row in rows] for name, rows in groupby(ask(JOBS), key=lambda row: row[0])}


def _furnish(site: Site, night: int) -> None:
    """Change one of three sitemaps, whatever is known of them: the others are confirmed."""
    robots(site, f"Sitemap: {site.url}/index.xml", f"# {night}")
    names = [f"{site.url}/{number}.xml" for number in range(3)]
    site.routes["/index.xml"] = validated(index(*names), '"index"')
    for number in range(3):
        version = (night + number) // 3
        pages = (f"{site.url}/{number}/{version}/{page}" for page in range(LISTED // 3))
        site.routes[f"/{number}.xml"] = validated(urlset(*pages), f'"{version}"')


async def _record_nights(database: str, night: int, rows: int) -> None:
    """Record some nights of each domain; the first one has a large document."""
    async with Database.open(database) as db:
        recorder = Recorder(db, SMALL, {f"large {night}": rows})
        for domain in DOMAINS:
            use = {
                number: ["shared", f"own {domain} {night} {number}", f"of the night {night} {number}"]
                for number in range(NIGHTS)
            }
            if domain == DOMAINS[0]:
                use[0].append(f"large {night}")
            await recorder.record(domain, "c" * NIGHTS, use)
