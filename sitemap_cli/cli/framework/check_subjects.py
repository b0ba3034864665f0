"""What to check: the targets, jobs, batch and tags of the command line, and what they are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.attended_probe import refuse_build
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UsageError

if TYPE_CHECKING:
    from sitemap_cli.crawl.fetchers import Fetchers
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.settings import Settings
    from sitemap_cli.storage.database import Database


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

    ``unusable`` is the number of records of a list that named no target. ``has_paths`` says that the list to
    compare with has paths, which belong to the site of the first target.
    """

    targets: "Sequence[Target]"
    named: Named
    against: "Target | None"
    unusable: int
    has_paths: bool = False

    def list_targets(self) -> "list[Target]":
        """Return all targets, with the one to compare with."""
        return [*self.targets, *([self.against] if self.against else [])]


def parse_subjects(
    run: Run, named: Named, base_url: str | None, against: str | None, folder: Path
) -> Subjects:
    """Parse the targets of the command line; ``folder`` is for what ``against`` has to be written to.

    Raises:
        UsageError: there is nothing to check, or a target cannot be used.
    """
    from sitemap_cli.cli.framework.target_arguments import read_target_arguments, require_file
    from sitemap_cli.crawl.targets import STDIN, escape_undecoded, parse_target
    from sitemap_cli.inputs.url_lists import extract_urls

    if not (named.targets or named.jobs or named.batch or named.tags):
        hint = "name a domain, URL, folder, file or list, or --job ID, --batch ID or --tag TAG"
        raise UsageError("nothing to check", hint=hint)
    parsed, unusable = read_target_arguments(run, named.targets, base_url, with_files=True)
    if against is None:
        return Subjects(parsed, named, None, unusable)
    require_file(against)
    if against != STDIN and not Path(against).expanduser().exists():
        return Subjects(parsed, named, parse_target(against), unusable)
    # The URLs in a file are compared with the site that is checked.
    base = base_url or next((each.urls[0] for each in parsed), None)
    path, has_paths = Path(against).expanduser(), False
    if not path.is_dir():
        warn, note = partial(run.console.print_log, "warning"), run.console.print_note
        found = extract_urls(against, folder, base, warn=warn, note=note)
        path, unusable = found.path, unusable + found.unusable
        has_paths = found.has_paths and base_url is None
    other = parse_target(str(path), base_url=base)
    copy_of = Path(against).expanduser() if path.parent == folder else None
    other = replace(other, text=escape_undecoded(against), copy_of=copy_of)
    return Subjects(parsed, named, other, unusable, has_paths)


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
