"""A batch in which one domain of a hundred is hostile, against the same batch without those.

Run as ``python -m tests.benchmarks.disturbed``; README.md beside this file tells how to read the result.
"""

import argparse
import asyncio
import sqlite3
import struct
import sys
import tempfile
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET

from tests.benchmarks.batches import serving, sites
from tests.benchmarks.measure import Cost, listening, run

LATENCY = 0.02
CONCURRENCY = 100
ONE_OF = 100
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<urlset>"

RESULTS = """
    SELECT d.name, j.status, j.verdict, j.urls, s.url, s.urls, s.error
    FROM jobs j JOIN domains d ON d.id = j.domain_id LEFT JOIN sitemaps s ON s.job_id = j.id
    WHERE d.name NOT LIKE '%:' || ? ORDER BY d.name, s.url
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


def batch(folder: Path, name: str, lines: list[str], expected: int) -> Cost:
    """A batch in a new database."""
    file = folder / f"{name}.txt"
    file.write_text("\n".join(lines))
    command = [sys.executable, "-m", "sitemap_cli", "batch", str(file), "--allow-private"]
    command += ["--database", str(folder / f"{name}.db"), "--concurrency", str(CONCURRENCY)]
    return run(command, expected=(expected,))


def results(folder: Path, name: str, hostile: int) -> list[tuple[object, ...]]:
    """What was recorded of the healthy domains."""
    connection = sqlite3.connect(folder / f"{name}.db")
    try:
        return connection.execute(RESULTS, (str(hostile),)).fetchall()
    finally:
        connection.close()


def main() -> int:
    """Measure and print; whether the healthy domains had other results."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.disturbed", description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve())
    with tempfile.TemporaryDirectory(prefix="sitemap-benchmark-") as temporary:
        folder = Path(temporary)
        with serving(LATENCY) as port, listening(__spec__.name, "--serve") as bad:
            good = sites(port, given.sites)
            mixed = [sites(bad, 1, n)[0] if n % ONE_OF == 0 else each for n, each in enumerate(good)]
            healthy = [each for n, each in enumerate(good) if n % ONE_OF]
            clean, disturbed = batch(folder, "clean", healthy, 0), batch(folder, "mixed", mixed, 3)
        same = results(folder, "clean", bad) == results(folder, "mixed", bad)
    for name, cost in (("clean", clean), ("one of a hundred hostile", disturbed)):
        print(f"{name:<26}{cost.wall:8.1f} s{cost.wall / clean.wall:7.2f} x{cost.peak_mb:8.0f} MB")
    print(f"{len(healthy):,} healthy domains: {'the same results' if same else 'OTHER RESULTS'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
