"""Passwords in lists and arguments are used for their sites, and neither stored nor quoted in errors."""

import json
import threading

import pytest

from tests.acceptance.command import Program
from tests.acceptance.test_secrets import LOGIN, PUBLISHED, TYPED, UNUSABLE, protect, traces
from tests.patience import PATIENCE
from tests.web import Answer, Site, urlset


def test_the_passwords_of_a_list_are_read_from_it_again(program: Program, site: Site) -> None:
    protect(site)
    listed = f"http://{TYPED}{site.netloc}/a.xml\n"
    (program.folder / "list.txt").write_text(listed)
    done = program("batch", "list.txt")
    assert (done.code, "the name and password in 1 URL are not stored" in done.err) == (0, True)
    assert "domains set DOMAIN --header-from Authorization=VARIABLE" in done.err
    done = program("probe", "-", "--all", stdin=listed.encode())
    assert done.code == 0, done.err
    assert {hit.headers.get("authorization") is not None for hit in site.hits} == {True}
    (batch,) = program("batch", "list", "--format", "jsonl").records
    assert batch["source"] == str(program.folder / "list.txt")


def test_a_batch_that_is_resumed_by_its_list_has_the_passwords_in_it(program: Program, site: Site) -> None:
    protect(site)
    (program.folder / "list.txt").write_text(f"http://{TYPED}{site.netloc}/a.xml\n")
    served, gate = site.routes["/a.xml"], threading.Event()
    site.routes["/a.xml"] = Answer(gate=gate)
    with program.start("batch", "list.txt") as running:
        assert site.asked.wait(PATIENCE)
        running.kill()
    gate.set()
    site.routes["/a.xml"] = served
    site.hits.clear()
    done = program("batch", "--resume", "list.txt")
    assert done.code == 0, done.err
    assert {hit.headers.get("authorization") is not None for hit in site.hits} == {True}


COMMANDS_WITH_NAMES = [
    ("domains", "show"),
    ("domains", "remove"),
    ("domains", "import"),
    ("jobs", "show"),
    ("check", "--job"),
    ("batch",),
    ("batch", "--resume"),
    ("urls", "--job"),
    ("tree",),
]


@pytest.mark.parametrize("command", COMMANDS_WITH_NAMES, ids=" ".join)
@pytest.mark.parametrize(
    "name", ["http://{login}@a.example/", "{login}@a.example", "https:/{login}/@a.example"]
)
def test_a_name_that_is_not_known_is_quoted_without_the_password_in_it(
    command: tuple[str, ...], name: str, program: Program
) -> None:
    done = program(*command, name.format(login=LOGIN), "-v", "--log-format", "json")
    assert done.code in (2, 4), done.err
    assert traces(program, done) == []


def test_a_line_of_a_list_is_quoted_without_the_password_in_it(program: Program) -> None:
    lines = [
        *UNUSABLE,
        "{login}@a b.example",
        '"http://{login}@a.example:x"',
    ]
    text = "\n".join(each.format(login=LOGIN) for each in lines)
    for name in ("list.txt", "list.csv", "list.json"):
        (program.folder / name).write_text(json.dumps(text.splitlines()) if "json" in name else text)
        for command in (("domains", "import", name), ("check", "a.invalid", "--against", name)):
            done = program(*command, "-vv")
            (program.folder / name).rename(program.folder.parent / name)
            assert traces(program, done) == []
            (program.folder.parent / name).rename(program.folder / name)
        (program.folder / name).unlink()


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_no_password_in_a_robots_txt_is_stored_whatever_its_encoding(
    codec: str, program: Program, site: Site
) -> None:
    robots_txt = f"User-agent: *\nSitemap: http://eve:{PUBLISHED}@{site.netloc}/a.xml\n"
    site.routes["/robots.txt"] = Answer(robots_txt.encode(codec))
    site.routes["/a.xml"] = Answer(urlset(f"{site.url}/page"))
    assert program("analyze", f"{site.url}/").code == 0
    written = b"".join(each.read_bytes() for each in program.folder.rglob("*") if each.is_file())
    assert PUBLISHED.encode() not in written.replace(b"\0", b"")
