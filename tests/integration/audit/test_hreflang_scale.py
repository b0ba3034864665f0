"""The work of SQLite for hreflang links grows with their number, and not with its square."""

import json

import pytest
from sqlalchemy import create_engine, text

from sitemap_cli.services.checking import hreflang_statements
from sitemap_cli.services.checking.hreflang_statements import Variant, build_statement

LANGUAGES = ("en", "de", "fr")
EVERY = 100
"""Instructions of SQLite's virtual machine between two counts."""


def write_links(page: int, own: str) -> str:
    """Return the versions of a page with some of each fault."""
    slash = "/" if own == "fr" and page % 3 == 0 else ""
    links = [
        {"hreflang": code, "href": f"https://example.com/{code}/{page}{slash}"}
        for code in LANGUAGES
        if not (own == "de" and code == "en" and page % 2)
    ]
    if own == "en":
        links.append({"hreflang": "x-default", "href": f"https://example.com/en/{page}"})
    return json.dumps({"alternates": links})


def count_instructions(statement: str, pages: int) -> int:
    """Return the instructions that SQLite needs for a statement, in hundreds."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(
            text(
                "CREATE TABLE entries (document_id INTEGER, position INTEGER, loc TEXT, extensions TEXT,"
                " PRIMARY KEY (document_id, position))"
            )
        )
        pairs = [(page, own) for page in range(pages) for own in LANGUAGES]
        rows = [
            {"position": at, "loc": f"https://example.com/{own}/{page}", "extensions": write_links(page, own)}
            for at, (page, own) in enumerate(pairs)
        ]
        connection.execute(text("INSERT INTO entries VALUES (1, :position, :loc, :extensions)"), rows)
        query = build_statement(statement, Variant("sqlite"))
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(count, EVERY)
        given = {"documents": [1], "listing": [1], "homes": '{"1": 0}', "most": 20, "invalid": "[]"}
        names = query.compile().params.keys() & given.keys()
        assert connection.execute(query, {name: given[name] for name in names}).all()
    engine.dispose()
    return counted


@pytest.mark.parametrize("name", ["ONE_WAY", "SPLIT"])
def test_twice_as_many_pages_take_hardly_more_than_twice_the_work(name: str) -> None:
    statement = getattr(hreflang_statements, name)
    few, many = (count_instructions(statement, pages) for pages in (500, 1000))
    assert many < 2.5 * few
