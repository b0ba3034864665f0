"""Run audit rules over what a job recorded, including its entries and probed pages."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.aio import run_beside
from sitemap_cli.audit import engine
from sitemap_cli.audit.aggregate import EXAMPLES, FindingCollector
from sitemap_cli.audit.coverage import sort_by_coverage
from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import RobotsFact, SiteFact, SitemapFact
from sitemap_cli.audit.gathered_facts import LinkTarget, ListComparison
from sitemap_cli.audit.joint_facts import JointFacts
from sitemap_cli.audit.place_log import PlaceLog
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.response_times import DEFAULT_SLOW
from sitemap_cli.audit.rule import Rule, Scope
from sitemap_cli.audit.rule_hit import RuleHit
from sitemap_cli.audit.selection import RuleSelection
from sitemap_cli.fetch.robots.robots_txt import is_root_robots
from sitemap_cli.model.check_results import RequestedPages
from sitemap_cli.model.compared_list import ComparedList
from sitemap_cli.model.results import SourceResult
from sitemap_cli.model.values import Acceptance, Finding, Verdict
from sitemap_cli.progress import StepProgress
from sitemap_cli.services.checking import entry_columns, fact_gathering, page_facts, site_facts
from sitemap_cli.services.checking.build_probe import BuildProbe
from sitemap_cli.services.checking.built_pages import load_built_pages
from sitemap_cli.services.checking.entry_columns import LoadedBatches
from sitemap_cli.services.checking.fact import FactSource
from sitemap_cli.services.checking.finding_places import fill_places
from sitemap_cli.services.checking.job_records import JobRecord, RecordOptions, load_record
from sitemap_cli.services.checking.known_probes import KnownProbes
from sitemap_cli.services.checking.page_coverage import load_page_coverage
from sitemap_cli.spool import CHUNK, Spool
from sitemap_cli.storage.models import Job
from sitemap_cli.urls import textual_host, textual_origin

NO_FILE = "there is no such file in the build"


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The options of a check.

    ``examples`` is the number of places to report per finding, ``max_drop`` the share of its URLs that a site
    may lose, ``slow`` the time until the first byte in seconds after which a page is slow. ``other_job`` is
    the job to compare with: of another site, or of a list of URLs, which ``compared`` describes. With a
    ``spool``, every place is written to it. ``joint`` has what was found over the sites that are judged
    together, ``build`` is the local build whose files are read in the place of a probe. ``progress`` counts
    the URLs that the rules have seen.
    """

    selection: RuleSelection = field(default_factory=RuleSelection)
    examples: int = EXAMPLES
    max_drop: float = 0.1
    other_job: str | None = None
    compared: ComparedList | None = None
    probe_age: float = 7 * 86_400
    slow: float = DEFAULT_SLOW
    spool: Spool | None = None
    joint: JointFacts | None = None
    build: BuildProbe | None = None
    progress: StepProgress = field(default_factory=lambda: StepProgress("URLs"))


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The findings of a check, the number of excused places, and the rules that were selected.

    ``idle`` says what those of the rules need that had no data, by rule. ``probes`` are those of other jobs
    that were used. ``is_cut`` says that the rules had no time to see everything. ``places`` has every place
    of the findings, if the options asked for them. ``pages`` says how many pages were requested.
    ``linked_hosts`` are other hosts that hreflang links lead to, and whose return links are not confirmed.
    ``comparison`` is the one with a list of URLs.
    """

    findings: tuple[Finding, ...]
    excused: int
    rules: tuple[Rule, ...]
    idle: Mapping[str, str] = field(default_factory=dict)
    probes: KnownProbes = field(default_factory=KnownProbes)
    is_cut: bool = False
    places: PlaceLog | None = None
    pages: RequestedPages | None = None
    linked_hosts: frozenset[str] = frozenset()
    comparison: ListComparison | None = None


@dataclass(slots=True)
class RunningCheck:
    """A check at work: what the job recorded, the facts about its site so far, and what the rules found.

    A fact is in ``missing`` until it is gathered; the rules that need it wait. ``until`` is when to stop, on
    the clock of :func:`time.monotonic`; ``is_cut`` says that this left something out.
    """

    record: JobRecord
    source: FactSource
    options: CheckOptions
    rules: tuple[Rule, ...]
    collector: FindingCollector
    missing: set[str]
    until: float = math.inf
    is_cut: bool = False
    found: dict[str, Any] = field(default_factory=dict)
    log: PlaceLog | None = None

    @property
    def job(self) -> Job:
        """The row of the job."""
        return self.record.job

    def take_rules(self, rules: Iterable[Rule]) -> Iterator[Rule]:
        """Yield rules as long as there is time."""
        return (rule for rule in rules if self.has_time())

    def has_time(self) -> bool:
        """Return whether there is time for more; remember if not."""
        self.is_cut = self.is_cut or time.monotonic() > self.until
        return not self.is_cut


async def start_check(
    session: AsyncSession, tenant: str, job_id: str, options: CheckOptions, until: float = math.inf
) -> RunningCheck:
    """Load the facts of a job that need no costly query.

    Raises:
        NotFoundError: the job does not exist.
    """
    record = await load_record(session, tenant, job_id, make_record_options(options))
    return begin_check(record, options, until)


def make_record_options(options: CheckOptions) -> RecordOptions:
    """Return what a check with these options needs to know of jobs."""
    needs = set[str]().union(*(rule.needs for rule in options.selection.select_rules()))
    return RecordOptions(options.examples, options.spool, options.probe_age, needs)


def begin_check(record: JobRecord, options: CheckOptions, until: float = math.inf) -> RunningCheck:
    """Build the facts of a job that need no costly query."""
    running = options.selection.select_rules()
    source = _build_source(record, options)
    log = None if options.spool is None else PlaceLog(options.spool)
    collector = FindingCollector(options.selection, options.examples, log)
    collector.set_order(each.url for each in source.site.sitemaps)
    needs = set[str]().union(*(rule.needs for rule in running))
    return RunningCheck(record, source, options, running, collector, needs, until, log=log)


async def gather_fact(session: AsyncSession, check: RunningCheck, name: str) -> Any:
    """Return a fact that rules of a check need, for :func:`add_fact`; maybe an ``UnfinishedFact``."""
    return await fact_gathering.gather_fact(session, check.source, name)


def add_fact(check: RunningCheck, name: str, value: Any) -> None:
    """Add a fact to a check."""
    check.found[name] = value
    check.missing.remove(name)


async def finish_check(session: AsyncSession, check: RunningCheck) -> CheckResult:
    """Run the rules whose facts were gathered, as long as there is time."""
    site = fact_gathering.add_facts(check.source.site, check.found)
    running = sort_by_coverage(rule for rule in check.rules if check.missing.isdisjoint(rule.needs))
    collector = check.collector
    await _collect_hits(session, check, site, engine.check_site(site, check.take_rules(running)))
    lists_entries = check.log is not None and any(rule.list_entries is not None for rule in running)
    if lists_entries or any(rule.entry_check is not None for rule in running):
        await _check_entries(session, check, site, running)
    if any(rule.scope is Scope.PAGE for rule in running):
        async for pages in _load_pages(session, check, site):
            if not check.has_time():
                break
            await _collect_hits(session, check, site, engine.check_pages(site, pages, running))
    await fill_places(session, site, collector.iter_places())
    if check.log is not None:
        check.log.finish()
    ids = {rule.id for rule in running}
    late = {rule.id: "more time (--deadline)" for rule in check.rules if rule.id not in ids}
    findings = tuple(collector.build_findings(site))
    # A rule that found something had data, whatever it usually needs.
    broken = {each.rule for each in findings}
    idle = {**engine.find_idle_rules(site, running), **late}
    idle = {rule: need for rule, need in idle.items() if rule not in broken}
    probes, compared = check.source.probes, site.list_comparison
    if compared is not None:  # of a check of thousands of jobs, only its counts are needed
        compared = replace(compared, missing=(), extra=(), respelled=(), unlistable=())
    return CheckResult(
        findings,
        collector.excused,
        check.rules,
        idle,
        probes,
        check.is_cut,
        check.log,
        await _count_pages(session, check),
        _list_linked_hosts(site),
        compared,
    )


def _list_linked_hosts(site: SiteFact) -> frozenset[str]:
    groups = (each for each in site.one_way_links if each.target is LinkTarget.FOREIGN)
    return frozenset(each.host for each in groups if each.host is not None)


async def _count_pages(session: AsyncSession, check: RunningCheck) -> RequestedPages:
    """Return how many of the listed pages the check knows."""
    job, build = check.job, check.options.build
    if build is None:
        return await load_page_coverage(session, job, check.source.probes)
    return RequestedPages(build.reader.count_pages(), job.unique_urls or job.urls or 0)


def _load_pages(session: AsyncSession, check: RunningCheck, site: SiteFact) -> AsyncIterator[list[PageFact]]:
    """Return the probed pages of a job, or those that the files of its build say."""
    if check.options.build is not None:
        return load_built_pages(session, check.job.id, site, check.options.build)
    return page_facts.load_compared_pages(session, check.job, site, check.source.probes)


async def _collect_hits(
    session: AsyncSession,
    check: RunningCheck,
    site: SiteFact,
    hits: Iterator[RuleHit],
    batch: Batch | None = None,
) -> None:
    """Collect hits; for a log, look up the entries of some thousand places at a time."""
    if check.log is None:
        check.collector.add(hits, batch)
        return
    while chunk := list(islice(hits, CHUNK)):
        check.collector.add(chunk, batch)
        waiting = check.log.take_waiting()
        await fill_places(session, site, ((key.sitemap, place) for key, place in waiting))
        check.log.write_places(waiting)


async def _check_entries(
    session: AsyncSession, check: RunningCheck, site: SiteFact, running: Sequence[Rule]
) -> None:
    """Run the rules over the entries of each document, once even if several sitemaps have it.

    The database loads the next entries in its thread meanwhile, unless the log needs the session.
    """
    progress = check.options.progress
    progress.done, progress.total = 0, sum(each.urls for each in site.sitemaps_by_document.values())
    # A site can have thousands of batches, each with a few entries.
    checking = [each for each in running if each.entry_check or each.list_entries]
    listed = defaultdict[int | None, list[str]](list)
    for each in site.sitemaps if check.log is not None else ():
        listed[each.document].append(each.url)
    sitemaps = sorted(site.sitemaps_by_document.values(), key=attrgetter("url"))
    batches = entry_columns.load_batches(session, sitemaps)
    loaded = await _load_next(batches)
    while loaded and check.has_time():
        async with run_beside(_load_next(batches)) as loading:
            if check.log is not None:
                await asyncio.wait([loading])
            for sitemap, columns in loaded:
                batch = Batch(site, sitemap, columns)
                await _check_batch(session, check, batch, checking, listed[sitemap.document])
                progress.done += batch.size
                # Signals and the progress have their turn.
                await asyncio.sleep(0)
        loaded = loading.result()


async def _load_next(batches: AsyncIterator[LoadedBatches]) -> LoadedBatches:
    return await anext(batches, [])


async def _check_batch(
    session: AsyncSession, check: RunningCheck, batch: Batch, rules: Sequence[Rule], urls: Sequence[str]
) -> None:
    """Run rules over some entries; ``urls`` are the sitemaps that have them, for the log."""
    if check.log is not None:
        check.log.lines = await entry_columns.load_lines(session, batch)
    hits = engine.check_batch(batch, check.take_rules(rules))
    await _collect_hits(session, check, batch.site, hits, batch)
    if check.log is not None:
        check.collector.add_unlisted(engine.list_entries(batch, urls, rules), batch)


def _find_home(job: Job) -> str:
    """Return the path of the home page: for a folder with a base URL below the root, the path of that."""
    base = job.history.rpartition(" at ")[2] if job.is_local else ""
    return urlsplit(base).path if "://" in base and base.endswith("/") else "/"


def _build_source(record: JobRecord, options: CheckOptions) -> FactSource:
    """Build the facts of a job, without the costly ones."""
    job, domain, sitemaps, probes = record.job, record.domain, tuple(record.sitemaps), record.probes
    if job.is_local:
        sitemaps = tuple(replace(each, error_message=NO_FILE) if each.is_gone else each for each in sitemaps)
    robots = tuple(fact for fact, _ in record.robots)
    sources = msgspec.convert(job.sources or [], list[SourceResult])
    own = _list_own_hosts(domain, sitemaps, sources)
    site = SiteFact(
        url=_find_site_origin(domain, robots, sitemaps),
        is_complete=job.verdict == Verdict.OK,
        verdict=job.verdict,
        error=job.error,
        started_at=site_facts.to_timestamp(job.started_at or job.created_at),
        engine=options.selection.engine,
        is_local=job.is_local,
        home=_find_home(job),
        scope=job.scope,
        other_job=options.other_job,
        other_is_list=options.compared is not None,
        urls=job.urls,
        unique_urls=job.unique_urls,
        is_probed=job.sample is not None or bool(probes.places) or options.build is not None,
        build=options.build is not None,
        is_accepted=job.gate == Acceptance.ACCEPTED,
        max_drop=options.max_drop,
        slow=options.slow,
        sitemaps=sitemaps,
        robots=tuple(each for each in robots if textual_host(each.url) in own),
        other_robots=_list_other_robots(robots, own, options.joint),
        sources=sources,
    )
    rules = {fact.url: each for fact, each in record.robots if each is not None and is_root_robots(fact.url)}
    return FactSource(
        job,
        site,
        rules,
        probes,
        options.spool,
        options.joint,
        options.build,
        options.compared,
        record.reference,
        record.sections,
    )


def _list_other_robots(
    robots: Sequence[RobotsFact], own: set[str], joint: JointFacts | None
) -> tuple[RobotsFact, ...]:
    """Return the robots.txt files of other hosts, also those that the sites judged together have."""
    others = [each for each in robots if textual_host(each.url) not in own]
    if joint is None:
        return tuple(others)
    # What a site read of its own file is more certain than what another one did.
    mine = {textual_origin(each.url) for each in robots if textual_host(each.url) in own}
    asked = {textual_origin(each.url) for each in others}
    more = {
        textual_origin(each.url): each
        for each in reversed(joint.robots)
        if textual_origin(each.url) not in mine and (each.is_known or textual_origin(each.url) not in asked)
    }
    return (*(each for each in others if textual_origin(each.url) not in more), *more.values())


def _list_own_hosts(
    domain: str, sitemaps: Sequence[SitemapFact], sources: Sequence[SourceResult]
) -> set[str]:
    """Return the hosts where a job looked for sitemaps; it asked others only whether they list one."""
    requested = [url for each in sitemaps for url in (each.url, each.final_url) if url]
    return {textual_host(url) for url in (f"https://{domain}/", *requested, *(each.url for each in sources))}


def _find_site_origin(domain: str, robots: Sequence[RobotsFact], sitemaps: Sequence[SitemapFact]) -> str:
    """Return the origin of the site.

    An origin on the user's domain that responded comes first, then any that responded, then any requested.
    """
    responding = [each.url for each in robots if each.status_code is not None]
    requested = [*(each.final_url for each in sitemaps), *(each.url for each in robots)]
    # If both schemes responded, https is the site: it sorts last.
    name = textual_host(f"https://{domain}/")
    own = [url for url in sorted(responding, reverse=True) if textual_host(url) == name]
    return textual_origin(next(iter([*own, *responding, *requested]), f"https://{domain}/"))
