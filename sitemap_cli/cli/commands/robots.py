"""Say what a robots.txt allows, and where it says the sitemaps are."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sitemap_cli.cli.adapter import command
from sitemap_cli.cli.runtime import Run
from sitemap_cli.errors import UnreadableError
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from sitemap_cli.fetch.robots import Robots
    from sitemap_cli.services.targets import Target


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
    format_: Annotated[Literal["text", "jsonl"], typer.Option("--format", help="What to print.")] = "text",
) -> None:
    """Print the sitemaps, groups and rules of a robots.txt, and test addresses against it."""
    rules, base = await _rules(run, source, base_url)
    who = agent or run.settings.user_agent
    records = [*_contents(rules), *(_tested(rules, who, base, each) for each in test or ())]
    if format_ == "jsonl":
        run.console.json([_without_none(each) for each in records], lines=True)
    else:
        run.console.lines(line for each in records for line in _lines(each))


async def _rules(run: Run, source: str, base_url: str | None) -> "tuple[Robots, str]":
    """The parsed file, and the address against which relative ones are meant."""
    from sitemap_cli.cli.signals import at_once
    from sitemap_cli.fetch.robots import Robots
    from sitemap_cli.services import opening
    from sitemap_cli.services.targets import parse

    if opening.is_local(source):
        with opening.local(source, base_url, run.settings.max_bytes) as document, at_once():
            return Robots(b"".join(document.chunks), base_url=base_url), base_url or ""
    return await _fetched(run, parse(source))


async def _fetched(run: Run, target: "Target") -> "tuple[Robots, str]":
    """The robots.txt of the first address that answers; a missing one allows everything.

    Raises:
        UnreadableError: nobody answers, or with an error of the server.
    """
    from sitemap_cli.fetch.robots import Robots
    from sitemap_cli.services.addresses import origin
    from sitemap_cli.services.robots import RobotsFiles

    async with run.fetcher() as fetcher:
        files = RobotsFiles(fetcher, run.settings)
        found = [await files.of(url) for url in target.urls[:1]]
        if found[0].fetched.status_code is None:
            found += [await files.of(url) for url in target.urls[1:]]
    file = next((each for each in found if each.fetched.status_code is not None), found[0])
    fetched = file.fetched
    if file.unreachable:
        why = fetched.fault.message if fetched.fault else f"the server answered {fetched.status_code}"
        raise UnreadableError("cannot read robots.txt", where=fetched.url, why=why)
    if file.rules is None:
        run.console.note(
            f"there is no robots.txt (the server answered {fetched.status_code}): all is allowed"
        )
    return file.rules or Robots(b""), origin(fetched.final_url)


def _contents(rules: "Robots") -> list[dict[str, Any]]:
    sitemaps = [{"type": "sitemap", "loc": each.loc, "line": each.line} for each in rules.sitemaps]
    groups = [
        {"type": "group", "agents": each.agents, "crawl_delay": each.crawl_delay, "rules": each.rules}
        for each in rules.groups
    ]
    problems = [
        {
            "type": "problem",
            "code": each.code,
            "severity": each.severity.value,
            "line": each.line,
            "message": each.message,
        }
        for each in rules.problems
    ]
    return [*sitemaps, *groups, *problems]


def _tested(rules: "Robots", agent: str, base: str, url: str) -> dict[str, Any]:
    from urllib.parse import urljoin

    address = urljoin(base, url)
    allowed = rules.allowed(address, agent)
    return {
        "type": "test",
        "agent": agent,
        "url": address,
        "allowed": allowed,
        "rule": rules.rule(address, agent),
    }


def _without_none(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}


def _lines(record: dict[str, Any]) -> list[str]:
    """A record as a person would write it."""
    match record["type"]:
        case "sitemap":
            return [f"Sitemap: {record['loc']}"]
        case "group":
            delay = [f"Crawl-delay: {record['crawl_delay']:g}"] if record["crawl_delay"] is not None else []
            agents = [f"User-agent: {agent}" for agent in record["agents"]]
            return ["", *agents, *(f"  {line}" for line in [*delay, *record["rules"]])]
        case "test":
            answer = "allowed" if record["allowed"] else "disallowed"
            return [f"{answer}  {record['url']}  ({record['rule'] or 'no rule'})"]
        case _:
            return [f"{record['severity']}: {record['message']} [{record['code']}]"]
