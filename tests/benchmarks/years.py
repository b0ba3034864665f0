"""A database that is years old: what commands cost, as a multiple of what they cost with a young one.

Run as ``python -m tests.benchmarks.years``; README.md beside this file tells how to read the result.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks import growth
from tests.benchmarks.measure import Cost, run
from tests.years import Years, add_domains, add_years, copied, gather_statistics
from tests.years_sites import Sites, record_young

JOBS, DOMAINS, ENTRIES = 3_000, 50_000, 10_000_000
RUNS = 3
PROGRAM = [sys.executable, "-m", "sitemap_cli"]
COUNTED = [sys.executable, "-m", "tests.work"]
# The server of the sites is on loopback.
LOOPBACK = {"SITEMAP_ALLOW_PRIVATE": "1", "SITEMAP_RETRIES": "0"}
ANY_CODE = (0, 1, 3, 4)
COLUMNS = "{:<34}{:>9}{:>9}{:>7}{:>9}{:>9}{:>7}{:>12}{:>12}{:>7}"


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and whether the young database has all domains, too, because it lists them."""

    name: str
    words: tuple[str, ...]
    lists: bool = False


@dataclass(slots=True)
class Row:
    """The costs of a command with a young database and an old one, and the work of both databases."""

    young: list[Cost] = field(default_factory=list)
    old: list[Cost] = field(default_factory=list)
    work: list[Mapping[str, int]] = field(default_factory=list)


def list_commands(sites: Sites, job: str, batch: str) -> list[Command]:
    """Return the commands, for the last job of the first site and a batch of all domains."""
    nightly, blocked = sites.nightly_domain, sites.blocked_domain
    found = [
        Command("jobs list", ("jobs", "list", "--limit", "5")),
        Command("jobs list --domain", ("jobs", "list", "--domain", nightly, "--limit", "2")),
        Command("jobs list --status failed", ("jobs", "list", "--status", "failed", "--limit", "1")),
        Command("jobs list --verdict dns", ("jobs", "list", "--verdict", "dns", "--limit", "1")),
        Command("jobs list --since 1h", ("jobs", "list", "--since", "1h", "--limit", "2")),
        Command("jobs show last", ("jobs", "show", "last")),
        Command("jobs show ID", ("jobs", "show", job)),
        Command("domains show", ("domains", "show", nightly)),
        Command("domains show, blocked", ("domains", "show", blocked)),
        Command("tree", ("tree", nightly)),
        Command("tree, blocked", ("tree", blocked)),
        Command("urls --limit 10", ("urls", nightly, "--limit", "10")),
        Command("urls", ("urls", nightly)),
        Command("urls, blocked", ("urls", blocked)),
        Command("check --job", ("check", "--job", job)),
        Command("analyze, unchanged", ("analyze", f"http://{nightly}/")),
        Command("analyze, blocked", ("analyze", f"http://{blocked}/")),
        Command("domains list --limit 20", ("domains", "list", "--limit", "20"), lists=True),
        Command("domains list", ("domains", "list"), lists=True),
        Command("batch list --limit 3", ("batch", "list", "--limit", "3"), lists=True),
        Command("batch show", ("batch", "show", batch), lists=True),
        Command("batch show --format jsonl", ("batch", "show", batch, "--format", "jsonl"), lists=True),
    ]
    if subprocess.run([*PROGRAM, "diff", "--help"], capture_output=True).returncode == 0:
        found.insert(15, Command("diff", ("diff", nightly)))
    return found


@dataclass(frozen=True, slots=True)
class Databases:
    """Three databases: with a few jobs, with one job for each of many domains, and with years of all."""

    young: str
    lists: str
    old: str
    batch: str
    seconds: float


@contextmanager
def build(empty: str, folder: Path, years: Years, sites: Sites) -> Iterator[Databases]:
    """Build the databases from an empty one, and remove the copies afterwards."""

    def analyze(*words: str, code: int = 0) -> None:
        run([*PROGRAM, *words, "--quiet", "--database", empty], expected=(code,))

    began = time.perf_counter()
    run([*PROGRAM, "db", "upgrade", "--quiet", "--database", empty])
    record_young(analyze, sites, folder)
    with ExitStack() as stack:
        young = stack.enter_context(copied(empty, folder, "young"))
        lists = stack.enter_context(copied(empty, folder, "lists"))
        (batch,) = add_domains(lists, years.domains)
        old = stack.enter_context(copied(lists, folder, "old"))
        add_domains(old, years.domains, nights=(2, 3))
        add_years(old, years, sites)
        for each in (young, lists, old):
            gather_statistics(each)
        yield Databases(young, lists, old, batch, time.perf_counter() - began)


def measure(databases: Databases, sites: Sites, folder: Path, runs: int) -> Iterator[tuple[str, Row]]:
    """Run every command in turns with a young database and the old one; yield what it costs."""
    command = [*PROGRAM, "jobs", "list", "--domain", sites.nightly_domain, "--format", "jsonl"]
    listed = subprocess.run(
        [*command, "--database", databases.young], check=True, capture_output=True, text=True
    )
    job = json.loads(listed.stdout.splitlines()[0])["job_id"]
    output, counts = folder / "output", folder / "counts"
    for each in list_commands(sites, job, databases.batch):
        row = Row()
        pair = (databases.lists if each.lists else databases.young, databases.old)
        for _ in range(runs):
            for database, costs in zip(pair, (row.young, row.old), strict=True):
                words = [*PROGRAM, *each.words, "--database", database]
                costs.append(run(words, output=output, expected=ANY_CODE))
        for database in pair:
            run([*COUNTED, str(counts), *each.words, "--database", database], expected=ANY_CODE)
            row.work.append(json.loads(counts.read_text()))
        yield each.name, row


def format_row(name: str, row: Row) -> str:
    """Return a line of the table: medians, and old as a multiple of young."""
    figures = list[str]()
    for take in ("cpu", "wall"):
        young, old = (
            statistics.median(getattr(cost, take) for cost in costs) for costs in (row.young, row.old)
        )
        figures += [f"{young:.2f}", f"{old:.2f}", f"{old / young:.2f}"]
    counted = [f"{each['work']:,}" for each in row.work]
    more = row.work[1]["statements"] - row.work[0]["statements"]
    return COLUMNS.format(name, *figures, *counted, f"{more:+}")


def size_of(database: str) -> int:
    """Return the bytes of a database."""
    if "://" not in database:
        return Path(database).stat().st_size
    import psycopg

    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(found[0]) if found else 0


def compare(kind: str, years: Years, runs: int) -> dict[str, Any]:
    """Build and measure databases of one kind, print the table, and return everything."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sitemap-benchmark-")))
        empty = str(folder / "empty.db")
        if kind == "Postgres":
            from tests.postgres import new_database, serving

            _, empty = stack.enter_context(new_database(stack.enter_context(serving()), "template0"))
        sites = stack.enter_context(Sites.serving(years.urls))
        databases = stack.enter_context(build(empty, folder, years, sites))
        size = size_of(databases.old)
        print(f"{kind}: {size / 1e9:.2f} GB, built in {databases.seconds:.0f} s", file=sys.stderr)
        work = "steps" if kind == "SQLite" else "rows"
        head = ("CPU young", "old", "x", "wall y.", "old", "x", f"{work} young", "old", "stmts")
        print(COLUMNS.format(kind, *head))
        rows = dict[str, Any]()
        for name, row in measure(databases, sites, folder, runs):
            print(format_row(name, row), flush=True)
            rows[name] = asdict(row)
    print()
    return {"bytes": size, "commands": rows}


def main() -> None:
    """Measure, print and keep the result."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.years", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("build/years.json"), help="default %(default)s")
    for name, default, what in (
        ("jobs", JOBS, "nights of a domain"),
        ("domains", DOMAINS, "domains with three jobs each"),
        ("entries", ENTRIES, "entries in all"),
        ("runs", RUNS, "runs of each command"),
        ("nights", growth.NIGHTS, "nights that are really analyzed for the growth"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=f"{what}, %(default)s")
    parts = ("SQLite", "Postgres", "growth")
    parser.add_argument("--only", choices=parts, action="append", help="a part of it, repeatable")
    given = parser.parse_args()
    os.environ.update(LOOPBACK)
    years = Years(given.jobs, given.domains, given.entries)
    content: dict[str, Any] = {"schema": "sitemap/benchmark/years/1", "python": platform.python_version()}
    content |= asdict(years)
    chosen: Sequence[str] = given.only or parts
    for kind in parts[:2]:
        if kind in chosen:
            content[kind] = compare(kind, years, given.runs)
    if "growth" in chosen:
        content["growth"] = growth.measure(given.nights)
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
