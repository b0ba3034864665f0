"""The page of environment variables and files."""

import ast
import re
from pathlib import Path

from sitemap_cli.storage.database_url import POSTGRES
from sitemap_cli.storage.file_locks import SUFFIX
from tests.documentation.reference.markdown_parts import format_head, format_table

ENVIRON = re.compile(r"\benviron\b")
PACKAGE = Path(__file__).parents[3] / "sitemap_cli"
INTRODUCTION = """Every option has a variable that begins with `SITEMAP_`: [Settings](settings.md) and the pages of the
[commands](commands/index.md) name them. This page has what else the program reads from its environment, and where it keeps files."""
# By variable: what it does. A test compares them with the code.
VARIABLES = {
    "SITEMAP_CONFIG": "The configuration file, as `--config`.",
    "NO_COLOR": "Any value but an empty one turns colours off, as `--no-color` does.",
    "FORCE_COLOR": "Any value but an empty one or `0` turns colours on, also in a pipe; `NO_COLOR` and `--no-color` win.",
    "TERM": "`dumb` means a terminal without colours and progress.",
    "COLUMNS": "Overrides the width of the terminal. Output to a pipe is never folded.",
    "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY": "Proxies, in upper or lower case; only with `--trust-env`.",
    "GITHUB_STEP_SUMMARY": "`check --format github` appends a page to this file, as GitHub Actions shows it.",
    "PGPASSWORD, PGPASSFILE, PGSERVICE and others": "Read by the Postgres driver, as by every program that uses libpq.",
    "SQLITE_TMPDIR, TMPDIR": "Where temporary files lie: large bodies that wait to be read, and `sitemap db vacuum`.",
    "XDG_DATA_HOME": "On Linux, the folder of user data, in which the default database is, and completions of bash.",
    "SHELL, ZDOTDIR, XDG_CONFIG_HOME": "Where `--install-completion` installs: the shell, and its folder of settings.",
    "SOURCE_DATE_EPOCH": "The time in `sitemap report` and `sitemap man`, in seconds since 1970, for reproducible files.",
}
FILES = """## Files

| file | what it is |
| --- | --- |
| `~/.local/share/sitemap/sitemap.db` | the default database on Linux |
| `~/Library/Application Support/sitemap/sitemap.db` | the default database on macOS |
| `%LOCALAPPDATA%\\sitemap\\sitemap\\sitemap.db` | the default database on Windows |
| `…-wal`, `…-shm` beside it | parts of a SQLite database that is in use; never remove or copy them alone: `sitemap db backup` makes a copy |
| `…{suffix}` beside it | an empty file whose bytes are the locks of domains and batches; it may stay |
| `sitemap.toml`, `pyproject.toml` | the [configuration](settings.md#the-configuration-file), from the working folder upwards |
| `.NAME.…` beside an output file | the output while it is written; it takes the place of the file when it is complete |
| the folder for temporary files | bodies and lists that are too large for memory; they have no name, and vanish with the process |
| `~/.bashrc`, `~/.zshrc`, the profile of PowerShell | `--install-completion` adds a line to one of them, and nothing to fish |

Nothing is written elsewhere. `sitemap parse`, `sitemap robots` and `sitemap diff OLD NEW` use no database."""
DATABASES = """## Databases

`--database` takes a path, or the URL of a Postgres server with one of these schemes: {schemes}. All of them use
psycopg. The lock of a domain is an advisory lock there, and leaves no file."""


def build_environment() -> str:
    """Return the page."""
    rows = [
        (", ".join(f"`{each}`" for each in _split(names)) + _rest(names), text)
        for names, text in VARIABLES.items()
    ]
    schemes = ", ".join(f"`{each}://`" for each in sorted(POSTGRES))
    return "\n\n".join(
        (
            format_head("Environment and files", INTRODUCTION),
            "## Environment variables",
            format_table(("variable", "meaning"), rows),
            FILES.format(suffix=SUFFIX),
            DATABASES.format(schemes=schemes),
        )
    )


def _split(names: str) -> list[str]:
    return names.removesuffix(" and others").split(", ")


def _rest(names: str) -> str:
    return " and others" if names.endswith(" and others") else ""


def list_variables() -> set[str]:
    """Return the variables that the page names."""
    return {each for names in VARIABLES for each in _split(names)}


def find_variables(package: Path = PACKAGE) -> set[str]:
    """Return the variables, other than those of options, whose names are in the code."""
    found = set[str]()
    for file in package.rglob("*.py"):
        for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(each, ast.Call) and ENVIRON.search(ast.unparse(each.func)) and each.args:
                found.update([each.args[0].value] if isinstance(each.args[0], ast.Constant) else [])
            elif isinstance(each, ast.Subscript) and "os.environ" in ast.unparse(each.value):
                found.update([each.slice.value] if isinstance(each.slice, ast.Constant) else [])
    return {str(each) for each in found if not str(each).startswith("SITEMAP_")}
