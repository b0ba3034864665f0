"""Metrics: a file that Prometheus' node exporter reads, or a port that Prometheus asks."""

import datetime as dt
import socket
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.command import Program, ends
from tests.many import Many


def samples(text: str) -> dict[str, float]:
    """What is measured: names with their labels."""
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def listed(program: Program, many: Many) -> str:
    (program.folder / "list.txt").write_text("\n".join(f"http://{many.host(n)}" for n in range(3)))
    return "list.txt"


def test_a_batch_leaves_its_metrics_in_a_file(program: Program, many: Many) -> None:
    assert program("batch", listed(program, many), "--metrics", "own.prom").code == 0
    found = samples((program.folder / "own.prom").read_text())
    assert found["sitemap_jobs completed"] == 3
    assert found["sitemap_jobs running"] == 0
    assert found["sitemap_fetch_seconds_count"] == 9
    # What arrives together is recorded together.
    assert 3 <= found["sitemap_record_seconds_count"] <= 9
    assert found["sitemap_pool_connections writer in_use"] == 0
    assert "sitemap_workers" not in {name for name, value in found.items() if value}


@pytest.mark.parametrize("command", ["analyze", "check"])
def test_a_single_run_leaves_its_metrics_in_a_file(program: Program, many: Many, command: str) -> None:
    targets = [f"http://{many.host(n)}" for n in range(2)]
    program(command, *targets, "--metrics", "own.prom")
    found = samples((program.folder / "own.prom").read_text())
    assert found["sitemap_jobs completed"] == 2
    assert found["sitemap_fetch_seconds_count"] == 6
    assert 2 <= found["sitemap_record_seconds_count"] <= 6
    asked = len(many.server.hits)
    refused = program(command, *targets, "--metrics", "nowhere/own.prom")
    assert (refused.code, len(many.server.hits)) == (2, asked)
    assert refused.err.startswith("error: cannot publish metrics (nowhere/own.prom)")


def test_metrics_have_what_to_alert_on(program: Program, many: Many) -> None:
    name = listed(program, many)
    many.down = {many.host(1)}
    assert program("batch", name).code == 3
    assert program("batch", name, "--metrics", "own.prom").code == 3
    found = samples((program.folder / "own.prom").read_text())
    assert (found["sitemap_domains ok"], found["sitemap_domains blocked"]) == (2, 1)
    jobs = program.jobs("--status", "completed")
    last = max(dt.datetime.fromisoformat(job["finished_at"]) for job in jobs)
    assert found["sitemap_last_success_timestamp_seconds"] == pytest.approx(last.timestamp(), abs=0.01)
    batch = program("batch", "list", "--format", "jsonl").records[0]
    assert found["sitemap_last_batch_timestamp_seconds"] > last.timestamp()
    assert found["sitemap_last_batch_seconds"] > 0
    assert batch["status"] == "completed"


def test_a_worker_is_asked_at_a_port(program: Program, many: Many, postgres_url: str) -> None:
    shared = program.having(SITEMAP_DATABASE=postgres_url)
    assert shared("db", "upgrade").code == 0
    assert shared("batch", listed(shared, many), "--enqueue").code == 0
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    many.gate.clear()
    with shared.start("worker", "--drain", "--metrics", f":{port}") as worker:
        many.last.acquire()
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            found = samples(answer.read().decode())
        many.gate.set()
        assert ends(worker).code == 0
    assert found["sitemap_jobs pending"] + found["sitemap_jobs running"] == 3
    assert found["sitemap_queue_jobs waiting"] + found["sitemap_queue_jobs running"] == 3
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/metrics")


def test_metrics_that_cannot_be_kept_are_an_error(program: Program, many: Many) -> None:
    done = program("batch", listed(program, many), "--metrics", "nowhere/own.prom")
    assert done.code == 2
    assert done.err.startswith("error: cannot publish metrics (nowhere/own.prom)")
    assert {job["status"] for job in program("jobs", "list", "--format", "jsonl").records} <= {"pending"}
