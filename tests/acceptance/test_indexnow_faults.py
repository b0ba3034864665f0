"""``sitemap indexnow`` with wrong key files and options, refusals, and runs that were stopped."""

import threading

import pytest

from tests.acceptance.command import Program, ends
from tests.acceptance.search_engine import KEY, PATH, analyze, publish, sizes, submit
from tests.messages import Hit
from tests.patience import PATIENCE
from tests.web import Answer, Site, in_turn, redirect, urlset

HTML = (("Content-Type", "text/html"),)
MANY = 25_000


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(status=404), "the key file is missing: the server responds with 404"),
        (Answer(status=403), "the key file could not be read: the server responds with 403"),
        (Answer(b"another"), "the key file has another content than the key"),
        (Answer(f"{KEY} {KEY}".encode()), "the key file has another content than the key"),
        (Answer(b"x" * 3_000_000), "the key file has another content than the key"),
        (Answer(b"\xff\xfe"), "the key file is not UTF-8"),
        (Answer(b" \n"), "the key file is empty"),
        (Answer(b"<!doctype html><p>Hello", headers=HTML), "the key file is an HTML page"),
        (Answer(hang=True), "the key file could not be read: "),
        (redirect("http://127.0.0.2:9/key.txt"), "the key file redirects to another host, 127.0.0.2:9"),
    ],
    ids=["404", "403", "other", "twice", "huge", "encoding", "empty", "html", "hang", "redirect"],
)
def test_nothing_is_submitted_if_the_key_file_is_wrong(
    program: Program, site: Site, engine: Site, answer: Answer, why: str
) -> None:
    publish(site, "/a")
    analyze(program, site)
    site.routes[f"/{KEY}.txt"] = answer
    done = submit(program, site, engine, "--all", "--timeout", "1s")
    assert (done.code, engine.hits) == (4, [])
    first = done.err.splitlines()[0]
    assert first.startswith(f"error: cannot submit URLs of {site.netloc} ({site.url}/<key>.txt): {why}")
    assert KEY not in done.err + done.out


def test_a_key_file_may_redirect_on_its_host_and_begin_with_a_bom(
    program: Program, site: Site, engine: Site
) -> None:
    publish(site, "/a")
    analyze(program, site)
    site.routes[f"/{KEY}.txt"] = redirect("/files/key")
    site.routes["/files/key"] = Answer(b"\xef\xbb\xbf" + KEY.encode() + b"\r\n")
    assert submit(program, site, engine, "--all").code == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=400), "the endpoint does not understand the request"),
        (Answer(status=403), "the endpoint could not verify the key"),
        (Answer(b'{"message":"\\u001b[31mnot yours"}', 422), "URLs are not of the host"),
        (Answer(status=429, headers=(("Retry-After", "3600"),)), "requests a pause of 3,600 s"),
        (Answer(status=500), "the endpoint fails with status 500"),
        (Answer(status=404), "there is no such endpoint"),
        (redirect("/elsewhere"), "name that endpoint with --endpoint"),
        (Answer(hang=True), "not finished within the time limit"),
        (Answer(reset=True), "connection"),
    ],
    ids=["400", "403", "422", "429", "500", "404", "redirect", "hang", "reset"],
)
def test_a_refusal_is_explained_recorded_and_ends_the_submission(
    program: Program, site: Site, engine: Site, answer: Answer, said: str
) -> None:
    publish(site, "/a")
    analyze(program, site)
    engine.routes[PATH] = answer
    done = submit(program, site, engine, "--all", "--timeout", "1s")
    assert done.code == 4
    assert said in done.out, done.out
    assert f"error: URLs of {site.netloc} were not accepted" in done.err
    assert "\x1b" not in done.out + done.err
    (row,) = program("indexnow", site.netloc, "--history", "--format", "json").json
    assert (row["status_code"], row["urls"]) == (
        answer.status if not (answer.hang or answer.reset) else None,
        1,
    )
    assert said in row["error"]


def test_a_list_is_sent_again_after_a_temporary_failure(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/a")
    analyze(program, site)
    engine.routes[PATH] = in_turn(
        Answer(status=500), Answer(status=429, headers=(("Retry-After", "1"),)), Answer(status=202)
    )
    done = submit(program, site, engine, "--all", "--retries", "2", "--format", "json")
    assert (done.code, done.json["accepted"], sizes(engine)) == (0, 1, [1, 1, 1])


def test_a_success_with_an_endless_body_is_one(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/a")
    analyze(program, site)
    engine.routes[PATH] = Answer(b"x" * 10_000, endless=True)
    assert submit(program, site, engine, "--all").code == 0


def many(site: Site) -> None:
    publish(site, *(f"/page-{n}" for n in range(MANY)), "/page-0", "/page-1")


def test_many_urls_are_submitted_in_lists_and_resumed_after_a_refusal(
    shared: Program, site: Site, engine: Site
) -> None:
    many(site)
    analyze(shared, site)
    engine.routes[PATH] = in_turn(Answer(), Answer(status=429, headers=(("Retry-After", "900"),)), Answer())
    first = submit(shared, site, engine, "--all", "--format", "jsonl")
    assert (first.code, sizes(engine)) == (3, [10_000, 10_000])
    assert [each["type"] for each in first.records] == ["batch", "batch", "summary"]
    summary = first.records[-1]
    assert (summary["urls"], summary["accepted"], summary["remaining"]) == (MANY, 10_000, 15_000)
    engine.hits.clear()
    second = submit(shared, site, engine, "--all", "--format", "json")
    assert (second.code, sizes(engine)) == (0, [10_000, 5_000])
    assert (second.json["accepted_before"], second.json["accepted"], second.json["remaining"]) == (
        10_000,
        15_000,
        0,
    )
    engine.hits.clear()
    third = submit(shared, site, engine, "--all")
    assert (third.code, engine.hits) == (0, [])
    assert third.lines == [f"25,000 URLs of {site.netloc}, 25,000 accepted before, 0 accepted now"]
    again = submit(shared, site, engine, "--all", "--again")
    assert (again.code, sizes(engine)) == (0, [10_000, 10_000, 5_000])
    rows = shared("indexnow", site.netloc, "--history", "--limit", "3", "--format", "jsonl").records
    assert [(row["urls"], row["status_code"], row["error"]) for row in rows] == [
        (5_000, 200, None),
        (10_000, 200, None),
        (10_000, 200, None),
    ]


def test_a_killed_submission_continues_where_it_was(shared: Program, site: Site, engine: Site) -> None:
    many(site)
    analyze(shared, site)
    gate, arrived = threading.Event(), threading.Event()

    def hold_second(hit: Hit) -> Answer:
        if len(engine.hits) < 2:
            return Answer()
        arrived.set()
        return Answer(gate=gate)

    engine.routes[PATH] = hold_second
    endpoint = f"{engine.url}{PATH}"
    process = shared.start("indexnow", site.netloc, "--key", KEY, "--endpoint", endpoint, "--all")
    assert arrived.wait(PATIENCE)
    process.kill()
    ends(process)
    gate.set()
    engine.hits.clear()
    engine.routes[PATH] = Answer()
    done = submit(shared, site, engine, "--all", "--wait", "--format", "json")
    assert (done.code, sizes(engine)) == (0, [10_000, 5_000])
    assert (done.json["accepted_before"], done.json["remaining"]) == (10_000, 0)


def test_a_stopped_submission_says_what_is_recorded_and_two_at_once_are_not_possible(
    program: Program, site: Site, engine: Site
) -> None:
    publish(site, "/a")
    analyze(program, site)
    gate = threading.Event()
    engine.routes[PATH] = Answer(gate=gate)
    endpoint = f"{engine.url}{PATH}"
    words = ("indexnow", site.netloc, "--key", KEY, "--endpoint", endpoint, "--all")
    process = program.start(*words)
    assert engine.asked.wait(PATIENCE)
    assert program(*words).code == 75
    process.terminate()
    done = ends(process)
    gate.set()
    assert (done.code, done.err.splitlines()[0]) == (
        143,
        "stopped; what was accepted so far is recorded, and the same command continues",
    )


def test_each_of_several_endpoints_is_resumed_by_itself(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/a", "/b")
    analyze(program, site)
    engine.routes["/other"] = in_turn(Answer(status=429), Answer())
    words = ("--all", "--endpoint", f"{engine.url}/other", "--format", "json")
    first = submit(program, site, engine, *words)
    assert (first.code, first.json["accepted"], first.json["remaining"]) == (3, 2, 2)
    engine.hits.clear()
    second = submit(program, site, engine, *words)
    assert (second.code, second.json["accepted_before"], second.json["remaining"]) == (0, 2, 0)
    assert engine.paths == ["/other"]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ([], "no key (--key)"),
        (["--key", "short"], "not a key of IndexNow (--key)"),
        (["--key", "x" * 129], "not a key of IndexNow (--key)"),
        (["--key", "schlüssel"], "not a key of IndexNow (--key)"),
        (["--key", KEY, "--endpoint", "ftp://x"], "not an http or https URL (--endpoint ftp://x)"),
        (["--key", KEY, "--key-location", "/key.txt"], "not an http or https URL (--key-location /key.txt)"),
        (["--key", KEY, "--all", "--only-new"], "--all excludes"),
        (["--key", KEY, "--new-since", "2001"], "no complete job is as old (--new-since 2001)"),
        (["--key", KEY, "--new-since", "soon"], "neither a job nor a date (--new-since soon)"),
        (["--limit", "3"], "--limit needs --history"),
    ],
)
def test_mistakes_are_usage_errors(program: Program, site: Site, options: list[str], what: str) -> None:
    publish(site, "/a")
    analyze(program, site)
    done = program("indexnow", site.netloc, *options)
    assert done.code == 2
    assert what in done.err
    if "not a key" in what:
        assert options[1] not in done.err


def test_private_addresses_are_refused(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/a")
    analyze(program, site)
    guarded = program.having(SITEMAP_ALLOW_PRIVATE=None)
    done = submit(guarded, site, engine, "--all")
    assert (done.code, site.hits, engine.hits) == (4, [], [])


def test_a_local_build_is_not_submitted(program: Program, site: Site, engine: Site) -> None:
    (program.folder / "dist").mkdir()
    (program.folder / "dist" / "sitemap.xml").write_bytes(urlset(f"{site.url}/a"))
    assert program("analyze", "dist", "--base-url", f"{site.url}/").code == 0
    done = submit(program, site, engine, "--all")
    assert (done.code, engine.hits) == (2, [])
    assert "the pages of a local build are not published" in done.err
