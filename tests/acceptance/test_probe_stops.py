"""``sitemap probe``, stopped at moments of all kinds: it ends in time, and the next run has the rest."""

import json
import signal
import threading
from itertools import cycle

import pytest

from tests.acceptance.command import Program, ends
from tests.acceptance.stops import SIGNALS, Stoppable, ended_well, stoppable
from tests.patience import PATIENCE
from tests.web import Answer, Hit, Site, robots, urlset

PAGES = 60
MOMENTS = {
    "the task is being loaded": ("^import sitemap_cli.tasks.probe$", 1),
    "the sample is being recorded": ("^sql UPDATE jobs", 1),
    "the first page is asked": ("^socket.connect", 2),
    "pages are being recorded": ("^sql INSERT INTO probes", 1),
    "pages are being committed": ("^sql COMMIT", 2),
    "the last pages are being recorded": ("^sql INSERT INTO probes", PAGES),
    "the result is being read": ("^sql SELECT probes.id", 1),
}


@pytest.fixture
def stopping(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Stoppable:
    return stoppable(program, tmp_path_factory.mktemp("stops"))


@pytest.fixture
def shop(site: Site) -> Site:
    """A site of some pages."""
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    paths = [f"/{n}" for n in range(PAGES)]
    site.routes["/sitemap.xml"] = Answer(urlset(*(site.url + path for path in paths)))
    site.routes |= {path: Answer(b"<title>x</title>") for path in paths}
    return site


@pytest.mark.parametrize(("moment", "number"), list(zip(MOMENTS, cycle(SIGNALS), strict=False)))
def test_a_probe_can_be_stopped_when(
    moment: str, number: signal.Signals, stopping: Stoppable, shop: Site
) -> None:
    program = stopping.program
    assert program("analyze", f"{shop.url}/").code == 0
    event, nth = MOMENTS[moment]
    stop = stopping.at(event, "probe", shop.netloc, "--all", "--format", "json", nth=nth, signals=(number,))
    ended_well(stop, number, stopping)
    again = program("probe", shop.netloc, "--all", "--format", "json")
    assert (again.code, again.json["asked"], again.json["sample"]["whole"]) == (0, PAGES, True)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_broken_off_goes_on_where_it_was(program: Program, site: Site, number: int) -> None:
    total = 130
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = Answer(urlset(*(f"{site.url}/page-{n}" for n in range(total))))
    gate, some = threading.Event(), threading.Event()
    seen: list[str] = []

    def page(hit: Hit) -> Answer:
        seen.append(hit.path)
        if len(seen) > 70:
            some.set()
            return Answer(b"<title>x</title>", gate=gate)
        return Answer(b"<title>x</title>")

    assert program("analyze", f"{site.url}/").code == 0
    site.routes |= {f"/page-{n}": page for n in range(total)}
    with program.start("probe", site.netloc, "--all", "--format", "jsonl", bufsize=0) as process:
        assert some.wait(PATIENCE)
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(number)
        done = ends(process)
    gate.set()
    assert done.code == (-number if number == signal.SIGKILL else 128 + number), done.err
    # A process that is killed may have begun another line.
    told = [json.loads(line)["loc"] for line in (first + done.stdout).split(b"\n")[:-1]]
    assert told
    site.hits.clear()
    again = program("probe", site.netloc, "--all", "--format", "json")
    assert (again.code, again.json["asked"], again.json["sample"]["whole"]) == (0, total, True)
    asked_again = {f"{site.url}{path}" for path in site.paths}
    assert not asked_again & set(told), "what was told is recorded"
    if number != signal.SIGKILL:
        assert len(asked_again) < total - 60, "what was answered and not told yet is recorded, too"
