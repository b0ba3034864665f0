"""What a person sees at a terminal: progress, colours, and nothing that a hostile site could put there."""

import re
import threading

import pytest

from tests.acceptance.command import Program
from tests.acceptance.conftest import Recorded
from tests.acceptance.terminal import RENDITION, harmful, remove_styles, run_at, shown, terminal
from tests.patience import PATIENCE
from tests.web import Answer, Site, gz, index, urlset

C1 = "\u009b31m"
BIDI = "\u202egnp.exe"
MARKUP = "[red]bold[/red]"
HOSTILE = [f"/{C1}/a", f"/{BIDI}", f"/{MARKUP}", "/=cmd|x", "/zero\u200bwidth", "/\u2066isolate\u2069"]
ESCAPE = b"/\x1b]0;owned\x07/\x7f"


@pytest.fixture
def hostile(site: Site) -> Site:
    """A site that puts control characters wherever it can."""
    pages = [site.url + path for path in HOSTILE]
    site.routes["/robots.txt"] = Answer(
        f"User-agent: \x1b[31m{BIDI}\nDisallow: /{C1}\x1b]0;owned\x07\nSitemap: {site.url}/index.xml\n"
        f"Sitemap: {site.url}/{BIDI}.xml\nN\x1bo: {BIDI}\n".encode()
    )
    site.routes["/index.xml"] = Answer(
        index(
            f"{site.url}/{MARKUP}.xml", f"{site.url}/list.txt", f"{site.url}/why.xml", f"{site.url}/{C1}.xml"
        ),
        headers=(("ETag", '"\x9b31m"'), ("X-Powered-By", "\x9bowned")),
    )
    site.routes["*"] = Answer(urlset(*pages, lastmod=f"{BIDI}2026"))
    site.routes["/list.txt"] = Answer(f"{site.url}".encode() + ESCAPE + f"\n{site.url}/{BIDI}\n".encode())
    site.routes["/why.xml"] = Answer(raw=b"HTTP/1.1 503 \x1b]0;owned\x07\r\nContent-Length: 0\r\n\r\n")
    return site


@pytest.mark.parametrize("columns", [40, 80])
def test_a_hostile_site_cannot_reach_the_terminal(columns: int, program: Program, hostile: Site) -> None:
    # The display of progress moves the cursor, as it should.
    seen = {"analyze": shown(program, "analyze", hostile.url, "--no-progress", columns=columns)}
    assert "partial" in seen["analyze"]
    (job,) = program("jobs", "list", "--format", "jsonl").records
    for form in ("text", "json"):
        seen[f"show {form}"] = shown(program, "jobs", "show", job["job_id"], "--format", form)
    for form in ("text", "csv", "jsonl", "xml"):
        seen[f"urls {form}"] = shown(program, "urls", "--job", job["job_id"], "--format", form)
    for form in ("text", "jsonl"):
        seen[f"robots {form}"] = shown(program, "robots", hostile.url, "--test", f"/{BIDI}", "--format", form)
        seen[f"list {form}"] = shown(program, "jobs", "list", "--format", form)
    seen["tree"] = shown(program, "tree", "--job", job["job_id"])
    assert {name: harmful(text) for name, text in seen.items() if harmful(text)} == {}
    assert not any("Traceback" in text for text in seen.values())


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_a_hostile_document_cannot_reach_the_terminal(form: str, program: Program) -> None:
    entries = urlset(*(f"https://a.example{path}" for path in HOSTILE), lastmod=BIDI)
    (program.folder / "entries.xml").write_bytes(gz(entries))
    (program.folder / "list.txt").write_bytes(b"https://a.example" + ESCAPE + b"\n" + ESCAPE + b"\nx\n")
    (program.folder / "broken.xml").write_bytes(f"<urlset><{BIDI}><{MARKUP}".encode())
    for name in ("entries.xml", "list.txt", "broken.xml"):
        text = shown(program, "parse", name, "--format", form)
        assert harmful(text) == set(), (name, text)
        assert "Traceback" not in text


def test_hostile_names_on_the_command_line_are_harmless_too(program: Program) -> None:
    for arguments in (
        ("analyze", f"\x1b[31m{BIDI}"),
        ("parse", f"{C1}.xml"),
        ("urls", BIDI),
        ("jobs", "show", C1),
        ("jobs", "list", "--limit", f"\x1b{BIDI}"),
        ("jobs", "list", f"--{BIDI}"),
        (f"\x1b{BIDI}",),
    ):
        text = shown(program, *arguments)
        assert remove_styles(text).startswith("error: "), arguments
        assert harmful(text) == set(), arguments


def test_json_means_the_same_with_its_escapes(program: Program, hostile: Site) -> None:
    program("analyze", hostile.url)
    job = program("jobs", "list", "--format", "jsonl").records[0]["job_id"]
    locs = [each["loc"] for each in program("urls", "--job", job, "--format", "jsonl").records]
    assert any(MARKUP in loc for loc in locs)
    assert program("urls", "--job", job, "--format", "jsonl").stdout.isascii()


def test_progress_shows_on_a_terminal(program: Program, site: Site) -> None:
    gate = threading.Event()
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/"), gate=gate)
    with terminal() as (screen, slave):
        with run_at(slave, program, "analyze", f"{site.url}/sitemap.xml") as process:
            screen.until(b"0/1 sitemaps")
            gate.set()
            stdout, _ = process.communicate(timeout=PATIENCE)
        screen.rest()
    assert process.returncode == 0
    assert b"\x1b" not in stdout
    assert b"sitemaps  " not in stdout


@pytest.mark.parametrize(
    ("flags", "variables"),
    [(["--no-progress"], {}), (["--quiet"], {}), ([], {"TERM": "dumb"}), ([], {"SITEMAP_NO_PROGRESS": "1"})],
)
def test_progress_can_be_switched_off(
    flags: list[str], variables: dict[str, str], program: Program, site: Site
) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/"))
    with terminal() as (screen, slave):
        with run_at(
            slave, program.having(**variables), "analyze", site.url + "/sitemap.xml", *flags
        ) as process:
            process.communicate(timeout=PATIENCE)
        assert screen.rest() == ""


def test_a_terminal_has_colours_unless_told_otherwise(recorded: Recorded) -> None:
    show = ("jobs", "show", recorded.complete)
    program = recorded.program.having(TERM="xterm-256color")
    assert RENDITION.search(shown(program, *show))
    assert not RENDITION.search(shown(program, *show, "--no-color"))
    assert not RENDITION.search(shown(program.having(NO_COLOR="1"), *show))


@pytest.mark.parametrize("columns", [20, 80, 120])
def test_no_line_is_wider_than_the_terminal(columns: int, recorded: Recorded) -> None:
    program = recorded.program.having(NO_COLOR="1")
    for arguments in (("jobs", "show", recorded.complete), ("tree", recorded.domain)):
        text = shown(program, *arguments, columns=columns)
        assert [line for line in text.splitlines() if len(line) > columns] == []


def test_a_terminal_of_the_usual_width_holds_a_job_on_one_line(recorded: Recorded) -> None:
    heading, *jobs = shown(recorded.program, "jobs", "list", "--no-color").splitlines()
    assert heading.startswith("job ")
    assert len(jobs) == 2
    short = jobs[0].split()[0]
    assert recorded.partial.startswith(short)
    assert recorded.program("jobs", "show", short).code == 0


def test_parquet_is_kept_from_the_terminal(recorded: Recorded) -> None:
    text = shown(recorded.program, "urls", recorded.domain, "--format", "parquet")
    assert remove_styles(text).startswith("error: parquet is a binary format")


def test_an_id_is_found_by_its_beginning_and_its_end(recorded: Recorded) -> None:
    job = recorded.complete
    for short in (f"{job[:8]}..{job[-6:]}", f"{job[:8]}…{job[-6:]}", f"..{job[-8:]}"):
        assert recorded.program("jobs", "show", short, "--format", "json").json["job_id"] == job
        assert recorded.program("urls", "--job", short).code == 0
    missing = recorded.program("jobs", "show", f"{job[:8]}..zz")
    assert missing.code != 0
    assert "unknown job" in missing.err


@pytest.mark.parametrize(("flags", "text"), [((), "just now"), (("-v",), " UTC")])
def test_times_on_a_terminal_are_relative_unless_verbose_is_set(
    flags: tuple[str, ...], text: str, recorded: Recorded
) -> None:
    seen = remove_styles(shown(recorded.program, "domains", "show", recorded.domain, *flags))
    assert text in seen
    assert re.search(
        r"finished +[0-9-]{10} [0-9:]{5} UTC", recorded.program("domains", "show", recorded.domain).out
    )
