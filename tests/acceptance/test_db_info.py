"""``sitemap db info``: sizes, times, and what pruning would remove."""

import sqlite3
from contextlib import closing

import pytest

from tests import care_kills
from tests.acceptance.command import Program
from tests.acceptance.test_read_only import held
from tests.web import Answer, Site, urlset

MANY_JOBS = [f"sitemap_cli.cli.{each}.QUICKLY_COUNTED" for each in ("commands.db", "view.database_lines")]


def test_sizes_times_and_what_pruning_frees_are_shown(shared: Program, site: Site) -> None:
    assert shared("db", "upgrade").code == 0
    for night in range(4):
        site.routes["/sitemap.xml"] = Answer(urlset(*(f"{site.url}/{night}/{n}" for n in range(300))))
        assert shared("analyze", f"{site.url}/sitemap.xml").code == 0
    found = shared("db", "info", "--format", "json").json
    (shared.folder / "sitemap.toml").write_text("keep = 2\n")
    text = shared("db", "info")
    tables = {each["table"]: each for each in found["tables"]}
    assert (found["jobs"], found["documents"], found["urls"]) == (4, 4, 1200)
    assert found["oldest_job"] < found["newest_job"]
    assert found["bytes_per_url"] > 20
    assert not found["are_sizes_estimated"]
    assert tables["entries"]["bytes"] > 1200 * 20
    assert sum(each["bytes"] + each["index_bytes"] for each in found["tables"]) <= found["bytes"]
    assert found["prunable"] == {"keep": 30, "jobs": 0, "documents": 0, "urls": 0, "bytes": 0}
    (line,) = (each for each in text.lines if each.startswith("prunable"))
    assert line.startswith("prunable   2 jobs, 2 documents, 600 URLs, about ")
    assert line.endswith(" with --keep 2")
    many = shared.waiting(dict.fromkeys(MANY_JOBS, 3))
    (line,) = (each for each in many("db", "info").lines if each.startswith("prunable"))
    assert line.startswith("prunable   not counted, as there are many jobs")
    assert many("db", "info", "--keep", "1", "--format", "json").json["prunable"]["jobs"] == 3


def test_a_sqlite_file_is_measured_to_the_page_without_a_look_at_entries(
    program: Program, schema: None
) -> None:
    care_kills.fill(program.database, 5_000)
    with closing(sqlite3.connect(program.database)) as connection, connection:
        connection.execute("DELETE FROM entries WHERE position > 4000")
        query = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
        measured = dict(connection.execute(query).fetchall())
        free = connection.execute("PRAGMA freelist_count").fetchone()[0]
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
    with held(program.database):
        assert program("domains", "add", "a.example").code == 0
        found = program("db", "info", "--format", "json").json
    tables = {each["table"]: each["bytes"] for each in found["tables"]}
    assert {name: tables[name] for name in ("entries", "documents", "jobs", "sqlite_schema")} == {
        name: measured[name] for name in ("entries", "documents", "jobs", "sqlite_schema")
    }
    assert (found["free_bytes"], found["log_bytes"] > 0) == (free * page_size, True)


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_database_of_an_older_version_is_described(program: Program, schema: None, format_: str) -> None:
    with closing(sqlite3.connect(program.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '20261129_7'")
        connection.execute("DROP TABLE url_times")
    done = program("db", "info", "--format", format_)
    assert (done.code, "20261129_7" in done.out, "prunable" in done.out) == (0, True, False)
