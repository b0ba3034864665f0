"""What the robots.txt files of a job allow to search engines and AI crawlers, and to how many of its URLs."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.gathered_facts import Permission
from sitemap_cli.audit.robots_blocks import find_blocks, view_urls
from sitemap_cli.fetch.robots.crawler_access import Access, judge_access
from sitemap_cli.fetch.robots.robots_txt import MISSING, RobotsTxt, is_root_robots
from sitemap_cli.model.crawlers import Crawler, Purpose, list_crawlers
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.results import SourceResult
from sitemap_cli.model.site_report import CrawlerAccess, RobotsMatrix
from sitemap_cli.services.checking.robots_permissions import build_crawler_permissions
from sitemap_cli.services.recording.robots_files import load_robots_files
from sitemap_cli.services.reporting.job_documents import ListingDocument
from sitemap_cli.urls import textual_host, textual_origin

MAX_FILES = 10
MAX_RULES = 5
MAX_RULE = 200
"""Characters of a rule or a signal."""
MAX_SIGNALS = 10
WINDOW = 30_000
"""URLs whose rules are searched at a time."""
MAX_EXAMINED = 20_000
"""URLs up to which each is examined, if a file has too many rules to search for."""

OTHER_ENGINES = (
    Crawler(
        token="YandexBot",  # noqa: S106 - a product token
        owner="Yandex",
        purpose=Purpose.ENGINE,
        product="Yandex Search",
        effect="Pages disappear from Yandex Search.",
        source="https://yandex.com/support/webmaster/en/robot-workings/user-agent",
        verified=dt.date(2026, 11, 29),
    ),
    Crawler(
        token="DuckDuckBot",  # noqa: S106 - a product token
        owner="DuckDuckGo",
        purpose=Purpose.ENGINE,
        product="DuckDuckGo",
        effect="DuckDuckGo reads the pages less, though it also has them from Bing.",
        source="https://duckduckgo.com/duckduckgo-help-pages/results/duckduckbot",
        verified=dt.date(2026, 11, 29),
    ),
)
"""Search engines beside those that feed AI answers."""


async def load_crawler_matrices(
    session: AsyncSession,
    job_id: str,
    domain: str,
    documents: Sequence[ListingDocument],
    urls: Sequence[str] | None,
    sources: Sequence[SourceResult] = (),
) -> list[RobotsMatrix]:
    """Return what each robots.txt of a job allows, that of the site first.

    Args:
        session: the caller's.
        job_id: the id of the job.
        domain: the name of its domain.
        documents: its documents.
        urls: all of its URLs; None if they are too many to be searched.
        sources: where it looked for sitemaps, with the reasons why a file could not be read.
    """
    files = [each for each in await load_robots_files(session, job_id) if is_root_robots(each.row.url)]
    files.sort(key=lambda each: (textual_host(each.row.url) != domain.removeprefix("www."), each.row.url))
    messages = {each.url: each.message for each in sources if each.message}
    matrices = list[RobotsMatrix]()
    for row, body in files[:MAX_FILES]:
        is_read = row.error is None and body is not None and row.status_code not in MISSING
        robots = RobotsTxt(body or b"", row.url, status=row.status_code)
        error = (
            None if is_read or row.status_code in MISSING else messages.get(row.url) or _explain(row.error)
        )
        matrices.append(
            RobotsMatrix(
                url=row.url,
                status_code=row.status_code,
                error=error,
                crawlers=[] if error else list(_list_access(row.url, robots, documents, urls)),
                signals=[] if error else _list_signals(robots),
            )
        )
    return matrices


def _explain(error: str | None) -> str:
    return describe_reason(error) if error else "the server did not send it"


def _list_access(
    url: str, robots: RobotsTxt, documents: Sequence[ListingDocument], urls: Sequence[str] | None
) -> Iterator[CrawlerAccess]:
    """Yield what a robots.txt allows to each crawler, in the order of their purposes."""
    order = list(Purpose)
    crawlers = sorted((*list_crawlers(), *OTHER_ENGINES), key=lambda each: order.index(each.purpose))
    judged = [judge_access(robots, each) for each in crawlers]
    limited = [each.crawler.token for each in judged if each.access in (Access.PARTLY, Access.BLOCKED)]
    counts = _count_disallowed(url, robots, limited, documents, urls)
    for each in judged:
        rules = [f"{rule.text[:MAX_RULE]} (line {rule.line:,})" for rule in each.rules[:MAX_RULES]]
        more = len(each.rules) - MAX_RULES
        yield CrawlerAccess(
            crawler=each.crawler.token,
            name=each.crawler.name,
            owner=each.crawler.owner,
            purpose=each.crawler.purpose,
            product=each.crawler.product,
            access=each.access,
            rules=[*rules, f"and {more:,} more"] if more > 0 else rules,
            disallowed_urls=counts.get(each.crawler.token) if each.crawler.token in limited else 0,
            effect=each.crawler.effect,
            obeys=each.crawler.obeys,
        )


def _count_disallowed(
    url: str,
    robots: RobotsTxt,
    crawlers: Sequence[str],
    documents: Sequence[ListingDocument],
    urls: Sequence[str] | None,
) -> Mapping[str, int | None]:
    """Return the number of listed URLs that crawlers may not request, by their token."""
    counts: dict[str, int | None] = dict.fromkeys(crawlers, 0)
    permissions = list(build_crawler_permissions(url, robots, crawlers))
    for each in permissions:
        if urls is not None and (each.is_searchable or len(urls) <= MAX_EXAMINED):
            continue
        whole = _blocks_everything(each) and _are_all_on(textual_origin(url), documents)
        number = sum(one.urls for one in documents) if whole else None
        for agent in each.agents:
            counts[agent] = number
    searched = [each for each in permissions if all(counts[agent] == 0 for agent in each.agents)]
    listed = urls if urls and searched else ()
    for first in range(0, len(listed), WINDOW):
        view = view_urls(listed[first : first + WINDOW])
        for each in searched:
            found = sum(len(block.indexes) for block in find_blocks(view, each))
            for agent in each.agents:
                counts[agent] = (counts[agent] or 0) + found
    return counts


def _blocks_everything(permission: Permission) -> bool:
    return any(each.text == "Disallow: /" for each in permission.rules) and all(
        each.is_disallow for each in permission.rules
    )


def _are_all_on(origin: str, documents: Iterable[ListingDocument]) -> bool:
    """Return whether all URLs of documents are on one origin: then the first and the last of each are."""
    prefix = origin.rstrip("/")
    return all(
        (each.first_loc or "").startswith(f"{prefix}/") and (each.last_loc or "").startswith(f"{prefix}/")
        for each in documents
    )


def _list_signals(robots: RobotsTxt) -> list[str]:
    """Return the preferences of the owner about the use of content, each with the crawlers it is for."""
    found = list[str]()
    for each in robots.content_signals[:MAX_SIGNALS]:
        values = ", ".join(f"{name}={value}" for name, value in each.signals.items())
        path = f"{each.path} " if each.path else ""
        agents = f" for {', '.join(each.agents)}" if each.agents else ""
        found.append(f"{each.field}: {path}{values}{agents}"[:MAX_RULE])
    return found
