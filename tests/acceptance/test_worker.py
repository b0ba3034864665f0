"""Workers take what was queued, as many as there are, and nothing is lost with one of them."""

import base64
import signal
from collections import Counter
from typing import Any

import psycopg
import pytest

from tests.acceptance.command import Done, Program, ends
from tests.many import Many
from tests.patience import stretched
from tests.web import Answer, Site, urlset

URLS = 5


@pytest.fixture
def shared(program: Program, upgraded_postgres_url: str) -> Program:
    """The program with a Postgres database that has a queue."""
    return program.having(SITEMAP_DATABASE=upgraded_postgres_url)


def enqueue(program: Program, *hosts: str) -> Done:
    (program.folder / "list.txt").write_text("\n".join(f"http://{host}" for host in hosts))
    return program("batch", "list.txt", "--enqueue")


def batch_of(program: Program) -> dict[str, Any]:
    (batch,) = program("batch", "list", "--format", "json").json
    found: dict[str, Any] = program("batch", "show", batch["batch_id"], "--format", "json").json
    return found


def test_what_was_queued_is_what_workers_do(shared: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(12)]
    queued = enqueue(shared, *hosts)
    assert (queued.code, queued.out) == (0, "")
    assert queued.err.startswith("12 jobs queued, as batch ")
    assert {job["status"] for job in shared.jobs()} == {"pending"}
    assert batch_of(shared)["status"] == "pending"
    listed = shared("jobs", "list")
    assert listed.lines[-1] == "queue: 12 waiting, 0 running, 0 workers"
    with shared.start("worker", "--drain") as one, shared.start("worker", "--drain") as two:
        done = [ends(one), ends(two)]
    assert [each.code for each in done] == [0, 0]
    told = Counter(line.split()[2] for each in done for line in each.err.splitlines())
    assert told == dict.fromkeys(hosts, 1)
    assert many.finished() == dict.fromkeys(hosts, 1)
    assert {(job["status"], job["urls"]) for job in shared.jobs()} == {("completed", URLS)}
    assert (batch_of(shared)["status"], batch_of(shared)["verdicts"]) == ("completed", {"ok": 12})
    assert shared("jobs", "list").lines[-1] == "queue: 0 waiting, 0 running, 0 workers"


def test_workers_apply_the_policy_after_each_job(shared: Program, many: Many) -> None:
    keeping = shared.having(SITEMAP_KEEP="1")
    for _ in range(3):
        assert enqueue(keeping, many.host(0), many.host(1)).code == 0
        assert keeping("worker", "--drain", "--quiet").code == 0
    assert [len(shared.jobs("--domain", many.host(number))) for number in range(2)] == [1, 1]


def test_a_domain_waits_in_the_queue_once(shared: Program, many: Many) -> None:
    assert enqueue(shared, many.host(1), many.host(2)).code == 0
    again = enqueue(shared, many.host(2), many.host(3))
    assert again.code == 0
    assert "1 job queued" in again.err
    assert "1 domain already queued" in again.err
    assert enqueue(shared.having(SITEMAP_TENANT="other"), many.host(2)).err.startswith("1 job queued")
    assert shared("worker", "--drain").code == 0
    assert Counter(job["domain"] for job in shared.jobs()) == dict.fromkeys(map(many.host, (1, 2, 3)), 1)
    assert many.finished()[many.host(2)] == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_worker_had_in_hand_is_taken_up_by_another(number: int, shared: Program, many: Many) -> None:
    hosts = [many.host(n) for n in range(6)]
    assert enqueue(shared, *hosts).code == 0
    many.gate.clear()
    # On a busy machine the heartbeats of a living worker are late.
    options = ("--drain", "--dead-after", f"{stretched(2):.1f}")
    with shared.start("worker", *options) as first:
        for _ in hosts:
            many.last.acquire()
        assert shared("jobs", "list").lines[-1] == "queue: 0 waiting, 6 running, 1 worker"
        first.send_signal(number)
        assert first.wait() in (-number, 128 + number)
    many.gate.set()
    second = shared("worker", *options)
    assert second.code == 0, second.err
    assert {(job["domain"], job["status"], job["urls"]) for job in shared.jobs()} == {
        (host, "completed", URLS) for host in hosts
    }
    assert len(shared.jobs()) == len(hosts)
    assert batch_of(shared)["verdicts"] == {"ok": 6}


def test_a_job_that_was_cancelled_in_the_queue_asks_nothing(shared: Program, many: Many) -> None:
    assert enqueue(shared, many.host(1), many.host(2)).code == 0
    job_id = next(job["job_id"] for job in shared.jobs() if job["domain"] == many.host(1))
    assert shared("jobs", "cancel", job_id).err == "1 job cancelled\n"
    assert shared("worker", "--drain").code == 0
    assert {job["domain"]: job["status"] for job in shared.jobs()} == {
        many.host(1): "cancelled",
        many.host(2): "completed",
    }
    assert set(many.finished()) == {many.host(2)}


def test_a_batch_that_waits_for_workers_is_resumed_only_by_its_name(shared: Program, many: Many) -> None:
    assert enqueue(shared, many.host(1)).code == 0
    assert shared("batch", "--resume").code == 2
    assert shared("batch", "--resume", "list.txt").code == 0
    assert shared("worker", "--drain").code == 0
    assert many.finished() == {many.host(1): 1}


def test_job_rows_and_queue_are_committed_together_or_not_at_all(
    shared: Program, many: Many, upgraded_postgres_url: str
) -> None:
    with psycopg.connect(upgraded_postgres_url) as connection:
        connection.execute("ALTER TABLE sitemap_queue.procrastinate_jobs ADD CHECK (task_name = 'no')")
    done = enqueue(shared, many.host(1))
    assert done.code == 5
    assert shared.jobs() == []
    assert shared("batch", "list", "--format", "jsonl").records == []


def test_a_queue_needs_postgres(program: Program, many: Many) -> None:
    for done in (enqueue(program, many.host(1)), program("worker")):
        assert done.code == 2
        assert done.err.startswith("error: the job queue needs Postgres")


def test_a_queue_needs_its_tables(shared: Program, many: Many, upgraded_postgres_url: str) -> None:
    with psycopg.connect(upgraded_postgres_url) as connection:
        connection.execute("DROP SCHEMA sitemap_queue CASCADE")
    for done in (enqueue(shared, many.host(1)), shared("worker", "--drain")):
        assert (done.code, done.err.splitlines()[0].partition(" (")[0]) == (5, "error: there is no queue yet")
    assert shared("db", "upgrade").code == 0
    assert enqueue(shared, many.host(1)).code == 0


def test_a_domain_with_a_schedule_is_queued_when_its_moment_has_come(
    shared: Program, many: Many, upgraded_postgres_url: str
) -> None:
    host, never = many.host(1), many.host(2)
    assert shared("domains", "add", host, never, "--tag", "nightly").code == 0
    assert (
        shared("domains", "schedule", "--tag", "nightly", "--cron", "17 2 * * *").err
        == "2 domains scheduled\n"
    )
    planned = shared("domains", "show", host, "--format", "json").json
    assert (planned["schedule"], planned["next_at"][10:]) == ("17 2 * * *", "T02:17:00.000Z")
    assert shared("worker", "--drain").code == 0
    assert shared.jobs() == []
    with psycopg.connect(upgraded_postgres_url) as connection:
        connection.execute("UPDATE domains SET next_at = now() - interval '3 days'")
    assert shared("domains", "schedule", never, "--off").code == 0
    assert shared("worker", "--drain").code == 0
    assert [(job["domain"], job["verdict"]) for job in shared.jobs()] == [(host, "ok")]
    assert batch_of(shared)["source"] == "schedule"
    assert shared("domains", "show", host, "--format", "json").json["next_at"] == planned["next_at"]
    assert shared("worker", "--drain").code == 0
    assert len(shared.jobs()) == 1


FIELDS = "expected the five cron fields: minute, hour"


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("hourly", FIELDS),
        ("0 0 31 2 *", FIELDS),
        ("61 * * * *", "'61' is not a valid minute (0-59)"),
        ("* * * * * *", FIELDS),
    ],
)
def test_what_is_no_schedule_is_refused(program: Program, cron: str, why: str) -> None:
    assert program("domains", "add", "a.example").code == 0
    done = program("domains", "schedule", "a.example", "--cron", cron)
    assert done.code == 2
    assert done.err.startswith(f"error: invalid schedule ({cron}): {why}")


@pytest.mark.parametrize("given", ["http://user:secret@{netloc}/", "{url}/ --user user:secret"])
def test_no_worker_has_the_password_of_a_queued_target_and_both_commands_say_so(
    given: str, shared: Program, site: Site
) -> None:
    right = f"Basic {base64.b64encode(b'user:secret').decode()}"
    site.routes["*"] = lambda hit: (
        Answer(urlset(f"{site.url}/page"))
        if hit.headers.get("authorization") == right
        else Answer(status=401, headers=(("WWW-Authenticate", "Basic"),))
    )
    target, *options = given.format(netloc=site.netloc, url=site.url).split()
    (shared.folder / "list.txt").write_text(target)
    queued = shared("batch", "list.txt", "--enqueue", *options)
    assert queued.code == 0
    assert (
        "not stored with the jobs: --user" if options else "warning: the name and password in"
    ) in queued.err
    done = shared("worker", "--drain")
    why = "the password of this target is not stored; give it with --user NAME:PASSWORD"
    assert (done.code, why in done.err, why in shared.jobs()[0]["error"]) == (0, True, True)
    assert shared("batch", "list.txt", "--enqueue").code == 0
    assert shared("worker", "--drain", "--user", "user:secret").code == 0
    assert [job["status"] for job in shared.jobs()] == ["completed", "failed"]
    assert "secret" not in queued.err + done.err
