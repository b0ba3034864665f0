"""``sitemap urls --new-since`` and ``--changed-since`` list what changed between jobs."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.acceptance.command import Done, Program

SITE = "https://shop.test"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

Night = Mapping[str, Mapping[str, tuple[str, ...]]]
"""The sitemaps of a night: the lastmod of each URL, and its priority if it has one."""

MONDAY: Night = {"a": {"/1": ("2026-11-01",), "/2": ("2026-11-01",), "/3": ("2026-11-01", "0.1")}}
TUESDAY: Night = {
    "a": {"/1": ("2026-11-03",), "/3": ("2026-11-01", "0.9"), "/4": ("2020-01-01",)},
    "b": {"/2": ("2026-11-01",)},
}
DAYS = ("2026-11-02", "2026-11-03")


def build(program: Program, night: Night) -> Path:
    """Write the sitemaps of a night to the folder of the build."""
    folder = program.folder / "build"
    folder.mkdir(exist_ok=True)
    for name, entries in night.items():
        listed = "".join(
            f"<url><loc>{SITE}{path}</loc><lastmod>{values[0]}</lastmod>"
            + "".join(f"<priority>{each}</priority>" for each in values[1:])
            + "</url>"
            for path, values in entries.items()
        )
        (folder / f"{name}.xml").write_text(f'<urlset xmlns="{NAMESPACE}">{listed}</urlset>')
    children = "".join(f"<sitemap><loc>{SITE}/{name}.xml</loc></sitemap>" for name in night)
    (folder / "sitemap.xml").write_text(f'<sitemapindex xmlns="{NAMESPACE}">{children}</sitemapindex>')
    return folder


def record(program: Program, *nights: Night) -> list[str]:
    """Analyze a build on several days; return the ids of the jobs."""
    for day, night in zip(DAYS, nights, strict=False):
        folder = build(program, night)
        done = program("analyze", folder, "--base-url", f"{SITE}/")
        assert done.code == 0, done.err
        with sqlite3.connect(program.database) as connection:
            connection.execute(
                "UPDATE jobs SET created_at = ? WHERE created_at > '2026-11-04'", [f"{day} 12:00:00.000000"]
            )
        connection.close()
    return [each["job_id"] for each in program("jobs", "list", "--format", "jsonl").records][::-1]


def list_paths(program: Program, *options: str) -> tuple[list[str], Done]:
    done = program("urls", program.folder / "build", *options)
    assert done.code == 0, done.err
    return [line.removeprefix(SITE) for line in done.lines], done


CHOICES: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "new since the day of the first job": (("--new-since", "2026-11-02"), ["/4"]),
    "new since the first job": (("--new-since", "FIRST"), ["/4"]),
    "new since the last job": (("--new-since", "last"), []),
    "new since a day after the last job": (("--new-since", "2026-11-04"), []),
    "new since a day before the first job": (("--new-since", "2026-11-01"), ["/4"]),
    "changed since the first job": (("--changed-since", "2026-11-02T18:00Z"), ["/1", "/3", "/4"]),
    "changed since a day before the first job": (
        ("--changed-since", "2026-11-01"),
        ["/1", "/3", "/4", "/2"],
    ),
    "changed, but for a lastmod alone": (
        ("--changed-since", "2026-11-02T18:00Z", "--trusted"),
        ["/3", "/4"],
    ),
    "changed below a path": (("--changed-since", "2026-11-02T18:00Z", "--section", "/3"), ["/3"]),
    "at most one": (("--changed-since", "2026-11-02T18:00Z", "--limit", "1"), ["/1"]),
}


@pytest.mark.usefixtures("schema")
def test_urls_that_changed_since_a_job_or_a_time_are_listed(program: Program) -> None:
    first, _ = record(program, MONDAY, TUESDAY)
    for name, (options, expected) in CHOICES.items():
        found, _ = list_paths(program, *(first if each == "FIRST" else each for each in options))
        assert found == expected, name


NOTES: dict[str, tuple[int, tuple[str, ...], str]] = {
    "a first run": (1, ("--new-since", "2026-11-02"), "first run"),
    "a first run by its lastmods": (1, ("--changed-since", "2026-10-01"), "only lastmods since then count"),
    "a time before the first job": (2, ("--new-since", "2026-11-01"), "compared with the oldest one"),
    "a time after the last job": (
        2,
        ("--new-since", "2026-11-04"),
        "no complete job is newer than 2026-11-04",
    ),
    "lastmods that proved nothing": (
        2,
        ("--changed-since", "2026-11-02T18:00Z", "--trusted"),
        "a new lastmod alone does not count",
    ),
}


@pytest.mark.usefixtures("schema")
@pytest.mark.parametrize("name", NOTES)
def test_a_note_says_what_urls_were_compared_with(program: Program, name: str) -> None:
    count, options, note = NOTES[name]
    record(program, *(MONDAY, TUESDAY)[:count])
    assert note in list_paths(program, *options)[1].err


MISTAKES: dict[str, tuple[tuple[str, ...], str]] = {
    "trusted alone": (("--trusted",), "--trusted needs --changed-since"),
    "both": (("--new-since", "7d", "--changed-since", "7d"), "--new-since excludes --changed-since"),
    "neither a job nor a date": (("--new-since", "whenever"), "neither a job nor a date"),
    "a job as a date": (("--changed-since", "last"), "not a date"),
    "a job for many domains": (("--all-domains", "--new-since", "0123"), "a job is one of a single domain"),
}


@pytest.mark.usefixtures("schema")
@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_refused(program: Program, name: str) -> None:
    options, message = MISTAKES[name]
    done = program("urls", *(() if "--all-domains" in options else ("shop.test",)), *options)
    assert (done.code, message in done.err) == (2, True), done.err
