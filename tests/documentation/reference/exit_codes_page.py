"""The page of exit codes."""

from sitemap_cli import errors
from sitemap_cli.cli.framework.app import BUG
from sitemap_cli.model import exit_codes
from tests.documentation.reference.markdown_parts import format_code, format_head, format_table

# By code: what happened, and what is recorded.
MEANINGS = {
    exit_codes.OK: "Success.",
    exit_codes.FINDINGS: (
        "`check`: findings of the severity `--fail-on` or higher. `diff --exit-code`: something differs."
    ),
    exit_codes.USAGE: "An invalid command line, list or configuration; or no such file, job or domain.",
    exit_codes.PARTIAL: "Read in part: something failed, was cut or was skipped. Everything that was read is recorded.",
    exit_codes.UNREADABLE: (
        "The site or file could not be read: blocked, DNS, TLS, timeout, nothing that can be parsed. "
        "The [verdict](verdicts.md) says why."
    ),
    errors.StorageError.exit_code: (
        "The database or an output file could not be used, or `db check` found damage. What was committed is kept."
    ),
    exit_codes.ABSENT: "The site has no sitemap.",
    BUG: "A bug in `sitemap`, with a traceback on stderr. Please report it.",
    errors.LockedError.exit_code: (
        "Another run holds the lock of the domain or list, or another process locks the database. `--wait` waits."
    ),
    exit_codes.INTERRUPTED: "Interrupted (Ctrl-C, SIGINT), after a clean stop: running jobs are recorded as `interrupted`.",
    129: "The terminal was closed (SIGHUP), after a clean stop.",
    143: "Terminated (SIGTERM), after a clean stop.",
}

SEVERAL = """## Several targets

A command with several targets exits with 0 if all are 0, with 4 if every one of them failed, and otherwise with 3.
`check` exits with 1 if any target has findings that count. `batch` follows the same rule for its jobs;
`--max-failed` and `--max-newly-failed` tolerate some that fail."""

CONTRACT = """## What scripts may rely on

- The codes of this page are a part of the interface: changing one is a breaking change.
- A code is decided after everything is recorded. If the same command prints a result, what it prints was committed.
- If the reader of a pipe closes it (`sitemap urls example.com | head`), the command ends quietly with 0.
- A bug is 70, never 1: a pipeline cannot take a crash for findings."""

ERRORS = """## Errors

An error is one line on stderr, `error: WHAT (WHERE): WHY`, and a line `hint: …` where something can be done. `-v` adds
the traceback. These are the classes of errors in `sitemap_cli/errors.py`, for users of the [Python API](../how-to/python-api.md):"""


def build_exit_codes() -> str:
    """Return the page."""
    rows = [(str(code), MEANINGS[code]) for code in sorted(MEANINGS)]
    head = format_head("Exit codes", "Every command of `sitemap` ends with one of these codes.")
    classes = format_table(("class", "exit code", "meaning"), sorted(_list_errors(), key=lambda row: row[1:]))
    table = format_table(("code", "meaning"), rows)
    parts = [head, table, SEVERAL, CONTRACT, ERRORS, classes]
    return "\n\n".join(parts)


def _list_errors() -> list[tuple[str, str, str]]:
    found = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and each.__module__ == errors.__name__
    ]
    known = {each.exit_code for each in found} - set(MEANINGS)
    assert not known, f"exit codes without a meaning: {known}"
    return [(format_code(each.__name__), str(each.exit_code), _describe(each)) for each in found]


def _describe(error: type) -> str:
    return (error.__doc__ or "").partition("\n")[0].replace("``", "`")
