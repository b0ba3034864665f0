"""``check`` of a site with a million URLs, and what sitemap-verify, which lints and stores too, needs for it.

Run as ``python -m tests.benchmarks.checks``; README.md beside this file tells how to read the result.
"""

import argparse
import json
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks import site
from tests.benchmarks.measure import Cost, FailedError, Figure, run
from tests.benchmarks.million import (
    Bench,
    floor,
    one_round,
    read_with_c_tools,
    remove,
    serving_site,
    store_with_c_tools,
)
from tests.benchmarks.report import table

PEER = "sitemap-verify==0.1.1"


def analyze(bench: Bench) -> Cost:
    """Record the site in a new database, and judge what needs no look at single URLs."""
    remove(bench)
    bench.sitemap("db", "upgrade")
    return bench.analyze()


def check(bench: Bench) -> Cost:
    """Record the site in a new database and run all rules that need no probing."""
    remove(bench)
    bench.sitemap("db", "upgrade")
    target = ("check", f"{bench.server.base}/", "--allow-private", "--format", "json")
    return _checked(bench, bench.sitemap(*target, expected=(0, 1)))


def check_job(bench: Bench) -> Cost:
    """Run all rules over what is recorded."""
    bench.sitemap("jobs", "list", "--domain", urlsplit(bench.server.base).netloc, "--format", "jsonl")
    job = json.loads(bench.output.read_bytes().splitlines()[0])["job_id"]
    return _checked(bench, bench.sitemap("check", "--job", job, "--format", "json", expected=(0, 1)))


def report(bench: Bench) -> Cost:
    """Write the page about the recorded site; compare it with ``check --job``, which runs the same rules."""
    domain = urlsplit(bench.server.base).netloc
    cost = bench.sitemap("report", domain, "--format", "html")
    size = bench.output.stat().st_size
    if size > 3_000_000:
        raise FailedError(f"the report has {size:,} bytes")
    bench.facts["bytes of the report"] = size
    return cost


def _checked(bench: Bench, cost: Cost) -> Cost:
    told = json.loads(bench.output.read_bytes())
    (target,) = told["targets"]
    if target["urls"] != bench.work.urls:
        raise FailedError(f"check saw {target['urls']} URLs, not {bench.work.urls}")
    bench.facts["rules that ran"] = told["summary"]["rules"]
    bench.facts["findings"] = len(told["findings"])
    return cost


def peer(folder: Path) -> Callable[[Bench], Cost]:
    """Install sitemap-verify in an environment of its own; the measure checks the site with it."""
    venv.create(folder, with_pip=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", PEER]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

    def verify(bench: Bench) -> Cost:
        options = ("--mode", "url", "--no-check-reachability", "--max-sitemaps", str(bench.work.files + 1))
        stored = ("--store", str(bench.scratch / "verify.db"), "--format", "json")
        target = f"{bench.server.base}/{site.INDEX}"
        (bench.scratch / "verify.db").unlink(missing_ok=True)
        verify = str(folder / "bin" / "sitemap-verify")
        return run([verify, "check", target, *options, *stored], output=bench.output, expected=(0, 1, 2))

    return verify


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.checks", description=__doc__)
    parser.add_argument("--urls", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-peer", action="store_true", help="without sitemap-verify, which takes minutes")
    parser.add_argument("--output", type=Path, default=Path("build/checks.json"), help="default %(default)s")
    return parser.parse_args()


def main() -> None:
    """Make the site, serve it, measure, print and keep the result."""
    given = arguments()
    measures = {
        "F: curl | xmllint": read_with_c_tools,
        "F: sqlite3 .import": store_with_c_tools,
        "analyze": analyze,
        "check": check,
        "check --job": check_job,
        "report": report,
    }
    with serving_site(given.urls, given.files) as bench:
        for number in range(1, given.runs + 1):
            print(f"round {number} of {given.runs}", file=sys.stderr)
            one_round(bench, measures)
        if not given.no_peer:
            one_round(bench, {PEER: peer(bench.scratch / "peer")})
    figures = {name: Figure(tuple(costs)) for name, costs in floor(bench.costs).items()}
    print(table(figures, bench.facts, bench.missing))
    document = {name: [asdict(cost) for cost in figure.costs] for name, figure in figures.items()}
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps({"measures": document, "facts": bench.facts}, indent=2) + "\n")


if __name__ == "__main__":
    main()
