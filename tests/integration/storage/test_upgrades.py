"""A database of an older version: its jobs after the upgrade."""

from collections.abc import Mapping
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, text

from sitemap_cli.storage import schema_revision
from sitemap_cli.storage.database import Database

OLD = "20261127_2"
DOMAINS = ("shop.test", "shop.test:8443", "blog.test")
# The target of each job, its domain, its status, and the URLs that were new.
JOBS = [
    ("shop.test", "shop.test", "completed", 10),
    ("https://shop.test/", "shop.test", "partial", 3),
    ("./dist", "shop.test", "completed", 12),
    ("shop.test/blog/", "shop.test", "completed", 4),
    ("HTTPS://Shop.test:8443/sitemap.xml?page=2", "shop.test:8443", "completed", 5),
    ("blog.test", "blog.test", "failed", 0),
    ("/srv/build", "blog.test", "completed", 7),
]
JOB = """
    INSERT INTO jobs
    (id, tenant, domain_id, target, status, created_at, sitemaps, urls, unique_urls, new_urls, bytes)
    VALUES (:id, 'default', :domain, :target, :status, '2026-11-27 00:00:00', 1, 20, 20, :new, 100)
"""
DOMAIN = """
    INSERT INTO domains (id, tenant, name, created_at) VALUES (:id, 'default', :name, '2026-11-27 00:00:00')
"""


def _make_old(connection: Connection) -> None:
    config = schema_revision.build_alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, OLD)
    for number, name in enumerate(DOMAINS, 1):
        connection.execute(text(DOMAIN), {"id": number, "name": name})
    for number, (target, domain, status, new) in enumerate(JOBS):
        at = DOMAINS.index(domain) + 1
        row = {"id": f"job-{number}", "domain": at, "target": target, "status": status, "new": new}
        connection.execute(text(JOB), row)


@pytest.fixture
async def upgraded(database_url: str) -> Mapping[str, Any]:
    """The jobs of an old database after its upgrade, by target."""
    db = Database(database_url)
    try:
        async with db.transaction() as session:
            await (await session.connection()).run_sync(_make_old)
        await db.upgrade_schema()
        async with db.reading() as session:
            rows = await session.execute(text("SELECT * FROM jobs ORDER BY id"))
            return {row["target"]: row for row in rows.mappings()}
    finally:
        await db.close()


async def test_jobs_of_the_same_place_get_the_same_history(upgraded: Mapping[str, Any]) -> None:
    histories = {target: (row["history"], bool(row["is_local"])) for target, row in upgraded.items()}
    assert histories == {
        "shop.test": ("/", False),
        "https://shop.test/": ("/", False),
        "./dist": ("./dist at shop.test", True),
        "shop.test/blog/": ("/blog", False),
        "HTTPS://Shop.test:8443/sitemap.xml?page=2": ("/sitemap.xml?page=2", False),
        "blog.test": ("/", False),
        "/srv/build": ("/srv/build at blog.test", True),
    }


async def test_what_was_new_keeps_the_job_that_it_was_counted_against(upgraded: Mapping[str, Any]) -> None:
    compared = {target: (row["compared_with"], row["new_urls"]) for target, row in upgraded.items()}
    assert compared == {
        "shop.test": (None, 0),
        "https://shop.test/": ("job-0", 3),
        "./dist": ("job-0", 12),
        "shop.test/blog/": ("job-2", 4),
        "HTTPS://Shop.test:8443/sitemap.xml?page=2": (None, 0),
        "blog.test": (None, 0),
        "/srv/build": (None, 0),
    }
    assert {(row["urls"], row["bytes"], row["gate"]) for row in upgraded.values()} == {(20, 100, None)}
