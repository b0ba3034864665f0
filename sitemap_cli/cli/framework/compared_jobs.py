"""The two jobs that are compared: recorded ones of a domain, or new ones in a temporary database."""

import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.difference_options import DifferenceOptions
from sitemap_cli.cli.framework.job_references import parse_job_reference
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import NotRecordedError, UsageError
from sitemap_cli.model import exit_codes

if TYPE_CHECKING:
    from sitemap_cli.model.difference_results import DifferenceSummary
    from sitemap_cli.output.difference_format import Comparison
    from sitemap_cli.services.recording.job_pairs import JobPair
    from sitemap_cli.storage.database import Database
    from sitemap_cli.storage.models import Job


@dataclass(frozen=True, slots=True)
class ComparedJobs:
    """An older and a newer job in a database, and how formats describe them.

    ``scope`` is the path that the user named if the jobs are about more. With another ``exit_code`` than 0
    there is nothing to compare.
    """

    db: "Database"
    jobs: "tuple[Job, Job]"
    comparison: "Comparison"
    scope: str | None = None
    exit_code: int = exit_codes.OK


@asynccontextmanager
async def choose_recorded(
    run: Run,
    domain: str | None,
    older: str | None,
    newer: str | None,
    base_urls: Sequence[str],
    options: DifferenceOptions,
) -> AsyncIterator[ComparedJobs]:
    """Open the database, and return the jobs that the user named, or the last two complete ones of a domain.

    Raises:
        UsageError: the jobs cannot be compared.
        NotFoundError: there is no such job or domain, or only one complete job.
    """
    from sitemap_cli.services.recording.job_pairs import choose_pair

    if len(base_urls) > 1:
        raise UsageError("one local build has one base URL", where="--base-url")
    references = [
        None if text is None else parse_job_reference(option, text)
        for option, text in (("--from", older), ("--to", newer))
    ]
    async with run.open_database() as db:
        async with db.reading() as session:
            try:
                pair = await choose_pair(
                    session,
                    run.settings.tenant,
                    domain,
                    *references,
                    base_url=next(iter(base_urls), None),
                    takes_partial=options.takes_partial,
                )
            except NotRecordedError as error:
                path = shlex.quote(domain or "")
                error.hint = (
                    f"to compare files, name two: sitemap diff {path} NEW; "
                    f"to compare jobs, record one first: sitemap analyze {path} --base-url https://example.com"
                )
                raise
        _print_notes(run, pair, has_newer=newer is not None)
        yield ComparedJobs(db, (pair.old, pair.new), _describe_pair(run, pair, options), pair.scope)


def _print_notes(run: Run, pair: "JobPair", *, has_newer: bool) -> None:
    if pair.note is not None:
        run.console.print_note(pair.note)
    if pair.is_same:
        why = "so nothing can differ" if has_newer else "as there is no newer complete one"
        run.console.print_note(f"both are job {pair.new.id}, {why}")
    elif not pair.is_complete:
        which = " and ".join(f"job {each.id}" for each in (pair.old, pair.new) if each.status != "completed")
        run.console.print_note(f"{which} was read in part: removed URLs are not known")


def _describe_pair(run: Run, pair: "JobPair", options: DifferenceOptions) -> "Comparison":
    from msgspec import UNSET

    from sitemap_cli.model.difference import ComparedSide
    from sitemap_cli.model.difference_results import DiffHead
    from sitemap_cli.output.difference_format import Comparison
    from sitemap_cli.output.iso_times import format_milliseconds
    from sitemap_cli.services.recording.job_choice import format_job_time

    old, new = (
        ComparedSide(each.id, format_job_time(each), format_milliseconds(each.started_at or each.created_at))
        for each in (pair.old, pair.new)
    )
    section = options.section or pair.scope
    head = DiffHead(
        from_=old.id,
        to=new.id,
        domain=pair.domain,
        from_at=old.time,
        to_at=new.time,
        section=section if section is not None else UNSET,
        partial=UNSET if pair.is_complete else True,
    )
    name = f"{pair.domain}{pair.scope or ''}" if options.section is None else f"{pair.domain} {section}"
    feed = f"sitemap:{run.settings.tenant}:{pair.domain}:{pair.new.history}:{section or ''}"
    return Comparison(head, old, new, pair.new.target if pair.new.is_local else name, feed)


async def print_difference(
    run: Run, compared: ComparedJobs, options: DifferenceOptions
) -> "DifferenceSummary":
    """Write what differs to the output, and return the numbers.

    Raises:
        NotFoundError: a job was removed meanwhile.
        StorageError: the output cannot be written.
    """
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.cli.view.live_progress import show_steps
    from sitemap_cli.crawl.url_scope import UrlScope, UrlSection
    from sitemap_cli.output.difference_format import WritingOptions
    from sitemap_cli.progress import StepProgress
    from sitemap_cli.tasks.compare_jobs import write_difference

    scope = () if compared.scope is None else (UrlSection(UrlScope(compared.scope)),)
    with open_output(options.path) as stream:
        writing = WritingOptions(
            color=run.console.has_colors(stream),
            raw=options.raw_csv,
            excel=options.for_excel,
            quiet=run.settings.quiet,
        )
        with show_steps(run.console, "comparing", StepProgress("URLs")) as (shown, progress):
            summary = await write_difference(
                compared.db,
                compared.jobs,
                (*scope, *options.parts),
                shown.clear_for(stream),
                lambda held: options.format.open_writer(held, compared.comparison, writing),
                options.limit,
                progress,
            )
    if options.section is not None and not summary.counts.total and summary.counts.unchanged == 0:
        run.console.print_note(f"neither lists a URL below {options.section}")
    return summary
