"""Two runs of one domain: the second is refused or waits, and the job of a killed run is seen to be dead."""

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.acceptance.command import Program, ends
from tests.acceptance.conftest import furnish
from tests.patience import PATIENCE
from tests.web import Answer, Hit, Site

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator


@contextmanager
def at_work(program: Program, site: Site) -> "Iterator[tuple[subprocess.Popen[bytes], threading.Event]]":
    """A run that has read half of a site, and waits for an answer until the event is set."""
    asked, gate = threading.Event(), threading.Event()

    def hold(_: Hit) -> Answer:
        asked.set()
        return Answer(b"", 503, gate=gate)

    furnish(site)
    site.routes["/b.xml.gz"] = hold
    with program.start("analyze", site.url) as process:
        assert asked.wait(PATIENCE)
        yield process, gate
        gate.set()


def statuses(program: Program) -> list[str]:
    return [job["status"] for job in program("jobs", "list", "--format", "jsonl").records]


def test_the_second_run_of_a_domain_is_refused_and_told_by_whom(shared: Program, site: Site) -> None:
    with at_work(shared, site) as (first, gate):
        refused = shared("analyze", site.url, "--format", "json")
        assert statuses(shared) == ["running"]
        gate.set()
        ends(first)
    assert (refused.code, refused.json["results"]) == (75, [])
    assert refused.err.startswith(
        f"error: another run holds the lock ({site.netloc}): process {first.pid} on "
    )
    assert "--wait" in refused.err
    assert statuses(shared) == ["partial"]


def test_a_check_of_what_another_run_has_in_hand_reports_nothing(shared: Program, site: Site) -> None:
    with at_work(shared, site):
        text, json = shared("check", site.url), shared("check", site.url, "--format", "json")
    assert (text.code, text.out) == (75, "")
    assert text.err.startswith(f"error: another run holds the lock ({site.netloc})")
    assert (json.code, json.json["exit_code"], json.json["targets"]) == (75, 75, [])


def test_the_second_run_waits_if_it_is_told_to(shared: Program, site: Site) -> None:
    with at_work(shared, site) as (first, gate), shared.start("analyze", site.url, "--wait") as second:
        assert second.stderr is not None
        assert b"another run holds the lock" in second.stderr.readline()
        gate.set()
        assert (ends(first).code, ends(second).code) == (3, 3)
    assert statuses(shared) == ["partial", "partial"]
    assert site.count("/a.xml") == 2


def test_another_target_of_a_command_is_run_although_one_is_refused(shared: Program, site: Site) -> None:
    with at_work(shared, site), Site() as other:
        furnish(other)
        done = shared("analyze", site.url, other.url, "--format", "json")
    assert done.code == 3
    assert [each["domain"] for each in done.json["results"]] == [other.netloc]


def test_another_tenant_has_domains_of_its_own(shared: Program, site: Site) -> None:
    with at_work(shared, site) as (_, gate):
        gate.set()
        assert shared("analyze", site.url, "--tenant", "other").code == 3


def test_the_job_of_a_killed_process_is_interrupted_with_all_that_it_read(
    shared: Program, site: Site
) -> None:
    with at_work(shared, site) as (first, _):
        (job,) = shared("jobs", "list", "--format", "jsonl").records
        while len(shared("jobs", "show", job["job_id"], "--format", "json").json["sitemaps"]) < 2:
            assert first.poll() is None
        first.kill()
        first.wait()
        (job,) = shared("jobs", "list", "--format", "jsonl").records
    assert (job["status"], job["verdict"], job["sitemaps"], job["urls"]) == ("interrupted", None, 2, 3)
    assert job["error"].startswith(f"process {first.pid} on ")
    assert job["finished_at"] is not None


def test_a_killed_process_keeps_nobody_from_its_domain(shared: Program, site: Site) -> None:
    with at_work(shared, site) as (first, gate):
        first.kill()
        first.wait()
        gate.set()
        assert shared("analyze", site.url, "--wait").code == 3
    assert statuses(shared) == ["partial", "interrupted"]
