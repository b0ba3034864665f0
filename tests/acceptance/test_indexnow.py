"""``sitemap indexnow``: which URLs are submitted, and what is printed of it."""

import json

from tests.acceptance.command import Program
from tests.acceptance.search_engine import KEY, PATH, analyze, bodies, publish, sizes, submit
from tests.web import Answer, Site, robots, urlset


def test_all_urls_are_submitted_after_the_key_file_was_read(
    shared: Program, site: Site, engine: Site
) -> None:
    publish(site, "/a", "/ä b", "/a#x")
    job = analyze(shared, site)
    done = submit(shared, site, engine, "--all", "--format", "json")
    assert done.code == 0, done.err
    assert site.paths == [f"/{KEY}.txt"]
    (hit,) = engine.hits
    assert (hit.method, hit.path, hit.headers["content-type"]) == (
        "POST",
        PATH,
        "application/json; charset=utf-8",
    )
    assert json.loads(hit.body) == {
        "host": site.netloc,
        "key": KEY,
        "keyLocation": f"{site.url}/{KEY}.txt",
        "urlList": [f"{site.url}/a", f"{site.url}/%C3%A4%20b"],
    }
    printed = done.json
    assert (printed["schema"], printed["job_id"], printed["compared_with"]) == (
        "sitemap/indexnow/1",
        job,
        None,
    )
    assert (printed["urls"], printed["accepted"], printed["remaining"], printed["skipped"]) == (2, 2, 0, {})
    assert [each["status_code"] for each in printed["batches"]] == [200]


def test_a_first_run_submits_nothing_and_says_so(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/a", "/b")
    analyze(program, site)
    done = submit(program, site, engine)
    assert (done.code, done.lines) == (0, [f"nothing to submit of {site.netloc}"])
    assert "first run" in done.err
    assert "--all submits all 2 URLs" in done.err
    assert (site.hits, engine.hits) == ([], [])


def test_a_dry_run_checks_the_key_file_and_sends_nothing(program: Program, site: Site, engine: Site) -> None:
    publish(site, *(f"/page-{n}" for n in range(12)))
    analyze(program, site)
    done = submit(program, site, engine, "--all", "--dry-run")
    assert done.code == 0, done.err
    assert done.lines == [
        f"{site.netloc}  12 URLs  {site.url}/<key>.txt: the key file is right",
        *(f"  {site.url}/page-{n}" for n in range(10)),
        "  and 2 more",
        f"12 URLs of {site.netloc}; dry run, nothing was sent: 1 request in all",
    ]
    assert engine.hits == []
    site.routes[f"/{KEY}.txt"] = Answer(status=404)
    assert submit(program, site, engine, "--all", "--dry-run").code == 4
    assert program("indexnow", site.netloc, "--history", "--format", "json").json == []


def test_a_key_file_in_a_folder_covers_the_urls_below_it(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/shop/a", "/shop/b/c", "/shopping", "/")
    analyze(program, site)
    site.routes["/shop/key.txt"] = Answer(KEY.encode())
    location = f"{site.url}/shop/key.txt"
    done = submit(program, site, engine, "--all", "--key-location", location, "--format", "json")
    assert done.code == 0, done.err
    (body,) = bodies(engine)
    assert (body["keyLocation"], body["urlList"]) == (
        location,
        [f"{site.url}/shop/a", f"{site.url}/shop/b/c"],
    )
    assert done.json["skipped"] == {"not below the folder of the key file": 2}


def test_urls_of_other_hosts_are_skipped_unless_they_are_named(
    program: Program, site: Site, engine: Site
) -> None:
    with Site() as other:
        publish(other, "/b")
        publish(site, "/a")
        listed = (f"{site.url}/a", f"{other.url}/b", f"{other.url}/c", f"http://example.com/{'x' * 3000}")
        site.routes["/sitemap.xml"] = Answer(urlset(*listed))
        analyze(program, site)
        done = submit(program, site, engine, "--all", "--format", "json")
        assert (done.code, done.json["skipped"]) == (0, {"another host": 3})
        assert [hit for hit in other.hits if KEY in hit.path] == []
        engine.hits.clear()
        named = submit(program, site, engine, "--all", "--again", "--host", other.netloc, "--format", "json")
        assert named.code == 0, named.err
        assert [(body["host"], len(body["urlList"])) for body in bodies(engine)] == [
            (site.netloc, 1),
            (other.netloc, 2),
        ]
        other.routes[f"/{KEY}.txt"] = Answer(status=404)
        half = submit(program, site, engine, "--all", "--again", "--host", other.netloc)
        assert half.code == 3
        assert f"error: cannot submit URLs of {other.netloc}" in half.err


def test_what_is_new_or_changed_since_the_last_submission_is_submitted(
    shared: Program, site: Site, engine: Site
) -> None:
    publish(site, "/a", "/b", "/c", lastmod="2026-01-01")
    first = analyze(shared, site)
    sitemap = Answer(urlset(f"{site.url}/a", f"{site.url}/b", f"{site.url}/c", lastmod="2026-01-01"))
    lines = sitemap.body.splitlines(keepends=True)
    changed = lines[2].replace(b"2026-01-01", b"2026-02-01")
    added = [line.replace(b"/c", b"/new") for line in lines[4:5]]
    site.routes["/sitemap.xml"] = Answer(b"".join([*lines[:2], changed, lines[3], *added, *lines[5:]]))
    second = analyze(shared, site)
    # Another job before the submission: what changed before it must not be lost.
    done = submit(shared, site, engine, "--format", "json")
    assert (done.code, done.json["job_id"], done.json["compared_with"]) == (0, second, first)
    assert bodies(engine)[-1]["urlList"] == [f"{site.url}/new", f"{site.url}/a"]
    only = submit(shared, site, engine, "--only-new", "--format", "json")
    assert (only.code, bodies(engine)[-1]["urlList"]) == (0, [f"{site.url}/new"])
    gone = submit(shared, site, engine, "--removed", "--new-since", first, "--format", "json")
    assert (gone.code, gone.json["urls"]) == (0, 3)
    assert f"{site.url}/c" in bodies(engine)[-1]["urlList"]
    engine.hits.clear()
    assert submit(shared, site, engine).code == 0
    assert engine.hits == []

    for name in ("x", "y"):
        site.routes["/sitemap.xml"] = Answer(
            site.routes["/sitemap.xml"].body.replace(
                b"</urlset>", f"<url><loc>{site.url}/{name}</loc></url></urlset>".encode()
            )
        )
        analyze(shared, site)
    later = submit(shared, site, engine, "--format", "json")
    assert (later.code, later.json["compared_with"]) == (0, second)
    assert bodies(engine)[-1]["urlList"] == [f"{site.url}/x", f"{site.url}/y"]
    engine.hits.clear()
    assert "compared with the job of" in submit(shared, site, engine).err
    assert engine.hits == []


def test_a_failed_submission_does_not_lose_what_was_new(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/a")
    first = analyze(program, site)
    publish(site, "/a", "/b")
    analyze(program, site)
    assert submit(program, site, engine).code == 0
    publish(site, "/a", "/b", "/c")
    analyze(program, site)
    engine.routes[PATH] = Answer(status=403)
    assert submit(program, site, engine).code == 4
    publish(site, "/a", "/b", "/c", "/d")
    analyze(program, site)
    engine.routes[PATH] = Answer()
    engine.hits.clear()
    assert submit(program, site, engine).code == 0
    assert [body["urlList"] for body in bodies(engine)] == [[f"{site.url}/c", f"{site.url}/d"]]
    engine.hits.clear()
    assert submit(program, site, engine, "--new-since", first).code == 0
    assert [len(body["urlList"]) for body in bodies(engine)] == [3]


def test_the_urls_of_a_job_that_was_read_in_part_may_be_submitted(
    program: Program, site: Site, engine: Site
) -> None:
    publish(site, "/a", "/b")
    site.routes["/more.xml"] = Answer(urlset(f"{site.url}/c"))
    robots(site, f"Sitemap: {site.url}/sitemap.xml", f"Sitemap: {site.url}/more.xml")
    analyze(program, site)
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/a", f"{site.url}/new"))
    site.routes["/more.xml"] = Answer(status=500)
    job = analyze(program, site)
    done = submit(program, site, engine, "--job", job, "--removed", "--format", "json")
    assert (done.code, bodies(engine)[-1]["urlList"]) == (0, [f"{site.url}/new"])
    assert "could not be read are not submitted, and removed ones are not known" in done.err


def test_a_path_narrows_what_is_submitted(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/blog/a", "/shop/b")
    analyze(program, site)
    publish(site, "/blog/a", "/shop/b", "/blog/c", "/shop/d")
    analyze(program, site)
    endpoint = f"{engine.url}{PATH}"
    options = ("--key", KEY, "--endpoint", endpoint)
    assert program("indexnow", f"{site.netloc}/blog/", *options).code == 0
    assert program("indexnow", site.netloc, *options).code == 0
    assert [body["urlList"] for body in bodies(engine)] == [
        [f"{site.url}/blog/c"],
        [f"{site.url}/blog/c", f"{site.url}/shop/d"],
    ]


def test_the_key_may_be_in_the_environment_or_in_the_file(program: Program, site: Site, engine: Site) -> None:
    publish(site, "/a")
    analyze(program, site)
    endpoint = f"{engine.url}{PATH}"
    known = program.having(SITEMAP_INDEXNOW_KEY=KEY)
    assert known("indexnow", site.netloc, "--all", "--endpoint", endpoint).code == 0
    (program.folder / "sitemap.toml").write_text(f'[indexnow]\nkey = "{KEY}"\nendpoint = "{endpoint}"\n')
    assert program("indexnow", site.netloc, "--all", "--again").code == 0
    assert sizes(engine) == [1, 1]
    wrong = program.having(SITEMAP_INDEXNOW_KEY="secret!")("indexnow", site.netloc, "--endpoint", endpoint)
    assert (wrong.code, "SITEMAP_INDEXNOW_KEY" in wrong.err, "secret!" in wrong.err) == (2, True, False)


def test_lastmods_that_proved_wrong_make_no_url_a_changed_one(
    program: Program, site: Site, engine: Site
) -> None:
    pages = [f"/{n}" for n in range(30)]
    for month in range(1, 5):
        publish(site, *pages, *([] if month < 4 else ["/new"]), lastmod=f"2026-0{month}-01")
        analyze(program, site)
    done = submit(program, site, engine)
    assert (done.code, sizes(engine)) == (0, [1])
    assert "a new lastmod alone does not count, as lastmods of the site are not reliable: " in done.err
    trusting = submit(program, site, engine, "--trust-lastmod")
    assert (trusting.code, sizes(engine)) == (0, [1, 31])
