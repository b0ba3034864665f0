"""What the user keeps secret is told to the one site it is for, and neither printed nor stored by anybody."""

import base64
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pytest

from tests.acceptance.command import Done, Program
from tests.web import Answer, Hit, Site, index, redirect, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

SECRET = "hunter2"
LOGIN = f"me:{SECRET}"
PUBLISHED = "guessme"
ENCODED = base64.b64encode(LOGIN.encode()).decode()
TRACES = [each.encode() for each in (SECRET, ENCODED, base64.b64encode(f":{SECRET}".encode()).decode()[:8])]

OPTIONS = ("--user", LOGIN, "--header", f"X-Key: {SECRET}", "--cookie", f"sid={SECRET}")
# Each format once, and each way of talking about it.
COMMANDS = {
    "analyze text": ("analyze", "--format", "text", "-vv"),
    "analyze json": ("analyze", "--format", "json", "-vv", "--log-format", "json"),
    "analyze jsonl": ("analyze", "--format", "jsonl", "-o", "result.jsonl", "-vv"),
    "parse text": ("parse", "--format", "text", "-vv"),
    "parse jsonl": ("parse", "--format", "jsonl", "-o", "result.jsonl", "-vv"),
    "parse csv": ("parse", "--format", "csv", "-vv", "--log-format", "json"),
    "robots text": ("robots", "--format", "text", "-vv"),
    "robots jsonl": ("robots", "--format", "jsonl", "-vv", "--log-format", "json"),
    "robots csv": ("robots", "--format", "csv", "-o", "result.csv", "-vv"),
}
ADDRESSES = [
    "http://{login}@{netloc}/index.xml",
    "http://{login}@{netloc}/",
    "http://{login}@{netloc}/shop/",
    "http://{login}@{netloc}/robots.txt",
    "http://{login}@{netloc}/missing.xml",
    "http://{login}@{netloc}/forbidden.xml",
    "http://{login}@{netloc}/broken.xml",
    "http://{login}@{netloc}/circle.xml",
    "http://{login}@{netloc}/nowhere.xml",
    "http://{login}@{netloc}/file.xml",
    "http://{login}@127.0.0.1:{closed}/a.xml",
    "https://{login}@{netloc}/a.xml",
]
UNUSABLE = [
    "{login}@a.example:port",
    "{login}@",
    "http://{login}@/a.xml",
    "http://{login}@[::1/a.xml",
    "http://{login}@a.example:port/a.xml",
    "ftp://{login}@a.example/a.xml",
    "//{login}@a.example/a.xml",
]


@pytest.fixture
def other() -> Iterator[Site]:
    """Another host."""
    with Site(address="127.0.0.2") as running:
        running.routes["/child.xml"] = Answer(urlset(f"{running.url}/page"))
        running.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private\n")
        yield running


@pytest.fixture
def home(site: Site, other: Site) -> Site:
    """The site that the secrets are for; it leads elsewhere in every way it can.

    What stands in its documents is no secret and shown as it is, but a login there is never used.
    """
    mine, theirs = (f"http://{LOGIN}@{each.netloc}" for each in (site, other))
    documents = (f"http://eve:{PUBLISHED}@{each.netloc}" for each in (site, other))
    here, there = documents
    robots(site, f"Sitemap: {here}/index.xml", f"Sitemap: {there}/child.xml")
    site.routes["/index.xml"] = Answer(
        index(f"{here}/a.xml", f"{there}/child.xml", f"{here}/away.xml", f"{here}/circle.xml")
    )
    site.routes["/a.xml"] = Answer(urlset(f"{site.url}/page"))
    site.routes["/away.xml"] = redirect(f"{theirs}/back.xml")
    other.routes["/back.xml"] = redirect(f"{mine}/b.xml")
    site.routes["/b.xml"] = Answer(urlset(f"{site.url}/other-page"))
    site.routes["/circle.xml"] = redirect(f"{mine}/circle.xml")
    site.routes["/nowhere.xml"] = redirect(f"http://{LOGIN}@[::1/")
    site.routes["/file.xml"] = redirect(f"file://{LOGIN}@h/etc/passwd")
    site.routes["/forbidden.xml"] = Answer(status=401, headers=(("WWW-Authenticate", 'Basic realm="x"'),))
    site.routes["/broken.xml"] = Answer(b"<urlset><url><loc>")
    site.routes["/shop/"] = Answer(f'<link rel="sitemap" href="{there}/child.xml">'.encode())
    return site


@pytest.fixture
def closed() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def traces(program: Program, done: Done) -> list[str]:
    """Where secrets were found: in what was printed, and in every file the program has written."""
    written = {str(each): each.read_bytes() for each in program.folder.rglob("*") if each.is_file()}
    found = {"stdout": done.stdout, "stderr": done.stderr, **written}
    return [name for name, content in found.items() if any(trace in content for trace in TRACES)]


def sent(site: Site) -> list[str]:
    """The requests that carried a secret."""
    return [hit.path for hit in site.hits if SECRET in str(hit) or ENCODED in str(hit)]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_secret_is_told_to_its_site_only(
    command: str, program: Program, home: Site, other: Site, closed: int
) -> None:
    targets = [each.format(login=LOGIN, netloc=home.netloc, closed=closed) for each in ADDRESSES]
    for several in [[each] for each in targets] if command.startswith("robots") else [targets]:
        done = program(*COMMANDS[command], *several, *OPTIONS)
        assert done.code in (0, 3, 4), done.err
        assert traces(program, done) == []
    assert (sent(other), PUBLISHED in str(other.hits)) == ([], False)
    assert home.hits
    assert len(sent(home)) == len(home.hits)


@pytest.mark.parametrize("command", ["analyze", "check", "robots"])
@pytest.mark.parametrize("option", [OPTIONS[:2], OPTIONS[2:4], OPTIONS[4:]])
def test_a_warning_says_that_a_secret_is_not_sent_over_http_after_https(
    command: str, option: tuple[str, str], program: Program, site: Site
) -> None:
    robots(site)
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/page"))
    done = program(command, site.netloc, *option)
    assert done.code == 0
    assert done.err.count(f"credentials are not sent over http unless the target is {site.url}/") == 1
    assert (sent(site), traces(program, done)) == ([], [])
    named = program(command, site.url, *option)
    assert (named.code, "credentials" in named.err) == (0, False)
    assert sent(site)


# To parse, what has no scheme is the name of a file.
REFUSALS = [
    (command, target)
    for command, target in product(("analyze", "parse", "robots"), UNUSABLE)
    if command != "parse" or target.startswith(("http:", "ftp:"))
]


@pytest.mark.parametrize(("command", "target"), REFUSALS)
def test_an_address_that_cannot_be_used_is_named_without_its_login(
    command: str, target: str, program: Program
) -> None:
    done = program(command, target.format(login=LOGIN), "-vv")
    assert done.code in (2, 4), done.err
    assert traces(program, done) == []


def test_what_was_recorded_holds_no_secret(program: Program, home: Site) -> None:
    done = program("analyze", f"http://{LOGIN}@{home.netloc}/index.xml", *OPTIONS, "-vv", "--format", "jsonl")
    (result,) = done.records
    for arguments in (
        ("jobs", "list", "--format", "jsonl"),
        ("jobs", "show", result["job_id"], "--format", "json"),
        ("tree", result["domain"]),
        ("urls", result["domain"], "--format", "jsonl"),
        ("db", "info"),
    ):
        assert traces(program, program(*arguments)) == []
    assert {"/index.xml", "/a.xml", "/b.xml"} <= set(sent(home))


def protect(site: Site) -> None:
    """Serve a site to those only who know the password ``p@ss:word``, and lead them elsewhere."""
    login = base64.b64encode(b"user:p@ss:word").decode()

    def answer(content: bytes) -> Callable[[Hit], Answer]:
        return lambda hit: (
            Answer(content)
            if hit.headers.get("authorization") == f"Basic {login}"
            else Answer(status=401, headers=(("WWW-Authenticate", "Basic"),))
        )

    site.routes["/robots.txt"] = answer(f"Sitemap: {site.url}/index.xml\n".encode())
    site.routes["/index.xml"] = answer(index(f"{site.url}/a.xml"))
    site.routes["/a.xml"] = answer(urlset(f"{site.url}/page"))
    site.routes["/page"] = answer(b"<title>A page</title>")


TYPED = "user:p%40ss%3Aword@"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("analyze", "{url}/"), 0),
        (("analyze", "{url}/index.xml"), 0),
        (("analyze", "{url}/robots.txt"), 0),
        (("check", "{url}/", "--fail-on", "never"), 0),
        (
            (
                "check",
                "{plain}/a.xml",
                "--against",
                "{url}/",
                "--fail-on",
                "never",
                "--user",
                "user:p@ss:word",
            ),
            0,
        ),
        (("parse", "{url}/a.xml"), 0),
        (("robots", "{url}/"), 0),
        (("batch", "list.txt"), 0),
        (("batch", "list.csv"), 0),
        (("domains", "add", "{url}/", "{typed}{netloc}"), 0),
        (("domains", "import", "list.txt"), 0),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else None,
)
def test_the_password_of_a_target_is_for_its_origin_only_and_never_stored(
    command: tuple[str, ...], code: int, program: Program, site: Site, other: Site
) -> None:
    protect(site)
    names = {"url": f"http://{TYPED}{site.netloc}", "plain": site.url, "typed": TYPED, "netloc": site.netloc}
    (program.folder / "list.txt").write_text(f"{names['url']}/\n")
    (program.folder / "list.csv").write_text(f"tags,url\nx,{names['url']}/\n")
    done = program(*(each.format(**names) for each in command), "-vv")
    for each in ("list.txt", "list.csv"):
        (program.folder / each).unlink()
    assert done.code == code, done.err
    secrets = (b"p@ss", b"p%40ss", base64.b64encode(b"user:p@ss:word"))
    written = [each.read_bytes() for each in program.folder.rglob("*") if each.is_file()]
    assert not any(secret in text for secret in secrets for text in (done.stdout, done.stderr, *written))
    assert not any("authorization" in hit.headers for hit in other.hits)
    assert command[0] == "domains" or site.hits
    if command[0] == "domains":
        assert "not stored" in done.err


def test_a_page_is_probed_with_the_password_of_its_site(program: Program, site: Site) -> None:
    protect(site)
    target = f"http://{TYPED}{site.netloc}"
    assert program("analyze", f"{target}/a.xml").code == 0
    assert program("probe", f"{TYPED}{site.netloc}", "--all").code == 0
    assert {hit.headers.get("authorization") is not None for hit in site.hits} == {True}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A command line, environment or file that cannot be used, with a secret in it."""

    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] | None = None
    file: str = ""
    code: int = 2


MISTAKES = {
    "a header without a colon": Mistake(("--header", SECRET)),
    "a header without a name": Mistake(("--header", f": {SECRET}")),
    "a header with a line break": Mistake(("--header", f"X: a\n{SECRET}")),
    "a header of no Latin": Mistake(("--header", f"X: {SECRET}\u20ac")),
    "a cookie without a value": Mistake(("--cookie", SECRET)),
    "a cookie with a line break": Mistake(("--cookie", f"a=b\n{SECRET}")),
    "a proxy of another kind": Mistake(("--proxy", f"gopher://{LOGIN}@127.0.0.1")),
    "a proxy that is no address": Mistake(("--proxy", f"http://{LOGIN}@[::1")),
    "a proxy that is not there": Mistake(("--proxy", f"http://{LOGIN}@127.0.0.1:1"), code=4),
    "a base of another kind": Mistake((".", "--base-url", f"ftp://{LOGIN}@a.example/")),
    "a base that is no address": Mistake((".", "--base-url", f"http://{LOGIN}@[::1")),
    "a contact with a login": Mistake(("--contact", f"https://{LOGIN}@a.example/")),
    "a database that is not there": Mistake(("--database", f"postgresql://{LOGIN}@127.0.0.1:1/x"), code=5),
    "a database of another kind": Mistake(("--database", f"mysql://{LOGIN}@127.0.0.1/x"), code=5),
    "a header in the environment": Mistake(variables={"SITEMAP_HEADER": SECRET}),
    "a cookie in the environment": Mistake(variables={"SITEMAP_COOKIE": SECRET}),
    "a database in the environment": Mistake(
        variables={"SITEMAP_DATABASE": f"postgresql://{LOGIN}@127.0.0.1:1/x"}, code=5
    ),
    "a header of the wrong type": Mistake(file=f'header = "X: {SECRET}"'),
    "a user of the wrong type": Mistake(file=f'user = ["{LOGIN}"]'),
    "an unknown setting": Mistake(file=f'password = "{SECRET}"'),
    "a file that is no TOML": Mistake(file=f'user = "{LOGIN}'),
    "a file with a line too many": Mistake(file=f'user = "{LOGIN}" {SECRET}'),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_without_the_secret_in_it(mistake: str, program: Program, home: Site) -> None:
    made = MISTAKES[mistake]
    own = program.having(**(made.variables or {}))
    if made.file:
        (program.folder / "sitemap.toml").write_text(made.file)
    done = own("analyze", f"{home.url}/a.xml", "--retries", "0", *made.arguments, "-vv")
    assert done.code == made.code, done.err
    assert made.code == 4 or "error: " in done.err
    assert all(trace not in done.stdout + done.stderr for trace in TRACES)


def test_cookies_of_servers_are_neither_kept_nor_sent(program: Program, site: Site) -> None:
    flood = tuple(("Set-Cookie", f"c{n}={SECRET}; Domain=127.0.0.1; Path=/") for n in range(100))
    names = [f"/{n}.xml" for n in range(100)]
    site.routes["/index.xml"] = Answer(index(*(site.url + name for name in names)), headers=flood)
    for name in names:
        site.routes[name] = Answer(urlset(site.url + name), headers=flood)
    done = program("analyze", f"{site.url}/index.xml", "-vv", "--format", "json")
    assert (done.code, len(site.hits)) == (0, 102)
    assert traces(program, done) == []
    assert all("cookie" not in hit.headers for hit in site.hits)


def test_proxies_and_passwords_of_the_environment_are_ignored(
    program: Program, home: Site, other: Site
) -> None:
    (program.folder / ".netrc").write_text(f"machine {home.address} login me password {SECRET}\n")
    spellings = product(("http", "https", "all"), (str.lower, str.upper))
    proxies = {case(f"{scheme}_proxy"): f"http://{LOGIN}@{other.netloc}" for scheme, case in spellings}
    own = program.having(**proxies, NO_PROXY="", NETRC=str(program.folder / ".netrc"))
    done = own("analyze", f"{home.url}/a.xml", "-vv")
    assert done.code == 0, done.err
    assert (sent(home), other.hits) == ([], [])
    (program.folder / ".netrc").unlink()
    assert traces(program, done) == []


def test_the_password_of_a_proxy_is_told_to_the_proxy_only(program: Program, home: Site, other: Site) -> None:
    other.routes["*"] = Answer(urlset(f"{home.url}/page"))
    done = program("analyze", f"{home.url}/a.xml", "--proxy", f"http://{LOGIN}@{other.netloc}", "-vv")
    assert done.code == 0, done.err
    assert home.hits == []
    assert {hit.headers["proxy-authorization"] for hit in other.hits} == {f"Basic {ENCODED}"}
    assert traces(program, done) == []
