"""One site with a million URLs: what we need for it, as a multiple of what plain C tools need (F).

Run as ``python -m tests.benchmarks.million``; README.md beside this file tells how to read the result.
"""

import argparse
import contextlib
import itertools
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.benchmarks import crawlers, peers, site
from tests.benchmarks.measure import Cost, FailedError, Figure, run
from tests.benchmarks.report import table
from tests.benchmarks.serve import Server, serving

SITEMAP = [sys.executable, "-m", "sitemap_cli"]
CHANGED_URLS = 100
HELP_RUNS = 10
READ = 'curl --silent --show-error --fail "$url" | {unpack}xmllint --stream --noout -'


@dataclass(slots=True)
class Bench:
    """The served site, the options, and all that was found out so far."""

    work: site.Work
    server: Server
    site: Path
    scratch: Path
    postgres: str | None
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The SQLite file of this round."""
        return self.scratch / "sitemap.db"

    @property
    def output(self) -> Path:
        """What the last command printed."""
        return self.scratch / "output"

    def database_size(self) -> int:
        """Bytes of the database with its journal files."""
        return sum(file.stat().st_size for file in self.scratch.glob("sitemap.db*"))

    def sitemap(self, *arguments: str, database: str | None = None, expected: tuple[int, ...] = (0,)) -> Cost:
        """Run our command on the database of this round."""
        command = [*SITEMAP, *arguments, "--quiet", "--database", database or str(self.database)]
        return run(command, output=self.output, expected=expected)

    def analyze(self, database: str | None = None) -> Cost:
        """Run ``analyze`` on the site, and do not believe it before its counts are right."""
        target = ("analyze", f"{self.server.base}/", "--allow-private", "--format", "json")
        cost = self.sitemap(*target, database=database)
        (result,) = json.loads(self.output.read_bytes())["results"]
        if result["totals"]["urls"] != self.work.urls:
            raise FailedError(f"analyze found {result['totals']['urls']} URLs, not {self.work.urls}")
        return cost


def read_with_c_tools(bench: Bench) -> Cost:
    """Fetch and parse the sitemaps one after the other with curl and xmllint."""
    need("bash", "curl", "xmllint")
    unpack = "gzip -dc | " if bench.work.gzipped else ""
    addresses = " ".join(f"{bench.server.base}/{name}" for name in bench.work.names())
    loop = f"for url in {addresses}; do {READ.format(unpack=unpack)}; done"
    return run(["bash", "-euo", "pipefail", "-c", loop])


def store_with_c_tools(bench: Bench) -> Cost:
    """Import the same rows with the sqlite3 shell."""
    need("sqlite3")
    bench.database.unlink(missing_ok=True)
    create = "CREATE TABLE urls (loc TEXT, lastmod TEXT, changefreq TEXT, priority TEXT)"
    load = f".import {bench.scratch / 'rows.csv'} urls"
    cost = run(["sqlite3", "-cmd", create, "-cmd", ".mode csv", str(bench.database), load])
    bench.facts["sqlite3 .import, database bytes per URL"] = bench.database_size() / bench.work.urls
    bench.database.unlink()
    return cost


def analyze_first(bench: Bench) -> Cost:
    """Record the site in a new database."""
    bench.sitemap("db", "upgrade")
    cost = bench.analyze()
    bench.facts["analyze, database bytes per URL"] = bench.database_size() / bench.work.urls
    return cost


def analyze_again(bench: Bench) -> Cost:
    """Record the unchanged site a second time."""
    size, traffic = bench.database_size(), bench.server.traffic()
    cost = bench.analyze()
    since = bench.server.traffic() - traffic
    bench.facts["analyze again, requests"] = since.requests
    bench.facts["analyze again, body bytes"] = since.bytes
    bench.facts["analyze again, database growth in bytes"] = bench.database_size() - size
    return cost


def export(bench: Bench) -> Cost:
    """Print every URL as CSV."""
    return bench.sitemap("urls", urlsplit(bench.server.base).netloc, "--format", "csv")


def analyze_changed(bench: Bench) -> Cost:
    """Record the site after a few URLs of one sitemap have changed."""
    changed = bench.site / bench.work.names()[0]
    original = bench.scratch / "original"
    changed.rename(original)
    try:
        site.change(bench.work, bench.site, count=CHANGED_URLS)
        size = bench.database_size()
        cost = bench.analyze()
    finally:
        original.replace(changed)
    document = bench.facts["analyze, database bytes per URL"] * bench.work.urls / bench.work.files
    bench.facts["one sitemap changed, growth in documents"] = (bench.database_size() - size) / document
    return cost


def difference(bench: Bench) -> Cost:
    """Compare those two runs."""
    return _difference(bench, CHANGED_URLS)


def difference_of_all(bench: Bench) -> Cost:
    """Compare a run with one in which every URL is another one."""
    site.change_all(bench.work, bench.site)
    try:
        bench.analyze()
    finally:
        site.make(bench.work, bench.site)
    return _difference(bench, bench.work.urls)


def _difference(bench: Bench, expected: int) -> Cost:
    cost = bench.sitemap("diff", urlsplit(bench.server.base).netloc, "--format", "json")
    # Line by line: the next command would begin with the memory that this process had at its peak.
    listed, counts = 0, ""
    with bench.output.open() as output:
        for line in output:
            listed += bench.server.base in line
            counts = line if line.startswith('"counts":') else counts
    if f'"added":{expected},"removed":{expected},' not in counts:
        raise FailedError(f"diff counted {counts}")
    if listed != 2 * expected:
        raise FailedError(f"diff lists {listed} URLs, not {2 * expected}")
    return cost


def check(bench: Bench) -> Cost:
    """Record the site in a new database and run all rules that need no probing."""
    remove(bench)
    target = ("check", f"{bench.server.base}/", "--allow-private", "--format", "json")
    cost = bench.sitemap(*target, expected=(0, 1))
    bench.facts["check, findings"] = len(json.loads(bench.output.read_bytes())["findings"])
    return cost


def analyze_postgres(bench: Bench) -> Cost:
    """Record the site in a new database of a Postgres server."""
    if bench.postgres is None:
        raise FailedError("no --postgres URL was given")
    with new_database(bench.postgres) as url:
        bench.sitemap("db", "upgrade", database=url)
        return bench.analyze(database=url)


MEASURES: dict[str, Callable[[Bench], Cost]] = {
    "F: curl | xmllint": read_with_c_tools,
    "F: sqlite3 .import": store_with_c_tools,
    "analyze": analyze_first,
    "analyze again": analyze_again,
    "urls --format csv": export,
    "analyze, 1 changed": analyze_changed,
    "diff": difference,
    "diff of two different M": difference_of_all,
    "check": check,
    "analyze, Postgres": analyze_postgres,
}


def need(*programs: str) -> None:
    """Complain about programs that are not installed."""
    if absent := [program for program in programs if shutil.which(program) is None]:
        raise FailedError(f"not installed: {', '.join(absent)}")


@contextlib.contextmanager
def new_database(server: str) -> Iterator[str]:
    """An empty Postgres database, dropped afterwards."""
    import psycopg

    name = f"sitemap_benchmark_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def remove(bench: Bench) -> None:
    """Throw the SQLite database of this round away."""
    for file in bench.scratch.glob("sitemap.db*"):
        file.unlink()


def one_round(bench: Bench, measures: Mapping[str, Callable[[Bench], Cost]] = MEASURES) -> None:
    """Run every measure once, one after the other, so that each round saw the same machine."""
    remove(bench)
    for name, measure in measures.items():
        if name in bench.missing:
            continue
        print(f"  {name} ...", end="", file=sys.stderr, flush=True)
        try:
            cost = measure(bench)
        except (FailedError, KeyError, ValueError, OSError) as error:
            bench.missing[name] = str(error) or type(error).__name__
            print(f" {bench.missing[name]}", file=sys.stderr)
        else:
            bench.costs.setdefault(name, []).append(cost)
            print(f" {cost.wall:.2f} s", file=sys.stderr)


def help_ratio(bench: Bench) -> None:
    """How the processor time of ``sitemap --help`` compares with importing typer and rich."""
    imports = [sys.executable, "-c", "import typer, rich"]
    try:
        ours = min(run([*SITEMAP, "--help"]).cpu for _ in range(HELP_RUNS))
        theirs = min(run(imports).cpu for _ in range(HELP_RUNS))
    except FailedError as error:
        bench.missing["--help"] = str(error)
    else:
        bench.facts["--help, CPU as a multiple of importing typer and rich"] = ours / theirs


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.million", description=__doc__)
    parser.add_argument("--urls", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--gzip", action="store_true", help="serve the sitemaps as .xml.gz")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--postgres", metavar="URL", help="a server on which databases may be created")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="an environment for other crawlers")
    parser.add_argument("--output", type=Path, default=Path("build/million.json"), help="default %(default)s")
    return parser.parse_args()


def write(bench: Bench, figures: dict[str, Figure], file: Path) -> None:
    """Keep everything as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "schema": "sitemap/benchmark/million/1",
        "urls": bench.work.urls,
        "files": bench.work.files,
        "gzipped": bench.work.gzipped,
        "server": bench.server.name,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "measures": {name: [asdict(cost) for cost in figure.costs] for name, figure in figures.items()},
        "facts": bench.facts,
        "not_measured": bench.missing,
    }
    file.write_text(json.dumps(document, indent=2) + "\n")


def floor(costs: dict[str, list[Cost]]) -> dict[str, list[Cost]]:
    """The two halves of F, added up round by round, in front of everything else."""
    halves = [costs.get(name, []) for name in itertools.islice(MEASURES, 2)]
    sums = [
        Cost(read.wall + store.wall, read.cpu + store.cpu, max(read.peak_mb, store.peak_mb), 0)
        for read, store in zip(*halves, strict=False)
    ]
    return {**({"F": sums} if sums else {}), **costs}


@contextlib.contextmanager
def serving_site(
    urls: int, files: int, *, gzipped: bool = False, postgres: str | None = None
) -> Iterator[Bench]:
    """Make the site, and serve it; there is nothing left of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="sitemap-benchmark-") as temporary:
        folder, scratch = Path(temporary, "site"), Path(temporary, "scratch")
        folder.mkdir()
        scratch.mkdir()
        with serving(folder, scratch) as server:
            work = site.Work(server.base, urls, files, gzipped)
            print(f"making {urls} URLs for {server.name} ...", file=sys.stderr)
            site.make(work, folder)
            site.write_csv(work, scratch / "rows.csv")
            yield Bench(work, server, folder, scratch, postgres)


def run_crawlers(bench: Bench, folder: Path) -> None:
    """Let other crawlers read the site, once each, as they take long."""
    python, versions = peers.install(folder, bench.missing, peers.CRAWLERS)
    for name, version in versions.items():
        print(f"  {name} {version} ...", end="", file=sys.stderr, flush=True)
        command = [python, crawlers.__file__, name, f"{bench.work.base}/{site.INDEX}"]
        try:
            cost = run(command, output=bench.output)
            found = int(bench.output.read_text().split()[-1])
        except (FailedError, ValueError, IndexError) as error:
            bench.missing[name] = str(error)
            print(f" {error}", file=sys.stderr)
        else:
            bench.costs[f"{name} {version}"] = [cost]
            bench.facts[f"{name}: URLs"] = found
            print(f" {cost.wall:.2f} s", file=sys.stderr)


def main() -> None:
    """Make the site, serve it, measure, print and keep the result."""
    given = arguments()
    with serving_site(given.urls, given.files, gzipped=given.gzip, postgres=given.postgres) as bench:
        for number in range(1, given.runs + 1):
            print(f"round {number} of {given.runs}", file=sys.stderr)
            one_round(bench)
        help_ratio(bench)
        if given.peers is not None:
            run_crawlers(bench, given.peers)
    figures = {name: Figure(tuple(costs)) for name, costs in floor(bench.costs).items()}
    print(table(figures, bench.facts, bench.missing))
    write(bench, figures, given.output)


if __name__ == "__main__":
    main()
