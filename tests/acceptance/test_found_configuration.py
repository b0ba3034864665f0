"""A configuration file that was found, and may be part of somebody else's checkout."""

from pathlib import Path

import pytest

from sitemap_cli import configuration_trust
from tests.acceptance.command import Program
from tests.acceptance.conftest import furnish
from tests.web import Site

SERVER = 'database = "postgresql://me@127.0.0.1:1/db"'
SECRETS = {
    "user": "SITEMAP_USER",
    "header": "SITEMAP_HEADER",
    "cookie": "SITEMAP_COOKIE",
    "cert": "SITEMAP_CERT",
}
VALUES = {"user": "a:b", "header": "X: 1", "cookie": "a=b", "cert": "no.pem"}
REDIRECTIONS = {
    "proxy": 'proxy = "http://127.0.0.1:1"',
    "resolve": 'resolve = ["example.com:443:127.0.0.1"]',
    "insecure": "insecure = true",
    "cacert": 'cacert = "ca.pem"',
    "trust-env": "trust-env = true",
    "database": SERVER,
}


def configure(program: Program, text: str) -> Path:
    file = program.folder / "sitemap.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("place", ["flag", "environment"])
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("key", REDIRECTIONS)
def test_a_secret_is_not_sent_where_a_found_file_says(
    key: str, secret: str, place: str, program: Program
) -> None:
    configure(program, REDIRECTIONS[key])
    variables = {SECRETS[secret]: VALUES[secret]} if place == "environment" else {}
    flag = [f"--{secret}", VALUES[secret]] if place == "flag" else []
    own = program.having(SITEMAP_DATABASE="own.db", **variables)
    bare = own.lacking("SITEMAP_DATABASE") if key == "database" else own
    done = bare("analyze", "example.com", *flag)
    assert done.code == 2, done.err
    error, hint = done.err.splitlines()
    assert f"sitemap.toml: {key})" in error
    assert f"--{secret}" in error
    assert VALUES[secret] not in error
    assert "--config " in hint


@pytest.mark.parametrize("source", ["PGPASSWORD", "PGPASSFILE", "~/.pgpass"])
def test_a_database_password_is_not_sent_where_a_found_file_says(source: str, program: Program) -> None:
    configure(program, SERVER)
    bare = program.lacking("SITEMAP_DATABASE")
    if source.startswith("~"):
        (program.folder / ".pgpass").write_text("*:*:*:*:secret")
    else:
        bare = bare.having(**{source: "secret"})
    refused = bare("jobs", "list")
    assert refused.code == 2, refused.err
    assert f"sitemap.toml: database): {source} " in refused.err
    named = bare("jobs", "list", "--config", "sitemap.toml")
    assert named.code == 5


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ('proxy = "http://127.0.0.1:1"\nuser = "a:b"', (), 0),
        ("insecure = true", (), 0),
        ("insecure = false", ("--user", "a:b"), 0),
        ('proxy = "http://127.0.0.1:1"', ("--user", "a:b", "--config", "sitemap.toml"), 0),
        ('proxy = "http://127.0.0.1:1"', ("--user", "a:b", "--proxy", "http://127.0.0.1:2"), 0),
        ("insecure = true", ("--user", "a:b"), 2),
    ],
)
def test_what_the_user_trusts_or_sets_is_no_mistake(
    text: str, options: tuple[str, ...], code: int, program: Program
) -> None:
    configure(program, text)
    (program.folder / "map.txt").write_text("https://example.com/\n")
    assert program("parse", "map.txt", *options).code == code


@pytest.mark.parametrize(
    ("table", "arguments", "key"),
    [
        ('[urls]\noutput = "{out}"', ("urls", "x"), "urls.output"),
        ('[check]\nwrite-baseline = "{out}"', ("check", "x"), "check.write-baseline"),
        ('[check]\nformat = ["text", "markdown:{out}"]', ("check", "x"), "check.format"),
        ('[batch.run]\nmetrics = "{out}"', ("batch", "x"), "batch.run.metrics"),
    ],
)
@pytest.mark.parametrize("out", ["../out", "{outside}/out", "link/out"])
def test_a_found_file_writes_nothing_outside_its_folder(
    table: str,
    arguments: tuple[str, ...],
    key: str,
    out: str,
    program: Program,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (program.folder / "link").symlink_to(outside)
    configure(program, table.format(out=out.format(outside=outside)))
    done = program(*arguments)
    assert done.code == 2
    assert done.err.startswith("error: output outside the folder of the configuration file (")
    assert f"sitemap.toml: {key})" in done.err
    assert list(outside.iterdir()) == []


def test_a_found_file_may_write_below_its_folder(program: Program, site: Site) -> None:
    furnish(site)
    configure(program, '[check]\nformat = ["json:reports/out.json"]')
    (program.folder / "reports").mkdir()
    done = program("check", f"{site.url}/")
    assert (program.folder / "reports" / "out.json").exists(), done.err


@pytest.mark.parametrize(
    ("owner", "mode", "folder_mode", "why"),
    [
        (12345, 0o644, 0o755, "it belongs to another user"),
        (None, 0o666, 0o755, "every user may write to it"),
        (None, 0o644, 0o777, "every user may write to its folder"),
        (None, 0o644, 0o1777, "every user may write to its folder"),
        (None, 0o664, 0o775, None),
    ],
)
def test_a_file_that_others_could_have_written_is_not_read(
    owner: int | None,
    mode: int,
    folder_mode: int,
    why: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "sitemap.toml"
    file.write_text("quiet = true")
    file.chmod(mode)
    tmp_path.chmod(folder_mode)
    if owner is not None:
        monkeypatch.setattr(configuration_trust.os, "geteuid", lambda: owner)
        monkeypatch.setattr(configuration_trust, "SUPERUSER", -1)
    assert configuration_trust.find_distrust(file) == why


def test_a_note_names_the_file_that_is_not_read(program: Program) -> None:
    file = configure(program, 'tenant = "a b"')
    file.chmod(0o666)
    done = program("jobs", "list", "-v")
    assert done.code == 0
    assert (
        f"configuration file not read ({file}): every user may write to it; --config reads it\n" in done.err
    )
    assert f"info: configuration file: {file}" not in done.err
    assert "not read" not in program("jobs", "list", "--config", file).err


def test_verbose_names_the_file_in_force(program: Program) -> None:
    file = configure(program, 'tenant = "other"')
    assert f"info: configuration file: {file}\n" in program("jobs", "list", "-v").err
    (program.folder / "mine.toml").write_text("")
    assert (
        "info: configuration file: mine.toml\n" in program("jobs", "list", "-v", "--config", "mine.toml").err
    )


def test_robots_never_sends_secrets_over_http_after_https(program: Program, site: Site) -> None:
    furnish(site)
    secrets = ("--user", "a:b", "--header", "X-Token: 1", "--cookie", "c=d")
    done = program("robots", site.netloc, *secrets)
    assert done.code == 0, done.err
    assert site.hits
    names = {name.lower() for hit in site.hits for name in hit.headers}
    assert names.isdisjoint({"authorization", "x-token", "cookie"})
    site.hits.clear()
    assert program("robots", f"{site.url}/robots.txt", *secrets).code == 0
    assert {"authorization", "x-token", "cookie"} <= {
        name.lower() for hit in site.hits for name in hit.headers
    }
