"""Show what a robots.txt allows, and which sitemaps it names."""

import sys
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import Output, TextLinesOrCsv
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from sitemap_cli.cli.view.robots_listing import RobotsPreference, RobotsRow
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
    from sitemap_cli.model.line_results import RobotsTestLine
    from sitemap_cli.model.values import Problem

# Problems that mean that some lines were not read.

CHAPTER = "Single documents"
CUTS = ("robots-too-large", "robots-too-many-sitemaps")


@command(FETCH)
async def robots(
    run: Run,
    source: Annotated[
        str,
        typer.Argument(metavar="FILE|URL|DOMAIN", help="robots.txt, or the site that has it; - is stdin."),
    ],
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="URL of the site, for a local file.")
    ] = None,
    agent: Annotated[
        str | None, typer.Option(metavar="UA", help="User agent for --test. Default: that of sitemap.")
    ] = None,
    test: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL", help="Test whether the agent may fetch this URL; repeatable; - reads a list."
        ),
    ] = None,
    ai: Annotated[
        bool, typer.Option("--ai", help="Show what the crawlers of AI services may fetch, by purpose.")
    ] = False,
    format_: TextLinesOrCsv = "text",
    output: Output = None,
) -> int:
    """Print the sitemaps, groups and rules of a robots.txt, and test URLs against it.

    --ai shows instead which crawlers of AI services may fetch the site: for an AI search, which can only cite
    what it may fetch, for training, or because a person asked.

    $ sitemap robots example.com --ai
    """
    from sitemap_cli.cli.output_file import check_output, open_output
    from sitemap_cli.cli.view import robots_listing
    from sitemap_cli.cli.view.problem_lines import print_problems
    from sitemap_cli.model.line_results import ProblemLine
    from sitemap_cli.output import json_lines

    check_output(output)
    urls = _list_tested_urls(source, test or ())
    rules, base, faults = await _load_robots(run, source, base_url)
    who = run.settings.user_agent if agent is None else agent
    contents = _list_crawlers(rules) if ai else _list_contents(rules)
    tests = [_test_url(rules, who, base, each) for each in urls]
    problems = [*rules.problems, *faults]
    with open_output(output) as stream:
        if format_ == "jsonl":
            lines = map(ProblemLine.from_problem, problems)
            json_lines.write_records(stream, [*contents, *lines, *tests])
        elif format_ == "csv":
            robots_listing.print_csv([*contents, *tests], stream)
        else:
            run.console.print_rendered(robots_listing.render_text([*contents, *tests]), stream)
        if format_ != "jsonl":
            print_problems(run.console, problems)
    return _choose_exit_code(rules, faults)


def _list_tested_urls(source: str, given: Sequence[str]) -> list[str]:
    """Return the URLs of ``--test``; ``-`` stands for those on the lines of standard input.

    Raises:
        UsageError: standard input would be read twice.
    """
    from sitemap_cli.crawl.targets import STDIN

    if [source, *given].count(STDIN) > 1:
        raise UsageError("standard input can be read only once", where=STDIN)
    if STDIN not in given:
        return list(given)
    lines = sys.stdin.buffer.read().decode("utf-8-sig", "replace").splitlines()
    listed = [line.strip() for line in lines if line.strip()]
    at = given.index(STDIN)
    return [*given[:at], *listed, *given[at + 1 :]]


async def _load_robots(run: Run, source: str, base_url: str | None) -> "tuple[RobotsTxt, str, list[Problem]]":
    """Return the parsed file, the base URL, and the problems of reading it."""
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
    rules, base, problems = await _fetch_robots(run, parse_target(source))
    return rules, base_url or base, problems


def _read_head(chunks: Iterator[bytes]) -> bytes:
    """Read just over the size limit, which is enough to detect that it is exceeded; stdin may never end."""
    from sitemap_cli.fetch.robots.robots_txt import MAX_ROBOTS

    data = bytearray()
    while len(data) <= MAX_ROBOTS and (chunk := next(chunks, None)) is not None:
        data += chunk
    return bytes(data)


async def _fetch_robots(run: Run, target: "Target") -> "tuple[RobotsTxt, str, list[Problem]]":
    """Fetch the robots.txt of the first origin that responds, or the one that the target names.

    A missing file allows everything. The problems are those of the response, whose content was read.

    Raises:
        UnreadableError: no origin responds, or the response is a server error.
    """
    from sitemap_cli.crawl.reachability import check_reachability
    from sitemap_cli.crawl.robots_cache import RobotsCache, has_rules
    from sitemap_cli.crawl.targets import TargetKind
    from sitemap_cli.fetch.robots.robots_txt import MISSING, RobotsTxt, is_root_robots
    from sitemap_cli.urls import url_origin

    async with run.open_fetchers() as fetchers:
        # Secrets are for this URL and its https twin, never for plain http after https.
        files = RobotsCache(fetchers.for_target(target), run.settings, target.urls[0])
        reached = await check_reachability(files, target, run.settings)
        is_named = target.kind in (TargetKind.ROBOTS, TargetKind.SITEMAP) and not is_root_robots(reached.url)
        file = await files.fetch_named(reached.url) if is_named else None
        # A document under any other name may be one; else the user means the site that it belongs to.
        if file is None or (target.kind is TargetKind.SITEMAP and not has_rules(file)):
            file = await files.get_robots(reached.url)
    fetched = file.response
    if file.is_unreachable or (fetched.fault is not None and file.rules is None):
        why = fetched.fault.message if fetched.fault else f"the server responded with {fetched.status_code}"
        raise UnreadableError("cannot read robots.txt", where=fetched.url, why=why)
    if file.rules is None or fetched.status_code in MISSING:
        run.console.print_note(
            f"there is no {fetched.url} (the server responded with {fetched.status_code}): all is allowed"
        )
    else:
        run.console.print_note(f"read {fetched.final_url}")
    return file.rules or RobotsTxt(b""), url_origin(fetched.final_url), list(fetched.problems)


def _list_contents(rules: "RobotsTxt") -> "list[RobotsRow]":
    """Return the sitemaps, then the groups, each followed by its content signals."""
    from sitemap_cli.model.line_results import RobotsGroupLine, RobotsSitemapLine

    sitemaps = [RobotsSitemapLine(each.loc, each.line) for each in rules.sitemaps]
    groups = [
        (each.line, RobotsGroupLine(agents=each.agents, crawl_delay=each.crawl_delay, rules=each.rules))
        for each in rules.groups
    ]
    rows: list[tuple[int, RobotsRow]] = [*groups, *((each.line, each) for each in _list_signals(rules))]
    return [*sitemaps, *(row for _, row in sorted(rows, key=itemgetter(0)))]


def _list_signals(rules: "RobotsTxt") -> "list[RobotsPreference]":
    from sitemap_cli.fetch.robots.robots_lines import SIGNAL
    from sitemap_cli.model.line_results import RobotsSignalLine, RobotsUsageLine

    return [
        RobotsSignalLine(agents=list(each.agents), signals=dict(each.signals), line=each.line)
        if each.field == SIGNAL
        else RobotsUsageLine(
            agents=list(each.agents), path=each.path, signals=dict(each.signals), line=each.line
        )
        for each in rules.content_signals
    ]


def _list_crawlers(rules: "RobotsTxt") -> "list[RobotsRow]":
    """Return what the known crawlers may fetch, and the content signals."""
    from sitemap_cli.fetch.robots.crawler_access import judge_access
    from sitemap_cli.model.crawlers import list_crawlers
    from sitemap_cli.model.line_results import RobotsCrawlerLine, RobotsRule

    judged = [judge_access(rules, each) for each in list_crawlers()]
    crawlers = [
        RobotsCrawlerLine(
            crawler=each.crawler.token,
            owner=each.crawler.owner,
            purpose=each.crawler.purpose,
            product=each.crawler.product,
            access=each.access,
            rules=[RobotsRule(rule.text, rule.line) for rule in each.rules],
            group=each.group,
            group_line=each.group_line,
            effect=each.crawler.effect,
            obeys=each.crawler.obeys,
            source=each.crawler.source,
            verified=each.crawler.verified,
        )
        for each in judged
    ]
    return [*crawlers, *_list_signals(rules)]


def _test_url(rules: "RobotsTxt", agent: str, base: str, given: str) -> "RobotsTestLine":
    """Return whether a URL is allowed.

    Raises:
        UsageError: it is not a URL.
    """
    from urllib.parse import urljoin

    from sitemap_cli.model.line_results import RobotsTestLine

    try:
        url = urljoin(base, given)
        allowed, rule = rules.is_allowed(url, agent), rules.find_deciding_rule(url, agent)
    except ValueError as error:
        raise UsageError("cannot test", where=given, why=str(error)) from error
    return RobotsTestLine(agent, url, allowed, rule)


def _choose_exit_code(rules: "RobotsTxt", faults: "list[Problem]") -> int:
    if not rules.is_readable:
        return exit_codes.UNREADABLE
    cut = any(each.code in CUTS for each in rules.problems)
    return exit_codes.PARTIAL if cut or any(each.severity == "error" for each in faults) else exit_codes.OK
