"""Passwords in lists and arguments are used for their sites, and neither stored nor quoted in errors."""

import base64
import json
import threading

import pytest

from tests.acceptance.command import Program
from tests.acceptance.test_secrets import LOGIN, PUBLISHED, TYPED, UNUSABLE, protect, traces
from tests.patience import PATIENCE
from tests.web import Answer, Site, index, urlset

pytestmark = pytest.mark.usefixtures("schema")


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


NOT_STORED = "the password of this target is not stored; give it with --user NAME:PASSWORD"
RETRIED = {
    "in the URL of a site": ("http://{typed}{netloc}/", ("jobs", "retry", "last")),
    "in the URL of a sitemap": ("http://{typed}{netloc}/a.xml", ("jobs", "retry", "--status", "completed")),
    "as an option": ("{url}/ --user user:p@ss:word", ("jobs", "retry", "last")),
    "as a header": (
        "{url}/ --header Authorization:{basic}",
        ("jobs", "retry", "--domain", "{netloc}", "--verdict", "ok"),
    ),
}


@pytest.mark.parametrize(("given", "retry"), RETRIED.values(), ids=RETRIED)
def test_a_retried_job_says_that_its_password_is_not_stored(
    given: str, retry: tuple[str, ...], program: Program, site: Site
) -> None:
    protect(site)
    site.routes["*"] = Answer(status=401)
    basic = f"Basic {base64.b64encode(b'user:p@ss:word').decode()}"
    names = {"typed": TYPED, "netloc": site.netloc, "url": site.url, "basic": basic}
    assert program("analyze", *(each.format(**names) for each in given.split())).code == 0
    done = program(*(each.format(**names) for each in retry))
    assert (done.code, done.out.count(NOT_STORED), done.err.count(NOT_STORED)) == (4, 1, 1)
    assert NOT_STORED in program.jobs()[0]["error"]
    assert NOT_STORED in program("jobs", "show", "last").out
    wrong = program("jobs", "retry", "last", "--user", "user:other")
    assert (wrong.code, NOT_STORED in wrong.out + wrong.err) == (4, False)
    right = program("jobs", "retry", "last", "--user", "user:p@ss:word")
    assert (right.code, right.err) == (0, "")


def test_a_retried_job_that_lacks_a_part_without_its_password_says_so(program: Program, site: Site) -> None:
    protect(site)
    site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/index.xml\n".encode())
    site.routes["/index.xml"] = Answer(index(f"{site.url}/a.xml", f"{site.url}/b.xml"))
    site.routes["/b.xml"] = Answer(urlset(f"{site.url}/open"))
    assert program("analyze", f"http://{TYPED}{site.netloc}/").code == 0
    assert (program("jobs", "retry", "last").code, program.jobs()[0]["verdict"]) == (3, "partial")
    assert NOT_STORED in program.jobs()[0]["error"]


def test_the_password_of_another_host_is_not_requested(program: Program, site: Site) -> None:
    with Site(address="127.0.0.2") as other:
        protect(other)
        named = f"Sitemap: {other.url}/a.xml\nSitemap: {site.url}/b.xml\n"
        site.routes["/robots.txt"] = Answer(named.encode())
        site.routes["/b.xml"] = Answer(urlset(f"{site.url}/open"))
        for command in (("analyze", f"{site.url}/"), ("jobs", "retry", "last")):
            assert program(*command).code == 3
            assert NOT_STORED not in program.jobs()[0]["error"]


def test_a_batch_that_is_resumed_by_its_id_says_that_passwords_are_not_stored(
    program: Program, site: Site
) -> None:
    protect(site)
    (program.folder / "list.txt").write_text(f"http://{TYPED}{site.netloc}/a.xml\n")
    gate = threading.Event()
    served, site.routes["/a.xml"] = site.routes["/a.xml"], Answer(gate=gate)
    with program.start("batch", "list.txt") as running:
        assert site.asked.wait(PATIENCE)
        running.kill()
    gate.set()
    site.routes["/a.xml"] = served
    done = program("batch", "--resume")
    assert (done.code, NOT_STORED in done.out) == (4, True), done.out + done.err
