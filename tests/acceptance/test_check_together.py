"""``sitemap check --together``: several sites in one, in every way to name them and in every format."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.command import Done, Program
from tests.web import Answer, Site, robots

pytestmark = pytest.mark.usefixtures("schema")

ROOT = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
)
LINK = '<xhtml:link rel="alternate" hreflang="{}" href="{}"/>'
RULES = ("--select", "SM541")


def write_urlset(origin: str, pages: dict[str, dict[str, str]]) -> bytes:
    """Return a sitemap with pages by path, each with the origins of its versions by language."""
    entries = (
        f"<url><loc>{origin}{path}</loc>"
        + "".join(LINK.format(code, other + path) for code, other in versions.items())
        + "</url>"
        for path, versions in pages.items()
    )
    return f"{ROOT}{''.join(entries)}</urlset>".encode()


@pytest.fixture
def brand() -> Iterator[list[Site]]:
    """Three sites with two pages each in three languages; /2 of the last one links only to itself."""
    with ExitStack() as stack:
        sites = [stack.enter_context(Site()) for _ in range(3)]
        versions = {code: site.url for code, site in zip(("en", "de", "fr"), sites, strict=True)}
        for code, site in zip(versions, sites, strict=True):
            robots(site, f"Sitemap: {site.url}/sitemap.xml")
            own = {"fr": site.url} if code == "fr" else versions
            site.routes["/sitemap.xml"] = Answer(write_urlset(site.url, {"/1": versions, "/2": own}))
        yield sites


def find(done: Done) -> list[tuple[str, str, int]]:
    return [(each["severity"], each["loc"], each["count"]) for each in done.json["findings"]]


def test_each_target_keeps_its_own_findings_and_exit_code(program: Program, brand: list[Site]) -> None:
    urls = [each.url for each in brand]
    apart = program("check", *urls, *RULES, "--format", "json")
    assert {severity for severity, *_ in find(apart)} == {"info"}
    assert apart.code == 0
    assert apart.err.count("--together looks for the return links there") == 1
    done = program("check", *urls, "--together", *RULES, "--format", "json")
    assert done.code == 1
    assert find(done) == [("error", f"{brand[2].url}/2", 2)]
    assert [each["exit_code"] for each in done.json["targets"]] == [0, 0, 1]
    assert done.json["targets"][0]["together"] == sorted(each.netloc for each in brand[1:])
    assert "--together" not in done.err


def test_recorded_jobs_batches_tags_and_lists_are_judged_without_a_request(
    program: Program, brand: list[Site]
) -> None:
    hosts = [each.netloc for each in brand]
    listed = program.folder / "brand.txt"
    listed.write_text("\n".join(hosts))
    expected = [("error", f"{brand[2].url}/2", 2)]
    assert find(program("check", str(listed), "--together", *RULES, "--format", "json")) == expected
    program("domains", "tag", "brand", *hosts)
    batch = program("batch", str(listed), "--tag", "brand", "--format", "jsonl")
    assert batch.code == 0, batch.err
    assert find(program("check", "--tag", "brand", "--together", *RULES, "--format", "json")) == expected
    before = [len(each.hits) for each in brand]
    jobs = [each["job_id"] for each in program.jobs()[:3]]
    options = [word for job in jobs for word in ("--job", job)]
    assert find(program("check", *options, "--together", *RULES, "--format", "json")) == expected
    ids = {each["batch_id"] for each in program.jobs() if each.get("batch_id")}
    done = program("check", "--batch", ids.pop(), "--together", *RULES, "--format", "json")
    assert find(done) == expected
    assert [len(each.hits) for each in brand] == before


def test_local_builds_are_judged_with_the_urls_where_they_will_be_published(program: Program) -> None:
    origins = {"en": "https://brand.example", "de": "https://brand.example.org"}
    builds = list[str]()
    for own, origin in origins.items():
        folder = Path(program.folder, own)
        folder.mkdir()
        (folder / "sitemap.xml").write_bytes(write_urlset(origin, {"/1": origins}))
        builds += [str(folder), "--base-url", origin]
    assert find(program("check", *builds, *RULES, "--format", "json"))
    done = program("check", *builds, "--together", *RULES, "--format", "json")
    assert (done.code, find(done)) == (0, [])
    jobs = [word for job in program.jobs()[:2] for word in ("--job", job["job_id"])]
    assert find(program("check", *jobs, "--together", *RULES, "--format", "json")) == []
    wrong = program("check", *builds, "--base-url", "https://third.example", "--together")
    assert wrong.code == 2
    assert "3 base URLs for 2 local folders and files" in wrong.err


@pytest.mark.parametrize(
    ("format_", "words"),
    [
        ("text", "note: judged together with {}, {}: hreflang, cross-submission, duplicates"),
        ("markdown", "Judged together: "),
        ("github", "; judged together: http"),
        ("sarif", '"judged together: http'),
        ("junit", '<property name="judged together with" value="{}, {}"'),
        ("jsonl", '"together":["{}","{}"]'),
    ],
)
def test_every_format_with_a_place_for_it_says_what_was_judged_together(
    program: Program, brand: list[Site], format_: str, words: str
) -> None:
    done = program("check", *(each.url for each in brand), "--together", *RULES, "--format", format_)
    assert words.format(*sorted(each.netloc for each in brand[1:])) in done.out
