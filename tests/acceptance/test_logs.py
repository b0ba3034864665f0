"""What the program says on stderr besides notes and errors."""

import datetime as dt
import json
from typing import Any

import pytest

from tests.acceptance.command import Done, Program
from tests.acceptance.conftest import furnish
from tests.web import Answer, Site, in_turn, index, urlset, validated

pytestmark = pytest.mark.usefixtures("schema")


def read_log(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.err.splitlines()]


def select_events(done: Done, event: str) -> list[dict[str, Any]]:
    return [each for each in read_log(done) if each["event"] == event]


def test_nothing_is_logged_unless_asked_for(program: Program, site: Site) -> None:
    furnish(site)
    assert program("analyze", f"{site.url}/").err == ""


def test_verbose_says_what_was_recorded(program: Program, site: Site) -> None:
    furnish(site)
    done = program("analyze", f"{site.url}/", "-v")
    assert f"info: recorded {site.url}/a.xml: 3 URLs, ok" in done.err.splitlines()


def test_verbose_shows_each_request(program: Program, site: Site) -> None:
    furnish(site)
    lines = [line for line in program("analyze", f"{site.url}/", "-v").err.splitlines() if "GET" in line]
    assert len(lines) == len(site.hits)
    assert any(line.startswith(f"info: GET {site.url}/a.xml 200 ") for line in lines)
    assert all(line.endswith(" bytes") for line in lines)


def test_a_log_for_machines_has_time_level_event_and_job(program: Program, site: Site) -> None:
    furnish(site)
    done = program("analyze", f"{site.url}/", "-vv", "--log-format", "json")
    job = program.jobs()[0]
    records = [each for each in read_log(done) if each["event"] != "configuration"]
    assert {each["event"] for each in records} >= {"request", "recorded", "job-finished"}
    for each in records:
        assert dt.datetime.fromisoformat(each["time"]).tzinfo is not None
        assert each["level"] in {"debug", "info"}
        assert (each["job_id"], each["domain"]) == (job["job_id"], site.netloc)


def test_a_request_is_logged_with_its_outcome(program: Program, site: Site) -> None:
    furnish(site)
    site.routes["/a.xml"] = Answer(status=404)
    done = program("analyze", f"{site.url}/", "-v", "--log-format", "json")
    (found,) = [each for each in select_events(done, "request") if each["url"] == f"{site.url}/a.xml"]
    assert (found["method"], found["status"], found["attempt"]) == ("GET", 404, 1)
    assert isinstance(found["ms"], int)
    assert isinstance(found["bytes"], int)


def test_a_retry_is_logged_with_its_attempt(program: Program, site: Site) -> None:
    site.routes["/map.xml"] = in_turn(Answer(status=500), Answer(urlset(f"{site.url}/")))
    done = program("analyze", f"{site.url}/map.xml", "-vv", "--log-format", "json", "--retries", "1")
    (found,) = select_events(done, "retry")
    assert (found["url"], found["attempt"], found["reason"]) == (f"{site.url}/map.xml", 2, "500")
    assert found["seconds"] > 0
    requests = select_events(done, "request")
    assert [each["attempt"] for each in requests if each["url"] == f"{site.url}/map.xml"] == [1, 2]
    assert "retry" not in program("analyze", f"{site.url}/map.xml", "-v").err


def test_a_pause_is_logged(program: Program, site: Site) -> None:
    busy = Answer(status=429, headers=(("Retry-After", "1"),))
    site.routes["/map.xml"] = in_turn(busy, Answer(urlset(f"{site.url}/")))
    done = program("analyze", f"{site.url}/map.xml", "-vv", "--log-format", "json", "--retries", "1")
    assert [each["seconds"] for each in select_events(done, "pause")] == [1]


def test_a_decision_of_the_cache_is_logged(program: Program, site: Site) -> None:
    site.routes["/map.xml"] = validated(urlset(f"{site.url}/"), '"a"')
    arguments = ("analyze", f"{site.url}/map.xml", "-vv", "--log-format", "json")
    assert select_events(program(*arguments), "cache") == []
    assert [each["decision"] for each in select_events(program(*arguments), "cache")] == ["unchanged"]


def test_a_finished_job_is_an_event_without_verbose(program: Program, site: Site) -> None:
    furnish(site)
    done = program("analyze", f"{site.url}/", "--log-format", "json")
    (found,) = read_log(done)
    assert (found["event"], found["verdict"], found["urls"]) == ("job-finished", "ok", 5)
    assert program("analyze", f"{site.url}/", "--log-format", "json", "-q").err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("jobs", "list", "--limit", "0", "--log-format", "json"),
        ("--log-format", "json", "jobs", "list", "--limit", "0"),
        ("jobs", "lst", "--log-format=json"),
        ("--log-format", "json", "jobs", "show", "ffff"),
        ("analyze", "--log-format", "json"),
    ],
)
def test_errors_of_usage_are_in_the_log_for_machines(arguments: tuple[str, ...], program: Program) -> None:
    done = program(*arguments)
    (found,) = read_log(done)
    assert (done.code, found["level"], found["event"], found["exit_code"]) == (2, "error", "error", 2)


def test_a_broken_configuration_is_in_the_log_for_machines(program: Program) -> None:
    (program.folder / "sitemap.toml").write_text("retries = -1")
    (found,) = read_log(program.having(SITEMAP_LOG_FORMAT="json")("jobs", "list"))
    assert found["exit_code"] == 2


@pytest.mark.parametrize("command", ["analyze", "check"])
@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_a_failure_is_a_line_on_stderr(command: str, form: str, program: Program) -> None:
    done = program(command, "http://127.0.0.1:1/", "--format", form)
    assert done.code == 4
    (line,) = done.err.splitlines()
    assert line.startswith("error: nothing could be read (http://127.0.0.1:1/): ")


def test_a_failure_of_an_output_file_is_a_line_on_stderr(program: Program, site: Site) -> None:
    done = program("analyze", f"{site.url}/", "-o", "out.txt")
    assert done.code == 6
    assert done.err.startswith(f"error: no sitemap found ({site.url}/): ")


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_pages_that_do_not_respond_are_a_line_on_stderr(form: str, program: Program, site: Site) -> None:
    furnish(site)
    assert program("analyze", f"{site.url}/", "-q").code == 0
    site.routes["/robots.txt"] = Answer(status=500)
    done = program("probe", f"{site.url}/", "--format", form)
    line = f"error: no page responded ({site.netloc}): robots.txt is unavailable"
    assert (done.code, done.err.splitlines()) == (4, [line])


def test_a_job_without_urls_has_no_page_to_request(program: Program, site: Site) -> None:
    site.routes |= {
        "/sitemap.xml": Answer(index(f"{site.url}/a.xml")),
        "/a.xml": Answer(status=500),
    }
    assert program("analyze", f"{site.url}/", "-q").code == 4
    done = program("probe", f"{site.url}/")
    assert (done.code, done.lines) == (4, [f"{site.netloc}  no page requested: the job lists no URL"])
    assert done.err.splitlines()[-1] == f"error: no page requested ({site.netloc}): the job lists no URL"


def test_passwords_are_not_logged(program: Program, site: Site) -> None:
    furnish(site)
    named = site.url.replace("://", "://me:geheim@")
    site.routes["/index.xml"] = Answer(urlset(f"{named}/page"))
    options = ("-vv", "--user", "me:geheim", "--header", "X-Token: geheim", "--cookie", "a=geheim")
    for form in ("text", "json"):
        done = program("analyze", f"{named}/", *options, "--log-format", form)
        assert done.err
        assert "geheim" not in done.err
        assert "geheim" not in done.out
