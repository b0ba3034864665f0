"""The page of log events, which are also looked for in the code: see :func:`find_events`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.documentation.reference.markdown_parts import format_code, format_head, format_table

PACKAGE = Path(__file__).parents[3] / "sitemap_cli"
# By event: with how many -v it is printed, its own fields, and what happened.
EVENTS = {
    "note": ("", (), "A remark that is no problem, such as a hint; `--quiet` leaves it out."),
    "log": ("", (), "A warning, or a message of a library."),
    "error": (
        "",
        ("hint", "exit_code", "traceback"),
        "The command ends with this error. `traceback` needs `-v`.",
    ),
    "job-failed": (
        "",
        ("verdict", "error"),
        "Nothing could be read, or a target of `diff` was read in part.",
    ),
    "job-finished": ("", ("verdict", "urls", "ms"), "A job ended. In text, only with `-v`."),
    "probe-failed": ("", ("pages", "reason"), "No page of a probe responded."),
    "submission-failed": ("", ("status",), "A search engine did not accept URLs."),
    "login-not-stored": ("", ("urls",), "Targets for workers have passwords, which are not stored."),
    "configuration": ("-v", ("path",), "The configuration file that is in force."),
    "request": (
        "-v",
        ("method", "url", "status", "reason", "ms", "bytes", "attempt"),
        "One exchange with a server, also each redirect and retry. `bytes` are those of the transfer.",
    ),
    "recorded": (
        "-v",
        ("url", "urls", "reason"),
        "A sitemap was committed; `reason` is `ok` or the code of a failure.",
    ),
    "retry": ("-vv", ("url", "reason", "attempt", "seconds"), "A request is repeated after `seconds`."),
    "pause": ("-vv", ("host", "seconds"), "A host requested a pause (`Retry-After`)."),
    "wait": ("-vv", ("host", "seconds", "reason"), "A request waits; `reason` is `delay` or `pause`."),
    "cache": ("-vv", ("url", "decision"), "Whether a document of an earlier job is used."),
}
INTRODUCTION = """With `--log-format json`, each line on stderr is a JSON object; without it, text.

```json
{"time":"2026-11-28T22:15:31.042Z","level":"info","event":"request","job_id":"019ac1f2-…","domain":"example.com","message":"GET https://example.com/robots.txt 200 31 ms 120 bytes","method":"GET","url":"https://example.com/robots.txt","status":200,"ms":31,"bytes":120,"attempt":1}
```"""
FIELDS = """## Fields of every line

| field | meaning |
| --- | --- |
| `time` | time in UTC, with milliseconds |
| `level` | `debug`, `info`, `warning` or `error` |
| `event` | one of the events below |
| `job_id`, `domain` | the job at work; left out outside of a job |
| `message` | the line of the text format, without its level |

A field without a value is left out. Passwords in URLs are replaced by `***`. Fields and events may be added; one is only renamed or
removed with a note in the changelog."""


def build_log_events() -> str:
    """Return the page."""
    rows = [
        (format_code(name), format_code(verbosity), ", ".join(map(format_code, fields)), meaning)
        for name, (verbosity, fields, meaning) in EVENTS.items()
    ]
    table = format_table(("event", "needs", "fields", "when"), rows)
    return "\n\n".join((format_head("Log events", INTRODUCTION), FIELDS, "## Events", table))


def find_events(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Return the events that the code logs, each with the fields of all its calls."""
    found: dict[str, set[str]] = {}
    for file in package.rglob("*.py"):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for event, fields in _find_in_function(function):
                    found.setdefault(event, set()).update(fields)
    return found


def _find_in_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, set[str]]]:
    nodes = list(ast.walk(function))
    dicts = {
        target.id: value
        for node in nodes
        if isinstance(node, ast.Assign)
        for target, value in _pair_targets(node)
        if isinstance(value, ast.Dict)
    }
    for node in nodes:
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or name not in ("log_event", "print_log", "print_message"):
            continue
        at = {"log_event": 2, "print_log": 2, "print_message": 1}[name]
        event = node.args[at] if len(node.args) > at else ast.Constant("log")
        if not isinstance(event, ast.Constant):
            continue
        given = [each for each in node.args if isinstance(each, ast.Dict)]
        given += [dicts[each.id] for each in node.args if isinstance(each, ast.Name) and each.id in dicts]
        given += [
            dicts[each.value.id]
            for each in node.keywords
            if each.arg is None and isinstance(each.value, ast.Name)
        ]
        keys = {
            key.value for each in _unpack(given, dicts) for key in each.keys if isinstance(key, ast.Constant)
        }
        yield str(event.value), {str(key) for key in keys} | {each.arg for each in node.keywords if each.arg}


def _pair_targets(node: ast.Assign) -> Iterator[tuple[ast.Name, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Name):
            yield target, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts, strict=False)
            yield from ((each, value) for each, value in pairs if isinstance(each, ast.Name))


def _unpack(found: list[ast.Dict], dicts: dict[str, ast.Dict]) -> Iterator[ast.Dict]:
    """Yield dictionaries, and those that they unpack."""
    for each in found:
        yield each
        names = [
            value.id
            for key, value in zip(each.keys, each.values, strict=True)
            if key is None and isinstance(value, ast.Name)
        ]
        yield from (dicts[name] for name in names if name in dicts)
