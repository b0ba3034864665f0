"""A batch in which one domain of a hundred is hostile, against the same batch without those.

Run as ``python -m tests.benchmarks.disturbed``; README.md beside this file tells how to read the result.
"""

import argparse
import asyncio
import sqlite3
import struct
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from tests.benchmarks.batches import serving, sites
from tests.benchmarks.measure import Cost, listening, run

ONE_OF = 100
COLUMNS = "{:<30}{:>10}{:>10}{:>8}{:>10}{:>8}"
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<urlset>"

RESULTS = """
    SELECT d.name, j.status, j.verdict, j.urls, s.url, s.urls, s.error
    FROM jobs j JOIN domains d ON d.id = j.domain_id LEFT JOIN sitemaps s ON s.job_id = j.id
    WHERE d.name NOT LIKE '%:' || ? ORDER BY d.name, j.id, s.url
"""
# Of the last batch: seconds until its last healthy site was done, and from then to its end.
TIMES = """
    WITH batch AS (SELECT * FROM batches ORDER BY id DESC LIMIT 1),
        healthy AS (SELECT max(julianday(finished_at)) AS last FROM jobs
            WHERE batch_id = (SELECT id FROM batch) AND status = 'completed')
    SELECT (last - julianday(created_at)) * 86400, (julianday(finished_at) - last) * 86400 FROM batch, healthy
"""


async def harm(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do something bad, depending on our address: silence, a reset, a drip, a body without end."""
    number = sum(map(int, writer.get_extra_info("sockname")[0].split(".")[2:]))
    try:
        await reader.readuntil(b"\r\n\r\n")
        if number % 4 == 0:
            await asyncio.sleep(3600)
        elif number % 4 == 1:
            lingers = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, lingers)
        else:
            writer.write(ENDLESS)
            while True:
                writer.write(b"<" if number % 4 == 2 else b" " * 65_536)
                await writer.drain()
                await asyncio.sleep(1 if number % 4 == 2 else 0.01)
    except (OSError, asyncio.IncompleteReadError):
        pass
    writer.transport.abort()


async def serve() -> None:
    """Serve for ever, and print the port."""
    server = await asyncio.start_server(harm, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@dataclass(frozen=True, slots=True)
class Night:
    """A batch: what it cost, when its last healthy site was done, and how much later the batch was."""

    cost: Cost
    healthy: float
    tail: float


def spend_night(
    folder: Path, name: str, lines: list[str], expected: int, options: argparse.Namespace
) -> Night:
    """Run a batch, in the database of that name."""
    file, database = folder / f"{name}.txt", folder / f"{name}.db"
    file.write_text("\n".join(lines))
    command = [sys.executable, "-m", "sitemap_cli", "batch", str(file), "--allow-private"]
    command += ["--database", str(database), "--concurrency", str(options.concurrency)]
    cost = run(command, expected=(expected,))
    ((healthy, tail),) = ask(database, TIMES)
    return Night(cost, healthy, tail)


def ask(database: Path, query: str, *parameters: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query, parameters).fetchall()
    finally:
        connection.close()


def main() -> int:
    """Measure and print; whether the healthy domains had other results."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.disturbed", description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=0.02, help="seconds until a healthy site responds")
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
    with tempfile.TemporaryDirectory(prefix="sitemap-benchmark-") as temporary:
        folder = Path(temporary)
        with serving(options.latency) as port, listening(__spec__.name, "--serve") as bad:
            good = sites(port, options.sites)
            mixed = [sites(bad, 1, n)[0] if n % ONE_OF == 0 else each for n, each in enumerate(good)]
            healthy = [each for n, each in enumerate(good) if n % ONE_OF]
            print(COLUMNS.format("", "wall", "healthy", "x", "tail", "MB"))
            for which in ("first", "second"):
                clean = spend_night(folder, "clean", healthy, 0, options)
                disturbed = spend_night(folder, "mixed", mixed, 3, options)
                for name, night in (("healthy alone", clean), ("1 % hostile", disturbed)):
                    figures = night.cost.wall, night.healthy, night.healthy / clean.healthy, night.tail
                    cells = [f"{each:.2f}" for each in figures]
                    print(COLUMNS.format(f"{which} night, {name}", *cells, f"{night.cost.peak_mb:.0f}"))
                    sys.stdout.flush()
        same = ask(folder / "clean.db", RESULTS, str(bad)) == ask(folder / "mixed.db", RESULTS, str(bad))
    print(f"{len(healthy):,} healthy domains: {'the same results' if same else 'OTHER RESULTS'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
