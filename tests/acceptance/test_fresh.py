"""Every command in a fresh interpreter, as users start it: it says the same as in a forked process."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from sitemap_cli.cli.framework.app import build_app
from tests.acceptance.command import Done, Program
from tests.acceptance.conftest import Recorded
from tests.web import Answer, Site, urlset

DOCUMENT = urlset("https://a.example/1", "ftp://a.example/2", lastmod="2026-11-01")

# In this order, because some need what others have recorded.
WRITING: list[tuple[str, ...]] = [
    ("db", "upgrade"),
    ("domains", "add", "b.example", "c.example"),
    ("domains", "tag", "b.example", "shops"),
    ("domains", "note", "b.example", "ask Ada"),
    ("domains", "set", "b.example", "--timeout", "9"),
    ("domains", "schedule", "b.example", "0 3 * * *"),
    ("domains", "import", "list.txt"),
    ("domains", "remove", "c.example", "--yes"),
    ("domains", "show", "b.example", "--format", "json"),
    ("analyze", "{url}/sitemap.xml", "--quiet"),
    ("check", "{url}/sitemap.xml", "--select", "SM301", "--quiet"),
    ("probe", "{netloc}", "--quiet"),
    ("indexnow", "{netloc}", "--key", "12345678", "--quiet"),
    ("batch", "run", "list.txt", "--quiet"),
    ("jobs", "retry", "ffff"),
    ("jobs", "cancel", "ffff"),
    ("jobs", "accept", "ffff"),
    ("jobs", "prune", "--keep", "1"),
    ("db", "vacuum"),
    ("db", "backup", "copy.db"),
    ("worker",),
]
READING: list[tuple[str, ...]] = [
    ("parse", "-"),
    ("robots", "{url}"),
    ("tree", "{domain}"),
    ("urls", "{domain}", "--format", "jsonl"),
    ("diff", "{domain}"),
    ("report", "{domain}", "--format", "json"),
    ("db", "info"),
    ("db", "check"),
    ("domains", "list"),
    ("jobs", "list"),
    ("jobs", "show", "{complete}"),
    ("batch", "list"),
    ("batch", "show", "ffff"),
    ("rules", "list"),
    ("schema",),
    ("--tenant", "shop", "help", "fetching"),
    ("help", "exit-codes"),
    ("completion", "bash"),
    ("man", "jobs"),
    ("rules", "show", "SM301"),
]


@pytest.fixture
def page(site: Site) -> Site:
    """A site with one sitemap and one page."""
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/"))
    site.routes["/robots.txt"] = Answer(f"User-agent: *\nSitemap: {site.url}/sitemap.xml\n".encode())
    site.routes["/"] = Answer(b"<!doctype html><title>Home</title>", headers=(("Content-Type", "text/html"),))
    return site


def names(command: Any, *above: str) -> Iterator[tuple[str, ...]]:
    """The names of all commands; those of a group have two words."""
    for name, below in command.commands.items():
        yield from names(below, *above, name) if hasattr(below, "commands") else [(*above, name)]


def test_no_command_is_missing_here() -> None:
    tried = {call[:2] for call in WRITING + READING} | {call[:1] for call in WRITING + READING}
    assert set(names(get_command(build_app()))) - tried == set()


@pytest.mark.parametrize("call", READING, ids=" ".join)
def test_a_command_that_reads_prints_the_same_bytes(
    call: tuple[str, ...], recorded: Recorded, page: Site
) -> None:
    arguments = [
        each.format(url=page.url, domain=recorded.domain, complete=recorded.complete) for each in call
    ]
    assert recorded.program.fresh(*arguments, stdin=DOCUMENT) == recorded.program(*arguments, stdin=DOCUMENT)


def test_commands_that_write_end_and_say_the_same(program: Program, page: Site) -> None:
    ends: list[list[tuple[str, int, str]]] = []
    for name in ("fresh", "forked"):
        own = Program(program.folder / name, program.variables)
        own.folder.mkdir()
        (own.folder / "list.txt").write_text(f"{page.netloc}\n")
        ends.append([said(own, name, call, page) for call in WRITING])
    fresh, forked = ends
    assert fresh == forked
    assert not any("Traceback" in err for _, _, err in fresh)


def said(program: Program, name: str, call: tuple[str, ...], page: Site) -> tuple[str, int, str]:
    """A command, its exit code, and its stderr without the folder and the times."""
    run = program.fresh if name == "fresh" else program
    done: Done = run(*(each.format(url=page.url, netloc=page.netloc) for each in call))
    assert done.code in (0, 1, 2, 3), (call, done.err)
    return " ".join(call), done.code, done.err.replace(str(program.folder), "")
