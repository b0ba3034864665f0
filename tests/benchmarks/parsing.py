"""Parse one document: our CPU time as a multiple of xmllint's, next to other parsers, and memory.

Run as ``python -m tests.benchmarks.parsing``; README.md beside this file explains the result.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks import documents, peers
from tests.benchmarks.documents import Document
from tests.benchmarks.measure import Cost, FailedError, Figure, run

OURS = [sys.executable, "-m", "tests.benchmarks.readers", "ours"]
READERS = Path(__file__).with_name("readers.py")
XMLLINT = ["xmllint", "--stream", "--noout"]
SITEMAP = [sys.executable, "-m", "sitemap_cli", "parse", "--quiet", "--format", "text", "--max-bytes"]
MEGABYTES = (10, 100, 1_000)
IDLE = "imports only"
TIMES = "{:<30}{:>10}{:>10}{:>11}{:>9}{:>11}"
MEMORY = "{:<30}{:>10}{:>12}"


@dataclass(slots=True)
class Bench:
    """The documents and all that was found out so far."""

    documents: list[Document]
    scratch: Path
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    urls: dict[str, int] = field(default_factory=dict)
    peaks: dict[str, dict[str, float]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def measure(self, name: str, command: Sequence[str]) -> None:
        """Run a command once more; one that fails is not tried again."""
        if name in self.missing:
            return
        output = self.scratch / "output"
        try:
            cost = run(command, output=output)
        except (FailedError, OSError) as error:
            self.missing[name] = str(error)
            return
        self.costs.setdefault(name, []).append(cost)
        said = output.read_text().split()
        if said:
            self.urls[name] = int(said[-1])

    def peak(self, what: str, name: str, command: Sequence[str]) -> None:
        """Run a command for its peak of memory."""
        try:
            self.peaks.setdefault(what, {})[name] = run(command).peak_mb
        except FailedError as error:
            self.missing[f"{what}, {name}"] = str(error)

    def milliseconds(self, name: str) -> float | None:
        """The least processor time of a command."""
        return Figure(tuple(self.costs[name])).cpu * 1_000 if name in self.costs else None

    def net(self, name: str, idle: str) -> float | None:
        """The same without what the process needs for its imports."""
        whole, imports = self.milliseconds(name), self.milliseconds(idle)
        return None if whole is None or imports is None else whole - imports


def one_round(bench: Bench, python: str | None) -> None:
    """Run everything once, one after the other, so that each round saw the same machine."""
    bench.measure(IDLE, OURS)
    paths = {each.name: each.path for each in bench.documents}
    for document in bench.documents:
        bench.measure(document.name, [*OURS, str(document.path)])
    for name in dict.fromkeys(each.floor for each in bench.documents):
        if shutil.which("xmllint"):
            bench.measure(f"xmllint: {name}", [*XMLLINT, str(paths[name])])
        else:
            bench.missing[f"xmllint: {name}"] = "not installed: xmllint"
    for name in bench.versions:
        command = [str(python), "-P", str(READERS), name]
        bench.measure(f"{name}: {IDLE}", command)
        bench.measure(name, [*command, str(paths["plain"])])


def memory(bench: Bench, sizes: Sequence[int]) -> None:
    """Peaks of resident memory, of the reader alone and of the whole command, against the idle process."""
    path = bench.scratch / "large.xml"
    path.write_text("<urlset><url><loc>https://example.com/</loc></url></urlset>")
    bench.peak("reader", "idle", OURS)
    bench.peak("sitemap parse", "idle", [*SITEMAP, "1000", str(path)])
    for size in sizes:
        print(f"reading {size} MB ...", file=sys.stderr)
        documents.of_size(bench.documents[0].path, path, size)
        bench.peak("reader", f"{size} MB", [*OURS, str(path)])
        bench.peak("sitemap parse", f"{size} MB", [*SITEMAP, str(path.stat().st_size), str(path)])
    path.unlink()


def table(bench: Bench) -> Iterator[str]:
    """Everything as text."""
    yield TIMES.format("", "CPU ms", "- imports", "xmllint ms", "ratio", "URLs")
    for document in bench.documents:
        yield _row(bench, document.name, f"xmllint: {document.floor}", IDLE)
    yield ""
    for name, version in bench.versions.items():
        yield _row(bench, name, "xmllint: plain", f"{name}: {IDLE}", label=f"{name} {version}")
    idle = bench.milliseconds(IDLE)
    yield f"\nour imports: {idle:.0f} ms" if idle else ""
    for what, peaks in bench.peaks.items():
        yield f"\n{MEMORY.format(what, 'peak MB', 'above idle')}"
        for name, peak in peaks.items():
            yield MEMORY.format(name, f"{peak:.1f}", f"{peak - peaks.get('idle', 0):.1f}")
    for name, reason in bench.missing.items():
        yield f"not measured: {name} ({reason})"


def _row(bench: Bench, name: str, floor: str, idle: str, label: str = "") -> str:
    whole, net, least = bench.milliseconds(name), bench.net(name, idle), bench.milliseconds(floor)
    ratio = f"{net / least:.2f}" if net is not None and least else "-"
    times = ("-" if each is None else f"{each:.0f}" for each in (whole, net, least))
    return TIMES.format(label or name, *times, ratio, bench.urls.get(name, "-"))


def write(bench: Bench, urls: int, file: Path) -> None:
    """Keep everything as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    idles = {name: f"{name}: {IDLE}" if name in bench.versions else IDLE for name in bench.urls}
    document = {
        "schema": "sitemap/benchmark/parsing/1",
        "urls": urls,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "documents": {
            each.name: {"bytes": each.path.stat().st_size, "floor": each.floor} for each in bench.documents
        },
        "peers": bench.versions,
        "measures": {name: [asdict(cost) for cost in costs] for name, costs in bench.costs.items()},
        "cpu_ms_without_imports": {name: bench.net(name, idle) for name, idle in idles.items()},
        "urls_read": bench.urls,
        "peak_mb": bench.peaks,
        "not_measured": bench.missing,
    }
    file.write_text(json.dumps(document, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.parsing", description=__doc__)
    parser.add_argument("--urls", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--memory", action="store_true", help="measure memory, too")
    parser.add_argument("--megabytes", type=int, nargs="+", default=MEGABYTES, help="sizes for --memory")
    parser.add_argument("--no-peers", action="store_true", help="install and measure nothing of others")
    parser.add_argument("--peers", type=Path, default=Path("build/peers"), help="where; default %(default)s")
    parser.add_argument("--output", type=Path, default=Path("build/parsing.json"), help="default %(default)s")
    return parser.parse_args()


def main() -> None:
    """Make the documents, measure, print and keep the result."""
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="sitemap-benchmark-") as temporary:
        bench = Bench(documents.make(given.urls, Path(temporary)), Path(temporary))
        python = None
        if not given.no_peers:
            python, bench.versions = peers.install(given.peers, bench.missing)
        for number in range(1, given.runs + 1):
            print(f"round {number} of {given.runs}", file=sys.stderr)
            one_round(bench, python)
        if given.memory:
            memory(bench, given.megabytes)
        print("\n".join(table(bench)))
        write(bench, given.urls, given.output)


if __name__ == "__main__":
    main()
