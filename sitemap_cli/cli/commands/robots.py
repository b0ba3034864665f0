"""Say what a robots.txt allows, and where it says the sitemaps are."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import Output, TableFormat
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
    from sitemap_cli.model.values import Problem

Record = dict[str, Any]

COLUMNS = ("type", "loc", "line", "agents", "crawl_delay", "rules", "agent", "url", "allowed", "rule")
BETWEEN = {"agents": ", ", "rules": " | "}
# With these, lines that are there were not read.
CUTS = ("robots-too-large", "robots-too-many-sitemaps")


@command(FETCH)
async def robots(
    run: Run,
    source: Annotated[str, typer.Argument(metavar="FILE|URL|DOMAIN", help="Whose robots.txt; - is stdin.")],
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where a local file is published.")
    ] = None,
    agent: Annotated[
        str | None, typer.Option(metavar="UA", help="Whose rules --test asks for; by default our own.")
    ] = None,
    test: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="May the agent fetch this? Repeatable.")
    ] = None,
    format_: TableFormat = "text",
    output: Output = None,
) -> int:
    """Print the sitemaps, groups and rules of a robots.txt, and test addresses against it."""
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.output import json_lines

    rules, base, faults = await _load_robots(run, source, base_url)
    who = run.settings.user_agent if agent is None else agent
    tests = [_test_urls(rules, who, base, each) for each in test or ()]
    problems = [*map(_describe_problem, [*rules.problems, *faults])]
    with open_output(output) as stream:
        if format_ == "jsonl":
            json_lines.write_records(stream, [*_list_contents(rules), *problems, *tests])
        else:
            _print_records(format_, [*_list_contents(rules), *tests], stream)
            _report_problems(run, problems)
    return _choose_exit_code(rules, faults)


async def _load_robots(run: Run, source: str, base_url: str | None) -> "tuple[RobotsTxt, str, list[Problem]]":
    """The parsed file, the address against which relative ones are meant, and what went wrong on the way."""
    from sitemap_cli.cli.framework.signals import interrupt_on_signal
    from sitemap_cli.crawl.targets import parse_target
    from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
    from sitemap_cli.inputs import opened_document

    if opened_document.is_local(source):
        with (
            opened_document.open_local(source, base_url, run.settings.max_bytes) as document,
            interrupt_on_signal(),
        ):
            rules = RobotsTxt(_read_head(document.chunks), base_url=base_url)
            return rules, base_url or "", document.problems
    rules, base = await _fetch_robots(run, parse_target(source))
    return rules, base_url or base, []


def _read_head(chunks: Iterator[bytes]) -> bytes:
    """As much as shows that there is more than anybody reads: standard input may never end."""
    from sitemap_cli.fetch.robots.robots_txt import MAX_ROBOTS

    data = bytearray()
    while len(data) <= MAX_ROBOTS and (chunk := next(chunks, None)) is not None:
        data += chunk
    return bytes(data)


async def _fetch_robots(run: Run, target: "Target") -> "tuple[RobotsTxt, str]":
    """The robots.txt of the first address that answers; a missing one allows everything.

    Raises:
        UnreadableError: nobody answers, or with an error of the server.
    """
    from sitemap_cli.crawl.reachability import check_reachability
    from sitemap_cli.crawl.robots_cache import RobotsCache
    from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
    from sitemap_cli.urls import url_origin

    async with run.open_fetchers() as fetchers:
        files = RobotsCache(fetchers.for_target(), run.settings)
        reached = await check_reachability(files, target, https_only=run.settings.https_only)
        file = await files.get_robots(reached.url)
    fetched = file.response
    if file.is_unreachable or (fetched.fault is not None and file.rules is None):
        why = fetched.fault.message if fetched.fault else f"the server answered {fetched.status_code}"
        raise UnreadableError("cannot read robots.txt", where=fetched.url, why=why)
    if file.rules is None:
        run.console.print_note(
            f"there is no robots.txt (the server answered {fetched.status_code}): all is allowed"
        )
    return file.rules or RobotsTxt(b""), url_origin(fetched.final_url)


def _list_contents(rules: "RobotsTxt") -> list[Record]:
    sitemaps = [{"type": "sitemap", "loc": each.loc, "line": each.line} for each in rules.sitemaps]
    groups = [
        {"type": "group", "agents": each.agents, "crawl_delay": each.crawl_delay, "rules": each.rules}
        for each in rules.groups
    ]
    return [*sitemaps, *groups]


def _test_urls(rules: "RobotsTxt", agent: str, base: str, url: str) -> Record:
    """The answer about one address.

    Raises:
        UsageError: it is no address.
    """
    from urllib.parse import urljoin

    try:
        address = urljoin(base, url)
        allowed, rule = rules.is_allowed(address, agent), rules.find_deciding_rule(address, agent)
    except ValueError as error:
        raise UsageError("cannot test", where=url, why=str(error)) from error
    return {"type": "test", "agent": agent, "url": address, "allowed": allowed, "rule": rule}


def _describe_problem(problem: "Problem") -> Record:
    import msgspec

    return {"type": "problem", **msgspec.structs.asdict(problem)}


def _print_records(format_: str, records: list[Record], stream: BinaryIO) -> None:
    if format_ == "csv":
        return _print_table(records, stream)
    from sitemap_cli.output.escaping import escape_text

    texts = (text for each in records for text in _format_records(each))
    return stream.writelines(f"{escape_text(text)}\n".encode("utf-8", "backslashreplace") for text in texts)


def _format_records(record: Record) -> list[str]:
    """A record as a person would write it."""
    match record["type"]:
        case "sitemap":
            return [f"Sitemap: {record['loc']}"]
        case "group":
            delay = [f"Crawl-delay: {record['crawl_delay']:g}"] if record["crawl_delay"] is not None else []
            agents = [f"User-agent: {agent}" for agent in record["agents"]]
            return ["", *agents, *(f"  {line}" for line in [*delay, *record["rules"]])]
        case _:
            answer = "allowed" if record["allowed"] else "disallowed"
            return [f"{answer}  {record['url']}  ({record['rule'] or 'no rule'})"]


def _print_table(records: list[Record], stream: BinaryIO) -> None:
    """A row for each record; a list is one cell, and what does not belong to a record is empty."""
    from sitemap_cli.output.formats import csv

    with csv.open_writer(stream, COLUMNS) as write:
        write(tuple(_format_cell(each, name) for name in COLUMNS) for each in records)


def _format_cell(record: Record, name: str) -> object:
    value = record.get(name)
    if isinstance(value, list):
        return BETWEEN[name].join(value)
    return str(value).lower() if isinstance(value, bool) else value


def _report_problems(run: Run, problems: Iterable[Record]) -> None:
    """Problems are no data in the plain formats: they go to stderr."""
    for each in problems:
        where = f"line {each['line']}: " if each["line"] else ""
        run.console.print_note(f"{each['severity']}: {where}{each['message']} [{each['code']}]")


def _choose_exit_code(rules: "RobotsTxt", faults: "list[Problem]") -> int:
    if not rules.is_readable:
        return exit_codes.UNREADABLE
    cut = any(each.code in CUTS for each in rules.problems)
    return exit_codes.PARTIAL if cut or any(each.severity == "error" for each in faults) else exit_codes.OK
