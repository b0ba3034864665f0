"""Options from flags, environment and file, before and after the command, and what is wrong with them."""

import pytest

from tests.acceptance.command import Done, Program
from tests.acceptance.conftest import Recorded
from tests.web import Answer, Site, urlset

LISTING = ("jobs", "list", "--format", "jsonl")


@pytest.fixture
def mine(recorded: Recorded, program: Program) -> Program:
    """An empty folder for configuration, and a database in which two jobs are recorded for "default"."""
    return program.having(SITEMAP_DATABASE=str(recorded.program.database))


def tenant_is_default(done: Done) -> bool:
    assert done.code == 0, done.err
    return bool(done.records)


def configure(program: Program, text: str, name: str = "sitemap.toml") -> None:
    (program.folder / name).write_text(text)


@pytest.mark.parametrize(
    ("before", "variable", "file", "after", "default"),
    [
        (None, None, None, None, True),
        (None, None, "other", None, False),
        (None, "default", "other", None, True),
        (None, "other", "default", None, False),
        (None, "other", None, "default", True),
        ("default", "other", "other", None, True),
        ("other", "default", "default", None, False),
        ("other", None, None, "default", True),
        ("default", None, None, "other", False),
    ],
)
def test_flags_win_over_the_environment_and_that_over_the_file(
    before: str | None,
    variable: str | None,
    file: str | None,
    after: str | None,
    default: bool,
    mine: Program,
) -> None:
    if file:
        configure(mine, f'tenant = "{file}"\n')
    flags = [["--tenant", value] if value else [] for value in (before, after)]
    done = mine.having(SITEMAP_TENANT=variable)(*flags[0], *LISTING, *flags[1])
    assert tenant_is_default(done) == default


def test_global_options_may_stand_between_a_group_and_its_command(mine: Program) -> None:
    assert not tenant_is_default(mine("jobs", "--tenant", "other", "list", "--format", "jsonl"))


@pytest.mark.parametrize(
    ("name", "text"),
    [("sitemap.toml", 'tenant = "other"'), ("pyproject.toml", '[tool.sitemap]\ntenant = "other"')],
)
def test_a_configuration_is_found_upwards(name: str, text: str, mine: Program) -> None:
    configure(mine, text, name)
    deep = mine.folder / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "pyproject.toml").write_text('[tool.sitemapper]\ntenant = "default"\n')
    inside = Program(deep, mine.variables)
    assert not tenant_is_default(inside(*LISTING))


@pytest.mark.parametrize("where", ["before", "after", "environment"])
def test_a_configuration_can_be_named(where: str, mine: Program) -> None:
    configure(mine, 'tenant = "default"')
    configure(mine, 'tenant = "other"\njobs.list.limit = 1', "mine.toml")
    flag = ["--config", "mine.toml"]
    named = mine.having(SITEMAP_CONFIG="mine.toml" if where == "environment" else None)
    done = named(*(flag if where == "before" else []), *LISTING, *(flag if where == "after" else []))
    assert not tenant_is_default(done)


@pytest.mark.parametrize("text", ["[jobs.list]\nlimit = 1", "jobs.list.limit = 1"])
def test_a_command_has_a_table_of_its_own(text: str, mine: Program) -> None:
    configure(mine, text)
    assert len(mine(*LISTING).records) == 1
    assert len(mine(*LISTING, "--limit", "2").records) == 2
    assert len(mine.having(SITEMAP_LIMIT="2")(*LISTING).records) == 2


def test_the_table_of_a_command_may_choose_its_form(mine: Program, recorded: Recorded) -> None:
    configure(
        mine, '[tool.sitemap.urls]\nformat = "jsonl"\nsince = 2025-06-01\nraw_csv = false', "pyproject.toml"
    )
    done = mine("urls", recorded.domain)
    assert done.code == 0, done.err
    assert len(done.records) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tennant = 'x'", "unknown setting ({file}: tennant)"),
        ("[analyse]\nformat = 'json'", "unknown setting ({file}: analyse)"),
        ("[jobs.lst]\nlimit = 5", "unknown setting ({file}: jobs.lst)"),
        ("[jobs.list]\nlimt = 5", "unknown setting ({file}: jobs.list.limt)"),
        ("[jobs.list]\ntenant = 'x'", "unknown setting ({file}: jobs.list.tenant)"),
        ("jobs.list = 5", "invalid value ({file}: jobs.list): not a table"),
        ("retries = 'two'", "invalid value ({file}: retries): it must be a whole number"),
        ("retries = true", "invalid value ({file}: retries): it must be a whole number"),
        ("retries = -1", "invalid value ({file}: retries): -1 is less than 0"),
        ("timeout = nan", "invalid value ({file}: timeout): nan is less than 0.001"),
        ("log_format = 'xml'", "invalid value ({file}: log_format): it must be one of text, json"),
        ("header = 'A: b'", "invalid value ({file}: header): it must be a list of strings"),
        ("tenant = ", "cannot read the configuration file ({file}): Invalid value"),
        ("[jobs.list]\nlimit = 'x'", "invalid value ({file}: jobs.list.limit): "),
    ],
)
def test_a_configuration_that_means_nothing_is_an_error_of_usage(
    text: str, message: str, mine: Program
) -> None:
    configure(mine, text)
    done = mine("jobs", "list")
    assert (done.code, done.stdout) == (2, b"")
    assert done.err.startswith("error: " + message.format(file=mine.folder / "sitemap.toml"))
    assert len(done.err.splitlines()) <= 2


def test_a_configuration_that_is_not_there_is_an_error_of_usage(mine: Program) -> None:
    done = mine("jobs", "list", "--config", "nowhere.toml")
    assert done.code == 2
    assert done.err == "error: cannot read the configuration file (nowhere.toml): No such file or directory\n"


def test_a_database_in_the_file_is_meant_from_where_the_file_stands(
    program: Program, recorded: Recorded
) -> None:
    configure(program, f'database = "{recorded.program.database.name}"')
    inside = Program(program.folder / "below", {})
    inside.folder.mkdir()
    done = inside.having(SITEMAP_DATABASE="")("db", "info", "--format", "json")
    assert done.json["database"] == str(program.folder / "sitemap.db")


def test_a_variable_may_hold_several_values_and_blanks(program: Program, site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/"))
    headed = program.having(SITEMAP_HEADER="X-One: a b\nX-Two: c", SITEMAP_USER_AGENT="tester/1")
    assert headed("analyze", f"{site.url}/sitemap.xml").code == 0
    asked = next(hit for hit in site.hits if hit.path == "/sitemap.xml").headers
    assert (asked["x-one"], asked["x-two"], asked["user-agent"]) == ("a b", "c", "tester/1")


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["--nope"], "no such option (--nope)", "hint: "),
        (["tree", "--tenat", "x"], "no such option (--tenat)", "hint: did you mean --tenant?"),
        (["analyse"], "no such command (analyse)", "hint: did you mean sitemap analyze?"),
        (["jobs", "lst"], "no such command (lst)", "hint: did you mean sitemap jobs list?"),
        (["analyze"], "missing argument (TARGET)", "hint: sitemap analyze --help"),
        (["urls", "a.example", "b.example"], "unexpected argument (b.example)", "hint: sitemap urls --help"),
        (["analyze", "x", "--timeout"], "missing value (--timeout)", "hint: "),
        (
            ["analyze", "x", "--timeout", "soon"],
            "invalid value (--timeout): ",
            "hint: sitemap analyze --help",
        ),
        (["analyze", "x", "--retries", "-1"], "invalid value (--retries): ", "hint: sitemap analyze --help"),
        (["analyze", "x", "--format", "yaml"], "invalid value (--format): 'yaml' is not one of", "hint: "),
        (["analyze", "not a host"], "not a domain, URL, folder or file (not a host)", None),
    ],
)
def test_a_wrong_command_line_is_one_line_and_a_hint(
    arguments: list[str], error: str, hint: str | None, program: Program
) -> None:
    done = program(*arguments)
    assert (done.code, done.stdout) == (2, b"")
    first, *rest = done.err.splitlines()
    assert first.startswith(f"error: {error}")
    assert len(rest) == (hint is not None)
    assert not rest or rest[0].startswith(str(hint))


def test_a_variable_that_means_nothing_is_named(program: Program) -> None:
    done = program.having(SITEMAP_TIMEOUT="soon")("analyze", "x.example")
    assert done.code == 2
    assert done.err.startswith("error: invalid value (SITEMAP_TIMEOUT): ")


def test_no_home_folder_is_no_reason_to_crash(program: Program) -> None:
    homeless = program.having(HOME="/nonexistent", SITEMAP_DATABASE="")
    done = homeless("jobs", "list")
    assert "Traceback" not in done.err
    assert done.code in (0, 5)
