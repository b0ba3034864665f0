"""The catalog of domains: tags, notes, own ways to be asked, and tenants that see nothing of each other."""

import sqlite3
from typing import Any

import pytest
import typer

from sitemap_cli.cli.framework.app import build_app
from tests.acceptance.command import Program
from tests.many import Many

pytestmark = pytest.mark.usefixtures("schema")


def listed(program: Program, *options: str) -> list[dict[str, Any]]:
    done = program("domains", "list", "--format", "jsonl", *options)
    assert done.code == 0, done.err
    found: list[dict[str, Any]] = done.records
    return found


def names(program: Program, *options: str) -> list[str]:
    return [each["domain"] for each in listed(program, *options)]


def test_domains_are_added_tagged_noted_and_removed(program: Program) -> None:
    added = program("domains", "add", "b.example", "A.example:8080", "--tag", "shops", "--tag", "eu, big")
    assert (added.code, added.out, added.err) == (0, "", "2 domains added or updated\n")
    assert program("domains", "add", "b.example", "--note", "ask Ada").code == 0
    assert program("domains", "tag", "b.example", "fr").code == 0
    assert program("domains", "tag", "b.example", "eu", "big", "--remove").code == 0
    assert [(each["domain"], each["tags"], each["note"]) for each in listed(program)] == [
        ("a.example:8080", ["big", "eu", "shops"], None),
        ("b.example", ["fr", "shops"], "ask Ada"),
    ]
    assert names(program, "--tag", "shops", "--tag", "eu") == ["a.example:8080"]
    assert names(program, "--match", "B.EX") == ["b.example"]
    assert program("domains", "note", "b.example", "").code == 0
    shown = program("domains", "show", "b.example", "--format", "json").json
    assert (shown["note"], shown["job_id"], shown["preferences"]) == (None, None, {})
    assert (
        program("domains", "remove", "b.example", "B.EXAMPLE", "--yes").err
        == "1 domain removed, with 0 jobs\n"
    )
    assert names(program) == ["a.example:8080"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "not a domain"), "not a domain, URL, folder or file (not a domain)"),
        (("add", "example.com/blog/"), "not a domain (example.com/blog/): it names a part of a site"),
        (("add", "a.example", "--tag", "it's"), "invalid tag (it's): a tag has no blanks, commas or quotes"),
        (("show", "gone.example"), "unknown domain (gone.example)"),
        (("tag", "gone.example", "x"), "unknown domain (gone.example)"),
        (("note", "gone.example", "x"), "unknown domain (gone.example)"),
        (("remove", "gone.example", "--yes"), "unknown domain (gone.example)"),
        (("remove", "known.example"), "nothing was removed"),
        (("set", "known.example"), "nothing to set"),
        (
            ("set", "known.example", "--header-from", "X-Key=s3cr3t!"),
            "invalid value (--header-from): expected",
        ),
    ],
)
def test_what_cannot_be_done_is_an_error(program: Program, arguments: tuple[str, ...], told: str) -> None:
    assert program("domains", "add", "known.example").code == 0
    done = program("domains", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {told}")
    assert "s3cr3t" not in done.err
    assert names(program) == ["known.example"]


def test_tags_are_listed_with_the_number_of_their_domains(program: Program) -> None:
    none = program("domains", "tag")
    assert (none.code, none.out) == (0, "")
    assert none.err == "no tags; add one: sitemap domains tag example.com shops\n"
    program("domains", "add", "a.example", "b.example", "--tag", "Shops")
    program("domains", "tag", "b.example", "eu")
    program("domains", "add", "c.example", "--tag", "other", "--tenant", "mine")
    assert program("domains", "tag").lines == ["tag    domains", "eu           1", "shops        2"]
    assert program("domains", "tag", "--remove").code == 2


def test_a_list_is_imported_with_its_tags_and_notes(program: Program) -> None:
    (program.folder / "shops.csv").write_text(
        "Domain,Tags,Note\n"
        "a.example,eu;big,the first\n"
        "https://b.example/,,\n"
        "not a domain,,\n"
        "c.example,bad'tag,\n"
    )
    done = program("domains", "import", "shops.csv", "--tag", "shops")
    assert done.code == 3
    assert "line 4" in done.err
    assert [(each["domain"], each["tags"], each["note"]) for each in listed(program)] == [
        ("a.example", ["big", "eu", "shops"], "the first"),
        ("b.example", ["shops"], None),
        ("c.example", ["shops"], None),
    ]


def test_what_was_listed_can_be_imported_elsewhere(program: Program) -> None:
    assert program("domains", "add", "a.example", "--tag", "x", "--note", "wörds").code == 0
    there = program.having(SITEMAP_TENANT="there")
    lines = program("domains", "list", "--format", "jsonl").stdout
    assert there("domains", "import", "-", stdin=lines).code == 0
    (copy,) = listed(there)
    assert (copy["domain"], copy["tags"], copy["note"]) == ("a.example", ["x"], "wörds")


def test_a_tag_is_a_list_for_a_batch(program: Program, many: Many) -> None:
    shops = [many.host(1), many.host(2)]
    assert program("domains", "add", *shops, "--tag", "shops").code == 0
    assert program("domains", "add", many.host(3)).code == 0
    done = program("batch", "--tag", "shops", "--format", "jsonl")
    assert (done.code, sorted(each["domain"] for each in done.records)) == (0, sorted(shops))
    (batch,) = program("batch", "list", "--format", "jsonl").records
    assert batch["source"] == "tag:shops"
    rows = {each["domain"]: each for each in listed(program)}
    assert [rows[name]["verdict"] for name in shops] == ["ok", "ok"]
    assert rows[many.host(3)]["verdict"] is None
    assert names(program, "--verdict", "ok") == sorted(shops)
    assert names(program, "--idle", "1") == [many.host(3)]
    none = program("batch", "--tag", "nothing")
    assert (none.code, none.err.splitlines()[0]) == (2, "error: no domain has this tag (nothing)")


@pytest.mark.parametrize("command", ["analyze", "batch"])
def test_a_domain_is_asked_as_it_prefers(command: str, program: Program, many: Many) -> None:
    host, other = many.host(1), many.host(2)
    assert program("domains", "add", host, other, "--tag", "all").code == 0
    own = ("--delay", "0.2", "--user-agent", "friend/1", "--header-from", "X-Key=SHOP_KEY")
    assert program("domains", "set", host, *own).code == 0
    shown = program("domains", "show", host, "--format", "json").json
    assert shown["preferences"] == {"delay": 0.2, "user_agent": "friend/1", "headers": {"X-Key": "SHOP_KEY"}}
    knowing = program.having(SHOP_KEY="open sesame")
    # A name without a scheme is no leave to send a secret over plain http.
    targets = [f"http://{each}/" for each in (host, other)]
    (program.folder / "list.txt").write_text("\n".join(targets))
    assert knowing(command, *(targets if command == "analyze" else ["list.txt"])).code == 0
    told = {hit.host: (hit.headers["user-agent"], hit.headers.get("x-key")) for hit in many.server.hits}
    assert told[host] == ("friend/1", "open sesame")
    assert told[other][0].startswith("sitemap/")
    assert told[other][1] is None
    assert b"open sesame" not in program.database.read_bytes()


def test_a_domain_whose_variable_is_not_set_fails_alone(program: Program, many: Many) -> None:
    host, other = many.host(1), many.host(2)
    assert program("domains", "add", host, other, "--tag", "all").code == 0
    assert program("domains", "set", host, "--header-from", "X-Key=SHOP_KEY").code == 0
    done = program("batch", "--tag", "all")
    assert done.code == 3
    assert "environment variable is not set (SHOP_KEY): the header X-Key takes its value from it" in done.out
    jobs = program("jobs", "list", "--format", "jsonl").records
    assert {job["domain"]: job["status"] for job in jobs} == {host: "failed", other: "completed"}
    assert many.server.count("/b.xml") == 1
    assert program("domains", "set", host, "--no-headers", "--delay", "0", "--user-agent", "").code == 0
    assert program("analyze", host).code == 0


def test_a_domain_is_removed_with_all_that_was_recorded_of_it(program: Program, many: Many) -> None:
    assert program("analyze", many.host(1), many.host(2)).code == 0
    done = program("domains", "remove", many.host(1), "--yes")
    assert (done.code, done.err) == (0, "1 domain removed, with 1 job\n")
    info = program("db", "info", "--format", "json").json
    assert {name: info[name] for name in ("domains", "jobs", "documents", "urls")} == {
        "domains": 1,
        "jobs": 1,
        "documents": 3,
        "urls": 5,
    }
    with sqlite3.connect(program.database) as database:
        texts = [body for (body,) in database.execute("SELECT body FROM robots_bodies")]
    assert len(texts) == 1
    assert many.host(2).encode() in texts[0]


# Every command that reads, and what it is asked for; ids are those of the other tenant.
READING = [
    ("jobs", "list", "--format", "json"),
    ("jobs", "show", "{job}"),
    ("jobs", "cancel", "{job}"),
    ("jobs", "cancel", "--batch", "{batch}"),
    ("jobs", "accept", "{job}"),
    ("jobs", "prune", "--keep", "1", "--domain", "{domain}"),
    ("jobs", "retry", "{job}"),
    ("jobs", "retry", "--verdict", "ok"),
    ("jobs", "retry", "--verdict", "ok", "--batch", "{batch}"),
    ("batch", "list"),
    ("batch", "show", "{batch}"),
    ("batch", "--resume"),
    ("batch", "--resume", "{batch}"),
    ("batch", "--tag", "secret"),
    ("domains", "list"),
    ("domains", "show", "{domain}"),
    ("domains", "tag", "{domain}", "mine"),
    ("domains", "note", "{domain}", "mine"),
    ("domains", "set", "{domain}", "--delay", "1"),
    ("domains", "schedule", "{domain}", "--off"),
    ("domains", "remove", "{domain}", "--yes"),
    ("tree", "{domain}"),
    ("urls", "{domain}"),
    ("urls", "--job", "{job}"),
]


def test_no_command_sees_or_touches_what_another_tenant_has(program: Program, many: Many) -> None:
    host = many.host(1)
    assert program("domains", "add", host, "--tag", "secret", "--note", "hidden").code == 0
    assert program("batch", "--tag", "secret").code == 0
    (job,) = program("jobs", "list", "--format", "jsonl").records
    ids = {"job": job["job_id"], "batch": job["batch_id"], "domain": host}
    everything = [program("domains", "list"), program("jobs", "list"), program("urls", host)]
    asked = len(many.server.hits)
    other = program.having(SITEMAP_TENANT="other")
    for arguments in READING:
        done = other(*(each.format(**ids) for each in arguments))
        assert (done.code, done.out.strip("[]\n")) in ((0, ""), (2, "")), arguments
        assert "hidden" not in done.err
    assert len(many.server.hits) == asked
    assert [program("domains", "list"), program("jobs", "list"), program("urls", host)] == everything


def test_every_command_of_a_group_is_tried_by_another_tenant() -> None:
    groups = typer.main.get_command(build_app()).commands
    known = {(group, name) for group in ("jobs", "batch", "domains") for name in groups[group].commands}
    tried = {arguments[:2] for arguments in READING}
    # These begin something of their own, or add to what is there.
    assert known - tried == {("batch", "run"), ("domains", "add"), ("domains", "import")}
