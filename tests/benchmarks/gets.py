"""Many small GETs: what our fetcher needs for one, as a multiple of what aiohttp alone needs.

Run as ``python -m tests.benchmarks.gets``; README.md beside this file tells how to read the result.
"""

import argparse
import asyncio
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks.serve import serving

CONCURRENCY = 16
HOSTS = 20
WARM_UP = 200
URLS = 8
COLUMNS = "{:<8}{:<8}{:>9}{:>13}{:>12}{:>13}"

Get = Callable[[str], Awaitable[bytes]]
Digests = list[bytes]
Way = Callable[[Sequence[str]], Awaitable[Digests]]


@dataclass(frozen=True, slots=True)
class Run:
    """Wall and processor seconds of one process for all its GETs, without what came before the first."""

    gets: int
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        """GETs a second."""
        return self.gets / self.wall

    @property
    def cpu_us(self) -> float:
        """Microseconds of processor time for one GET."""
        return self.cpu / self.gets * 1e6


async def ours(urls: Sequence[str]) -> Digests:
    """Our fetcher, which follows, retries, paces, guards and decodes, in a process like the program's."""
    from sitemap_cli.cli.framework.garbage_collection import reduce_garbage_collection
    from sitemap_cli.fetch.http_fetcher import HttpFetcher
    from sitemap_cli.fetch.interface import Request
    from sitemap_cli.settings import Settings

    reduce_garbage_collection()
    settings = Settings(allow_private=True, concurrency=CONCURRENCY, per_host=CONCURRENCY)
    fetcher = HttpFetcher(settings)

    async def get(url: str) -> bytes:
        fetched = await fetcher.fetch(Request(url))
        assert fetched.ok
        assert fetched.body is not None
        content = b"".join(fetched.body.read_chunks())
        fetched.release()
        assert content
        assert fetched.digest is not None
        return fetched.digest

    try:
        return await measured(get, urls)
    finally:
        await fetcher.close()


async def bare(urls: Sequence[str]) -> Digests:
    """A session of aiohttp with the same timeouts, and nothing round it."""
    import aiohttp

    from sitemap_cli.settings import Settings

    limits = Settings()
    timeout = aiohttp.ClientTimeout(
        limits.timeout, limits.connect_timeout, limits.idle_timeout, limits.connect_timeout
    )
    async with aiohttp.ClientSession(auto_decompress=False, timeout=timeout) as session:

        async def get(url: str) -> bytes:
            async with session.get(url) as response:
                assert response.status == 200
                return hashlib.sha256(await response.read()).digest()

        return await measured(get, urls)


WAYS: dict[str, Way] = {each.__name__: each for each in (bare, ours)}


async def measured(get: Get, urls: Sequence[str]) -> Digests:
    """Get all of them, so many at once, and print what they cost."""
    room = asyncio.Semaphore(CONCURRENCY)

    async def one(url: str) -> bytes:
        async with room:
            return await get(url)

    await asyncio.gather(*map(one, urls[:WARM_UP]))
    wall, cpu = time.perf_counter(), time.process_time()
    digests = await asyncio.gather(*map(one, urls))
    run = Run(len(digests), time.perf_counter() - wall, time.process_time() - cpu)
    print(json.dumps(asdict(run)))
    return digests


def child(way: str, port: int, gets: int, hosts: int) -> None:
    """Do it once, in this process, and see whether every body was its own."""
    urls = [f"http://127.0.0.{1 + number % hosts}:{port}/{number}.xml" for number in range(gets)]
    digests = asyncio.run(WAYS[way](urls))
    if digests != [hashlib.sha256(document(number)).digest() for number in range(gets)]:
        sys.exit("the bodies are not those that were served")


def document(number: int) -> bytes:
    """A sitemap of about a kilobyte."""
    lines = "".join(
        f"<url><loc>https://example.com/section-{number}/page-{page}.html</loc>"
        f"<lastmod>2026-11-{page + 1:02}</lastmod></url>\n"
        for page in range(URLS)
    )
    xmlns = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{xmlns}">\n{lines}</urlset>\n'.encode()


def one_round(port: int, gets: int, hosts: int, runs: dict[str, list[Run]]) -> None:
    """Measure each way once, one after the other, so that each round saw the same machine."""
    for way in WAYS:
        command = [sys.executable, "-m", __spec__.name, "--child", way, str(port), str(gets), str(hosts)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        runs.setdefault(way, []).append(Run(**json.loads(done.stdout)))


def table(results: dict[str, dict[str, list[Run]]]) -> Iterator[str]:
    """Everything as text."""
    yield COLUMNS.format("hosts", "", "GETs/s", "CPU us/GET", "CPU ratio", "rate ratio")
    for hosts, runs in results.items():
        for way, costs in runs.items():
            cpu = ratio(run.cpu_us / floor.cpu_us for run, floor in zip(costs, runs["bare"], strict=True))
            rate = ratio(run.rate / floor.rate for run, floor in zip(costs, runs["bare"], strict=True))
            best = (f"{max(run.rate for run in costs):,.0f}", f"{min(run.cpu_us for run in costs):.0f}")
            yield COLUMNS.format(hosts, way, *best, cpu, rate)


def ratio(each: Iterator[float]) -> str:
    """The median over the rounds; the two runs of one round saw the same machine."""
    return f"{statistics.median(each):.2f}"


def write(results: dict[str, dict[str, list[Run]]], server: str, file: Path) -> None:
    """Keep everything as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "schema": "sitemap/benchmark/gets/1",
        "concurrency": CONCURRENCY,
        "body_bytes": len(document(1000)),
        "server": server,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "hosts": {
            hosts: {way: [asdict(run) for run in each] for way, each in runs.items()}
            for hosts, runs in results.items()
        },
    }
    file.write_text(json.dumps(content, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.gets", description=__doc__)
    parser.add_argument("--gets", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--output", type=Path, default=Path("build/gets.json"), help="default %(default)s")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Make the documents, serve them, measure, print and keep the result."""
    given = arguments()
    if given.child:
        way, *numbers = given.child
        child(way, *map(int, numbers))
        return
    results: dict[str, dict[str, list[Run]]] = {"1": {}, str(HOSTS): {}}
    with tempfile.TemporaryDirectory(prefix="sitemap-benchmark-") as temporary:
        folder, work = Path(temporary, "site"), Path(temporary, "work")
        folder.mkdir()
        work.mkdir()
        for number in range(given.gets):
            (folder / f"{number}.xml").write_bytes(document(number))
        with serving(folder, work, address="0.0.0.0") as server:
            port = int(server.base.rpartition(":")[2])
            for number in range(1, given.runs + 1):
                print(f"round {number} of {given.runs}", file=sys.stderr)
                for hosts, runs in results.items():
                    one_round(port, given.gets, int(hosts), runs)
    print("\n".join(table(results)))
    write(results, server.name, given.output)


if __name__ == "__main__":
    main()
