"""What to check: the targets, jobs, batch and tags of the command line, and what they are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.attended_probe import refuse_build
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.model import exit_codes

if TYPE_CHECKING:
    from sitemap_cli.crawl.fetchers import Fetchers
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.model.compared_list import ComparedList
    from sitemap_cli.model.results import JobResult
    from sitemap_cli.model.url_spellings import UrlSpellings
    from sitemap_cli.settings import Settings
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.check import CheckedJob


@dataclass(frozen=True, slots=True)
class Named:
    """What the user named: targets, jobs, a batch and tags."""

    targets: Sequence[str]
    jobs: Sequence[str]
    batch: str | None
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class Subjects:
    """What to check: targets, which are analyzed first, and recorded jobs; all compared with ``against``.

    ``unusable`` is the number of records of a list that named no target. ``compared`` says how to compare
    with a list of URLs, ``has_paths`` that it has paths, which belong to the site of the first target.
    """

    targets: "Sequence[Target]"
    named: Named
    against: "Target | None"
    unusable: int
    compared: "ComparedList | None" = None
    has_paths: bool = False

    def list_targets(self) -> "list[Target]":
        """Return all targets, with the one to compare with."""
        return [*self.targets, *([self.against] if self.against else [])]


def parse_subjects(
    run: Run,
    named: Named,
    base_urls: Sequence[str],
    against: str | None,
    spellings: "UrlSpellings",
    folder: Path,
) -> Subjects:
    """Parse the targets of the command line; ``folder`` is for what ``against`` has to be written to.

    ``spellings`` says which URLs of a list are the same page.

    Raises:
        UsageError: there is nothing to check, or a target cannot be used.
    """
    from sitemap_cli.cli.framework.target_arguments import read_target_arguments, require_file
    from sitemap_cli.crawl.targets import STDIN, escape_undecoded, parse_target
    from sitemap_cli.inputs.url_lists import extract_urls

    if not (named.targets or named.jobs or named.batch or named.tags):
        hint = "name a domain, URL, folder, file or list, or --job ID, --batch ID or --tag TAG"
        raise UsageError("nothing to check", hint=hint)
    parsed, unusable = read_target_arguments(run, named.targets, base_urls, with_files=True)
    if against is None:
        return Subjects(parsed, named, None, unusable)
    require_file(against)
    if against != STDIN and not Path(against).expanduser().exists():
        return Subjects(parsed, named, parse_target(against), unusable)
    # The URLs in a file are compared with the site that is checked.
    base = next(iter(base_urls), None) or next((each.urls[0] for each in parsed), None)
    path, compared, has_paths = Path(against).expanduser(), None, False
    if not path.is_dir():
        warn, note = partial(run.console.print_log, "warning"), run.console.print_note
        found = extract_urls(against, folder, base, spellings, warn=warn, note=note)
        path, unusable = found.path, unusable + found.unusable
        compared, has_paths = found.compared, found.has_paths and not base_urls
        base = base or found.read_first_url()
    other = parse_target(str(path), base_url=base)
    copy_of = Path(against).expanduser() if path.parent == folder else None
    other = replace(other, text=escape_undecoded(against), copy_of=copy_of)
    return Subjects(parsed, named, other, unusable, compared, has_paths)


async def complete_paths(fetchers: "Fetchers", settings: "Settings", subjects: Subjects) -> "Target | None":
    """Return the target to compare with; paths in it get the URL where the site is found."""
    from sitemap_cli.crawl.reachability import find_site
    from sitemap_cli.crawl.robots_cache import RobotsCache
    from sitemap_cli.crawl.targets import parse_target
    from sitemap_cli.inputs.url_lists import move_paths

    site, other = next(iter(subjects.targets), None), subjects.against
    if not subjects.has_paths or site is None or site.is_local or other is None or other.folder is None:
        return other
    robots = RobotsCache(fetchers.for_target(site), settings, site.urls[0])
    try:
        found_at = await find_site(robots, site, settings)
    finally:
        await robots.close()
    move_paths(other.folder, site.urls[0], found_at)
    moved = parse_target(str(other.folder), base_url=found_at)
    return replace(moved, text=other.text, copy_of=other.copy_of)


def accept_other(run: Run, target: "Target", result: "JobResult") -> list[int]:
    """Warn if what to compare with was read in part; return an exit code for that.

    Raises:
        UnreadableError: nothing could be read there.
    """
    from sitemap_cli.model.values import Verdict

    if exit_codes.for_verdict(result.verdict) not in (exit_codes.OK, exit_codes.PARTIAL):
        is_file = target.folder is not None and target.folder.is_file() and result.verdict == "invalid"
        why = "it is neither a sitemap nor a list of URLs" if is_file else result.error
        raise UnreadableError("nothing to compare with", where=target.text, why=why)
    if result.verdict == Verdict.PARTIAL:
        what = f"{target.text} was read in part, so what is not in it may be missing by mistake"
        run.console.print_log("warning", f"{what}: {result.error}")
    return [exit_codes.PARTIAL] if result.verdict == Verdict.PARTIAL else []


def note_comparisons(run: Run, checked: "Sequence[CheckedJob]") -> list[int]:
    """Print how many URLs of a list were left out; return an exit code for a site with none to compare."""
    codes = list[int]()
    for job in checked:
        if (found := job.outcome.comparison) is None:
            continue
        counts = ", ".join(f"{count:,} {what}" for what, count in found.left_out.items())
        if not found.pages:
            what = f"{found.name}: no URL to compare {job.result.target} with"
            run.console.print_log("warning", what + (f"; left out are {counts}" if counts else ""))
            codes.append(exit_codes.PARTIAL)
        elif counts:
            total = sum(found.left_out.values())
            what = "URL is" if total == 1 else "URLs are"
            run.console.print_note(f"{found.name}: {total:,} {what} left out of the comparison: {counts}")
    return codes


async def list_recorded_jobs(
    db: "Database", tenant: str, named: Named, *, published: bool
) -> "Sequence[str]":
    """Return the ids of the named jobs and of those of the named batch; with ``published`` refuse builds.

    Raises:
        NotFoundError: there is no such batch; or with ``published``, no such job.
        UsageError: some jobs of the batch have not ended, or a job is of a local build.
    """
    from sitemap_cli.cli.framework.target_arguments import find_batch_jobs

    recorded = [*named.jobs, *(await find_batch_jobs(db, tenant, named.batch) if named.batch else [])]
    return await find_published_jobs(db, tenant, recorded) if published else recorded


async def find_published_jobs(db: "Database", tenant: str, prefixes: "Sequence[str]") -> list[str]:
    """Return the ids of jobs whose pages can be requested.

    Raises:
        NotFoundError: there is no such job.
        UsageError: a job is of a local build.
    """
    from sitemap_cli.services.recording import jobs

    found = list[str]()
    async with db.reading() as session:
        for prefix in prefixes:
            job, _ = await jobs.find_job(session, tenant, prefix)
            if job.is_local:
                refuse_build(f"--job {prefix}")
            found.append(job.id)
    return found
