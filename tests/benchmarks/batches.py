"""Many small sites behind a latency: a batch, a bare aiohttp client, and one worker against two.

Run as ``python -m tests.benchmarks.batches``; README.md beside this file tells how to read the result.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Cost, listening, run

# The latency would be the limit with fewer sites at once.
CONCURRENCY = 250
SITES = 2_000
PROCESSES = (1, 2)
URLS = 100
LATENCY = 0.1
# robots.txt, then the index, then both sitemaps at once.
TURNS = 3
WORKERS = (1, 2, 4)
WORKER_CONCURRENCY = 4
WORKER_SITES = 300
WORKER_LATENCY = 0.5
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
COLUMNS = "{:<36}{:>9}{:>10}{:>9}{:>10}{:>9}{:>10}"


class Answers(asyncio.Protocol):
    """Answers each request after a latency; the host says which site it is."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            host = next(line[6:] for line in lines if line.lower().startswith("host: "))
            answer = message(document(f"http://{host}", lines[0].split()[1]))
            asyncio.get_running_loop().call_later(self._latency, self._say, answer)

    def _say(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def document(base: str, path: str) -> bytes | None:
    """What a site has at a path."""
    if path == "/robots.txt":
        return f"User-agent: *\nAllow: /\nSitemap: {base}/index.xml\n".encode()
    if path == "/index.xml":
        listed = "".join(f"<sitemap><loc>{base}/{name}.xml</loc></sitemap>\n" for name in "ab")
        return f'<?xml version="1.0"?>\n<sitemapindex xmlns="{XMLNS}">{listed}</sitemapindex>\n'.encode()
    if path not in ("/a.xml", "/b.xml"):
        return None
    urls = "".join(
        f"<url><loc>{base}{path}/{n}</loc><lastmod>2026-11-01</lastmod></url>\n" for n in range(URLS)
    )
    return f'<?xml version="1.0"?>\n<urlset xmlns="{XMLNS}">{urls}</urlset>\n'.encode()


def message(body: bytes | None) -> bytes:
    """An answer of HTTP."""
    status = "404 Not Found" if body is None else "200 OK"
    body = body or b""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def serve(latency: float) -> None:
    """Serve for ever, and print the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answers(latency), "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def serving(latency: float) -> AbstractContextManager[int]:
    """A server of sites in a process of its own; its port."""
    return listening("tests.benchmarks.batches", "--serve", str(latency))


def sites(port: int, count: int, first: int = 0) -> list[str]:
    """Addresses of sites, each at a loopback address of its own."""
    return [
        f"http://127.{1 + n // 40_000}.{n // 200 % 200}.{1 + n % 200}:{port}"
        for n in range(first, first + count)
    ]


async def bare(origins: Sequence[str], concurrency: int) -> None:
    """The same requests, as many sites at once, by a session of aiohttp and nothing round it."""
    import aiohttp

    room = asyncio.Semaphore(concurrency)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3)) as session:

        async def get(url: str) -> bytes:
            async with session.get(url) as answer:
                return await answer.read()

        async def site(origin: str) -> None:
            async with room:
                for path in ("robots.txt", "index.xml"):
                    await get(f"{origin}/{path}")
                await asyncio.gather(*(get(f"{origin}/{name}.xml") for name in "ab"))

        await asyncio.gather(*map(site, origins))


def batch(folder: Path, port: int, count: int, name: str, *options: str) -> Cost:
    """A batch of new sites in a new database."""
    file = folder / f"{name}.txt"
    file.write_text("\n".join(sites(port, count)))
    database = ("--database", str(folder / f"{name}.db"))
    command = [sys.executable, "-m", "sitemap_cli", "batch", str(file), *database, "--allow-private"]
    return run([*command, *options])


def drained(url: str, folder: Path, port: int, workers: int, first: int) -> float:
    """Seconds in which so many workers empty a queue."""
    file = folder / "queue.txt"
    file.write_text("\n".join(sites(port, WORKER_SITES, first)))
    program = [sys.executable, "-m", "sitemap_cli"]
    shared = ["--database", url, "--quiet"]
    subprocess.run([*program, "batch", str(file), "--enqueue", *shared], check=True)
    command = [*program, "worker", "--drain", "--allow-private", *shared]
    command += ["--concurrency", str(WORKER_CONCURRENCY)]
    began = time.perf_counter()
    running = [subprocess.Popen(command) for _ in range(workers)]
    if any(each.wait() for each in running):
        sys.exit("a worker failed")
    return time.perf_counter() - began


def of_workers(folder: Path) -> dict[int, float]:
    """Seconds for a queue, by the number of workers."""
    from tests.postgres import serving as postgres

    with ExitStack() as stack:
        port, url = stack.enter_context(serving(WORKER_LATENCY)), stack.enter_context(postgres())
        subprocess.run(
            [sys.executable, "-m", "sitemap_cli", "db", "upgrade", "--database", url, "-q"], check=True
        )
        return {
            workers: drained(url, folder, port, workers, number * WORKER_SITES)
            for number, workers in enumerate(WORKERS)
        }


def of_batches(folder: Path, count: int, concurrency: int) -> dict[str, tuple[int, Cost]]:
    """What a bare client, and batches of several sizes in several processes, cost: sites and cost by name."""
    with serving(LATENCY) as port:
        at_once = ("--concurrency", str(concurrency))
        client = [sys.executable, "-m", __spec__.name, "--bare", str(port), "--sites", str(count), *at_once]
        costs = {f"aiohttp alone, {count:,} sites": (count, run(client))}
        for processes in PROCESSES:
            options = ("--processes", str(processes), *at_once)
            for size, again in ((count // 4, ""), (count, ""), (count, ", again")):
                name = f"batch, {processes} proc., {size:,} sites{again}"
                cost = batch(folder, port, size, f"{size}-{processes}", *options)
                costs[name] = size, cost
        return costs


def table(costs: dict[str, tuple[int, Cost]], seconds: dict[int, float], concurrency: int) -> Iterator[str]:
    """Everything as text. Processor time is that of all processes, the peak that of the largest."""
    bound = concurrency / (TURNS * LATENCY)
    yield COLUMNS.format("", "wall s", "sites/s", "CPU s", "ms a site", "CPU x", "peak MB")
    floor = 0.0
    for name, (count, cost) in costs.items():
        each = cost.cpu / count
        floor = floor or each
        figures = (f"{cost.wall:.1f}", f"{count / cost.wall:.0f}", f"{cost.cpu:.1f}", f"{each * 1000:.1f}")
        yield COLUMNS.format(name, *figures, f"{each / floor:.1f}", f"{cost.peak_mb:.0f}")
    yield f"the latency allows {bound:.0f} sites/s"
    for workers, wall in seconds.items():
        told = f"{workers} workers, {WORKER_SITES} sites of the queue"
        yield COLUMNS.format(
            told, f"{wall:.1f}", f"{WORKER_SITES / wall:.1f}", "", "", f"{seconds[1] / wall:.2f}", ""
        )


def write(
    costs: dict[str, tuple[int, Cost]], seconds: dict[int, float], concurrency: int, file: Path
) -> None:
    """Keep everything as JSON."""
    content: dict[str, Any] = {"schema": "sitemap/benchmark/batches/2", "python": platform.python_version()}
    content |= {"processors": os.cpu_count(), "concurrency": concurrency, "latency": LATENCY}
    content |= {
        "costs": {name: {"sites": count, **asdict(cost)} for name, (count, cost) in costs.items()},
        "workers": seconds,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n")


def main() -> None:
    """Measure, print and keep the result."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.batches", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("build/batches.json"), help="default %(default)s")
    parser.add_argument("--sites", type=int, default=SITES, metavar="N", help="default %(default)s")
    at_once = "sites at once, default %(default)s"
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY, metavar="N", help=at_once)
    parser.add_argument("--only", choices=("batches", "workers"), help="one half of it")
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.serve))
    elif given.bare is not None:
        asyncio.run(bare(sites(given.bare, given.sites), given.concurrency))
    else:
        with tempfile.TemporaryDirectory(prefix="sitemap-benchmark-") as folder:
            costs = (
                of_batches(Path(folder), given.sites, given.concurrency) if given.only != "workers" else {}
            )
            seconds = of_workers(Path(folder)) if given.only != "batches" else {}
        print("\n".join(table(costs, seconds, given.concurrency)))
        write(costs, seconds, given.concurrency, given.output)


if __name__ == "__main__":
    main()
