"""Durations, sizes and dates in flags, variables and the configuration file."""

import datetime as dt

import pytest

from sitemap_cli.cli.framework.dates import parse_date
from sitemap_cli.errors import UsageError
from tests.acceptance.command import Done, Program
from tests.web import urlset

pytestmark = pytest.mark.usefixtures("schema")

NOON = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC).timestamp()


def give(program: Program, place: str, name: str, value: str) -> Done:
    """Parse a document of about 100 kB with one setting, given in one of three places."""
    (program.folder / "map.xml").write_bytes(urlset(*(f"https://a.example/{n}" for n in range(2_000))))
    if place == "file":
        (program.folder / "sitemap.toml").write_text(f'{name} = "{value}"')
    variable = {f"SITEMAP_{name.replace('-', '_').upper()}": value} if place == "environment" else {}
    flag = [f"--{name}", value] if place == "flag" else []
    return program.having(**variable)("parse", "map.xml", *flag)


@pytest.mark.parametrize("place", ["flag", "environment", "file"])
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("max-bytes", "1kB", 3),
        ("max-bytes", "1 MiB", 0),
        ("max-bytes", "10MB", 0),
        ("timeout", "1h30m", 0),
        ("delay", "500ms", 0),
        ("deadline", "7d", 0),
        ("min-speed", "2KiB", 0),
    ],
)
def test_units_are_understood_everywhere(
    place: str, name: str, value: str, code: int, program: Program
) -> None:
    done = give(program, place, name, value)
    assert done.code == code, done.err


@pytest.mark.parametrize("place", ["flag", "environment", "file"])
@pytest.mark.parametrize(
    ("name", "value", "example"),
    [("max-bytes", "50XB", "50MiB"), ("timeout", "10 fortnights", "1h30m"), ("delay", "soon", "500ms")],
)
def test_a_wrong_unit_is_an_error_with_an_example(
    place: str, name: str, value: str, example: str, program: Program
) -> None:
    done = give(program, place, name, value)
    assert done.code == 2
    first = done.err.splitlines()[0]
    assert first.startswith("error: invalid value (")
    assert f"{value!r} is not a " in first
    assert example in first


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("analyze", "x", "--timeout", "0ms"), "(--timeout): 0ms is less than 0.001"),
        (("analyze", "x", "--concurrency", "many"), "(--concurrency): 'many' is not a whole number"),
        (("analyze", "x", "--per-host", "0"), "(--per-host): 0 is less than 1"),
        (("jobs", "list", "--limit", "1.5"), "(--limit): '1.5' is not a whole number"),
        (("worker", "--dead-after", "0s"), "(--dead-after): 0s is less than 1"),
    ],
)
def test_a_wrong_number_is_shown(arguments: tuple[str, ...], why: str, program: Program) -> None:
    done = program(*arguments)
    assert (done.code, done.err.splitlines()[0]) == (2, f"error: invalid value {why}")


def test_the_help_explains_the_units(program: Program) -> None:
    text = " ".join(program("analyze", "--help-all").out.split())
    assert "--max-bytes SIZE Maximum size of a document, decompressed. [default: 100MiB]" in text
    assert "SIZE is in bytes, or 50MB, 50MiB; DURATION is in seconds, or 500ms, 10m, 1h30m, 7d." in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-28T00:00:00"),
        ("Yesterday", "2026-11-27T00:00:00"),
        ("7d", "2026-11-21T12:00:00"),
        ("12h", "2026-11-28T00:00:00"),
        ("2026-11-23", "2026-11-23T00:00:00"),
        ("2026", "2026-01-01T00:00:00"),
    ],
)
def test_a_date_may_be_an_age(text: str, expected: str) -> None:
    seconds = parse_date("--since", text, NOON)
    assert dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat() == f"{expected}+00:00"


@pytest.mark.parametrize("text", ["", "tomorrow", "7x", "-7d", "99999", "23.11.2026"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a date"):
        parse_date("--since", text, NOON)


def test_since_takes_an_age(program: Program) -> None:
    now = dt.datetime.now(dt.UTC)
    (program.folder / "map.xml").write_bytes(
        urlset("https://a.example/new", lastmod=f"{now - dt.timedelta(days=2):%Y-%m-%d}")
    )
    assert program("analyze", "map.xml", "--base-url", "https://a.example/", "-q").code == 0
    job = program.jobs()[0]["job_id"]
    assert program("urls", "--job", job, "--since", "7d").lines == ["https://a.example/new"]
    assert program("urls", "--job", job, "--since", "yesterday").lines == []
