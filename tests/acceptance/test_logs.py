"""What the program says on stderr besides notes and errors."""

import json

from tests.acceptance.command import Program
from tests.acceptance.conftest import furnish
from tests.web import Site


def test_nothing_is_logged_unless_asked_for(program: Program, site: Site) -> None:
    furnish(site)
    assert program("analyze", f"{site.url}/").err == ""


def test_verbose_says_what_was_recorded(program: Program, site: Site) -> None:
    furnish(site)
    done = program("analyze", f"{site.url}/", "-v")
    assert f"info: recorded {site.url}/a.xml: 3 URLs, ok" in done.err.splitlines()


def test_the_log_is_json_where_machines_read_it(program: Program, site: Site) -> None:
    furnish(site)
    done = program("analyze", f"{site.url}/", "-v", "--log-format", "json")
    records = [json.loads(line) for line in done.err.splitlines()]
    assert {record["level"] for record in records} == {"info"}
    assert len(records) == 3
