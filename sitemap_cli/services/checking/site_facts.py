"""Build the facts for the rules from what a job recorded."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import ProblemFact, RobotsFact, SitemapFact
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.robots_facts import ContentSignalFact, RobotsSitemap
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt, is_root_robots
from sitemap_cli.model.values import Child, Kind, Severity, StrictReading
from sitemap_cli.services.checking import lastmod_values
from sitemap_cli.services.recording import robots_files
from sitemap_cli.services.recording.job_sitemaps import (
    FACTS,
    JobSitemap,
    load_job_sitemaps,
    load_sitemaps_of_jobs,
)
from sitemap_cli.services.recording.robots_files import RecordedRobots
from sitemap_cli.spool import CHUNK, Spool, SpooledItems
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Problem, children

# Far more sitemaps than one job reads: the limit only cuts children that are never read.
MAX_LISTED = 100_000

_ROW = models.table_of(models.Sitemap).c
Count = Callable[[Sequence[Any]], int]
"""Returns the total number of a problem, given some of its rows."""

# These statements run at the end of every job, and a batch has thousands of jobs. Building them once halves
# their cost.
_RANK = func.row_number().over(partition_by=(_ROW.id, Problem.code), order_by=Problem.id)
_ALL = func.count().over(partition_by=(_ROW.id, Problem.code))
_RANKED = (
    select(_ROW.id, Problem.code, Problem.severity, Problem.message)
    .add_columns(Problem.line, Problem.column, Problem.position)
    .add_columns(_ALL.label("times"), _RANK.label("rank"))
    .join(Problem, (Problem.sitemap_id == _ROW.id) | (Problem.document_id == _ROW.document_id))
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))
    .subquery()
)
_PROBLEMS = (
    select(_RANKED)
    .where(_RANKED.c.rank <= bindparam("places"))
    .order_by(_RANKED.c.id, _RANKED.c.code, _RANKED.c.rank)
)
_EVERY_PROBLEM = (
    select(_ROW.id, Problem.code, Problem.severity, Problem.message)
    .add_columns(Problem.line, Problem.column, Problem.position)
    .join(Problem, (Problem.sitemap_id == _ROW.id) | (Problem.document_id == _ROW.document_id))
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))
    .order_by(_ROW.id, Problem.code, Problem.id)
)
_LISTED = (
    select(_ROW.id, children.c.loc, children.c.lastmod, children.c.lastmod_utc, children.c.line)
    .join(children, children.c.document_id == _ROW.document_id)
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))
    .order_by(_ROW.id, children.c.position)
    .limit(MAX_LISTED)
)


class SpooledProblem(NamedTuple):
    """All places of a problem in one sitemap."""

    severity: Severity
    places: SpooledItems[Hit]


async def load_sitemap_facts(
    session: AsyncSession,
    job_id: str,
    *,
    places: int = 1,
    listed: bool = False,
    spool: Spool | None = None,
    rows: Sequence[JobSitemap] | None = None,
) -> tuple[SitemapFact, ...]:
    """Return the facts of the sitemaps of a job; ``rows`` are its sitemaps if they are loaded already.

    ``places`` is the number of places of each problem to load, or all if there is a ``spool`` for them;
    ``listed`` says whether to load children of indexes.
    """
    rows = await load_job_sitemaps(session, job_id) if rows is None else rows
    return tuple(await _build_sitemap_facts(session, [job_id], rows, places, listed=listed, spool=spool))


async def load_sitemap_facts_by_job(
    session: AsyncSession, job_ids: Sequence[str], *, places: int = 1, spool: Spool | None = None
) -> Mapping[str, Sequence[SitemapFact]]:
    """Return the same, with the children of indexes, for each of some hundred jobs that has sitemaps."""
    rows, found = await load_sitemaps_of_jobs(session, job_ids), defaultdict[str, list[SitemapFact]](list)
    facts = await _build_sitemap_facts(session, job_ids, rows, places, listed=True, spool=spool)
    for row, each in zip(rows, facts, strict=True):
        found[row.job_id].append(each)
    return found


async def _build_sitemap_facts(
    session: AsyncSession,
    job_ids: Sequence[str],
    rows: Sequence[JobSitemap],
    places: int,
    *,
    listed: bool,
    spool: Spool | None,
) -> list[SitemapFact]:
    """Return the facts of the sitemaps of some jobs, in the order of their rows."""
    problems: Mapping[int, Sequence[Any]] = {}
    spooled: Mapping[int, Mapping[str, SpooledProblem]] = {}
    values: Mapping[int, Sequence[Hit]] = {}
    if spool is not None and any(row.problems for row in rows):
        spooled = await _spool_problems(session, job_ids, spool)
        for row in rows:
            if row.kind == Kind.URLSET and lastmod_values.LASTMOD in spooled.get(row.id, {}):
                total = (row.codes or {}).get(lastmod_values.LASTMOD, 0)
                await lastmod_values.add_lastmods(
                    session, row.document_id, spooled[row.id][lastmod_values.LASTMOD].places, total
                )
    elif any(row.problems for row in rows):
        problems = _group_by_sitemap(await session.execute(_PROBLEMS, {"jobs": job_ids, "places": places}))
        values = await _count_lastmods(session, job_ids, rows) if places > 1 else {}
    lists: Mapping[int, Sequence[Any]] = {}
    if listed and any(row.children for row in rows):
        lists = _group_by_sitemap(await session.execute(_LISTED, {"jobs": job_ids}))
    return [
        SitemapFact(
            **{name: getattr(row, name) for name in FACTS},
            hops=tuple((url, code) for url, code in row.hops or ()),
            fetched_at=row.fetched_at.timestamp(),
            document=row.document_id,
            all_urls=row.all_urls,
            first_loc=row.first_loc,
            last_loc=row.last_loc,
            days=row.days or {},
            extensions=row.extensions,
            disorder=_decode_disorder(row.disorder),
            strict=msgspec.convert(row.strict, StrictReading) if row.strict else None,
            problems=_build_spooled_facts(spooled[row.id], row.codes or {})
            if row.id in spooled
            else _add_values(
                _build_problem_facts(problems.get(row.id, ()), places, _build_counter(row.codes or {})),
                values.get(row.id, ()),
            ),
            listed=tuple(Child(*each[1:]) for each in lists.get(row.id, ())),
        )
        for row in rows
    ]


async def _count_lastmods(
    session: AsyncSession, job_ids: Sequence[str], rows: Sequence[JobSitemap]
) -> Mapping[int, Sequence[Hit]]:
    totals = {row.id: (row.codes or {}).get(lastmod_values.LASTMOD, 0) for row in rows}
    return await lastmod_values.count_values(session, job_ids, totals) if any(totals.values()) else {}


def _add_values(facts: tuple[ProblemFact, ...], values: Sequence[Hit]) -> tuple[ProblemFact, ...]:
    """Return the problems of a sitemap with a place for each of its invalid lastmods."""
    return tuple(
        replace(each, places=lastmod_values.complete_counts(tuple(each.places), values, each.count))
        if values and each.code == lastmod_values.LASTMOD
        else each
        for each in facts
    )


async def _spool_problems(
    session: AsyncSession, job_ids: Sequence[str], spool: Spool
) -> Mapping[int, Mapping[str, SpooledProblem]]:
    """Write the places of all problems to a spool; return them by sitemap and code."""
    found = defaultdict[int, dict[str, SpooledProblem]](dict)
    async for rows in (await session.stream(_EVERY_PROBLEM, {"jobs": job_ids})).partitions(CHUNK):
        for (sitemap, code), group in groupby(rows, key=itemgetter(0, 1)):
            first, *others = group
            known = found[sitemap]
            if code not in known:
                places = SpooledItems(spool, _make_problem_hit)
                known[code] = SpooledProblem(Severity(first.severity), places)
            known[code].places.extend(
                (each.message, each.line, each.column, each.position) for each in (first, *others)
            )
    return found


def _make_problem_hit(message: str, line: int | None, column: int | None, position: int | None) -> Hit:
    return Hit(message, line=line, column=column, position=position)


def _build_spooled_facts(
    found: Mapping[str, SpooledProblem], codes: Mapping[str, int]
) -> tuple[ProblemFact, ...]:
    """Build one fact per code; a document may have more problems than places, which ``codes`` knows."""
    return tuple(
        ProblemFact(code, each.severity, max(len(each.places), codes.get(code, 0)), each.places)
        for code, each in found.items()
    )


class ParsedRobots(NamedTuple):
    """The fact of a robots.txt and its rules; None if there was no body."""

    fact: RobotsFact
    rules: RobotsTxt | None


async def load_robots_facts(session: AsyncSession, job_id: str, *, places: int = 1) -> list[ParsedRobots]:
    """Return the facts of the robots.txt files of a job, with their parsed rules."""
    return build_robots_facts(await robots_files.load_robots_files(session, job_id), places=places)


def build_robots_facts(recorded: Iterable[RecordedRobots], *, places: int = 1) -> list[ParsedRobots]:
    """Return the facts of the robots.txt files of one job, with their parsed rules."""
    files = [_build_robots_fact(row, body, places) for row, body in recorded]
    known = {each.fact.url for each in files if each.fact.is_known}
    refused = {each.fact.url: each.fact.status_code for each in files if not each.fact.is_known}
    return [
        each._replace(fact=replace(each.fact, refused=refused.get(each.fact.url)))
        if each.fact.is_known
        else each
        for each in files
        if each.fact.is_known or each.fact.url not in known
    ]


def to_timestamp(moment: dt.datetime | None) -> float:
    """Return a time in seconds since 1970; 0 for None."""
    return moment.timestamp() if moment else 0.0


def _group_by_sitemap(rows: Iterable[Any]) -> Mapping[int, Sequence[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _build_problem_facts(found: Iterable[Any], places: int, count: Count) -> tuple[ProblemFact, ...]:
    """Build one fact per code from problems or their rows."""
    by_code = defaultdict(list)
    for each in found:
        by_code[each.code].append(each)
    return tuple(
        ProblemFact(
            code,
            Severity(each[0].severity),
            count(each),
            tuple(map(_describe_problem, each[:places])),
        )
        for code, each in by_code.items()
    )


def _describe_problem(problem: Any) -> Hit:
    """Return the place of a problem of a robots.txt, which has no entries, or of a row."""
    position = getattr(problem, "position", None)
    return _make_problem_hit(problem.message, problem.line, problem.column, position)


def _decode_disorder(kept: Mapping[str, Any] | None) -> Hit | None:
    if not kept:
        return None
    line, position = kept["line"], kept.get("entry")
    return Hit(kept["message"], line=line, count=kept["entries"], position=position)


def _build_counter(codes: Mapping[str, int]) -> Count:
    """Return a counter that knows the totals of a document: it may have more problems than rows."""
    return lambda rows: max(rows[0].times, codes.get(rows[0].code, 0))


def _build_robots_fact(row: models.Robots, body: bytes | None, places: int) -> ParsedRobots:
    rules = None
    if body is not None:
        at_root = is_root_robots(row.url)
        rules = RobotsTxt(body, row.final_url, is_at_root=at_root, status=row.status_code)
    fact = RobotsFact(
        url=row.url,
        final_url=row.final_url,
        status_code=row.status_code,
        error=row.error,
        sitemaps=tuple(RobotsSitemap(each.loc, each.line) for each in rules.sitemaps) if rules else (),
        problems=_build_problem_facts(rules.problems, places, len) if rules else (),
        content_signals=tuple(
            ContentSignalFact(each.agents, each.signals, each.line) for each in rules.content_signals
        )
        if rules
        else (),
    )
    return ParsedRobots(fact, rules)
