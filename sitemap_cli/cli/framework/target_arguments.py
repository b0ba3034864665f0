"""Targets that are named by a list, a tag or a batch instead of one by one."""

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import MissingFileError, UsageError

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.inputs.target_list import ListedTarget, TargetList
    from sitemap_cli.storage.database import Database


async def find_tagged_targets(db: "Database", tenant: str, tags: Sequence[str]) -> "list[Target]":
    """Return the domains that have all of these tags.

    Raises:
        UsageError: no domain has them.
    """
    from sitemap_cli.crawl.targets import parse_target
    from sitemap_cli.services.catalog import domain_catalog

    async with db.reading() as session:
        names = await domain_catalog.list_names_by_tags(session, tenant, tags)
    if not names:
        what = "no domain has this tag" if len(tags) == 1 else "no domain has all of these tags"
        raise UsageError(what, where=", ".join(tags), hint="sitemap domains list shows tags")
    return [parse_target(name, local=False) for name in names]


LIST_HINT = "sitemap batch list shows all batches, sitemap batch show ID one of them"


def check_list_name(name: str) -> None:
    """Check that a word in place of a list is not a mistyped command.

    Raises:
        UsageError: it is a plain word, and no file has that name.
    """
    is_word = name.replace("-", "").replace("_", "").isalnum()
    if is_word and not Path(name).exists():
        close = difflib.get_close_matches(name.lower(), ("list", "show"), 1, 0.7)
        hint = f"did you mean sitemap batch {close[0]}?" if close else LIST_HINT
        raise UsageError("no such command, and no such list", where=name, hint=hint)


async def record_tags(run: Run, db: "Database", found: "TargetList", tags: Sequence[str]) -> None:
    """Add the tags of the records of a list, and ``tags``, to its domains."""
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.services.recording import domains

    words = [each for given in tags for each in domain_catalog.parse_tags(given)]
    described, bad = parse_notes_and_tags(run, found, words)
    found.unusable += bad
    tagged = {name: own for name, (_, own) in described.items() if own}
    if tagged:
        async with db.transaction() as session:
            known = await domains.ensure_domains(session, run.settings.tenant, list(tagged))
            await domain_catalog.add_tags(session, {known[name]: own for name, own in tagged.items()})


def parse_notes_and_tags(
    run: Run, listed: "Iterable[ListedTarget]", tags: Sequence[str]
) -> tuple[dict[str, tuple[str, Sequence[str]]], int]:
    """Return the note and the tags of each domain, and how many have tags that cannot be used.

    ``tags`` are added to all domains.
    """
    from sitemap_cli.services.catalog import domain_catalog

    described, bad = dict[str, tuple[str, Sequence[str]]](), 0
    for target, record in listed:
        others = {key.lower(): value for key, value in record.items()}
        given = others.get("tags") or others.get("tag") or ""
        try:
            own = domain_catalog.parse_tags(given if isinstance(given, str) else " ".join(map(str, given)))
        except (UsageError, TypeError) as error:
            run.console.print_log("warning", f"{target.domain}: {error}")
            own, bad = [], bad + 1
        _, before = described.get(target.domain, ("", ()))
        described[target.domain] = str(others.get("note") or ""), list(dict.fromkeys([*before, *own, *tags]))
    return described, bad


async def find_batch_jobs(db: "Database", tenant: str, batch: str) -> list[str]:
    """Return the ids of the jobs of a batch.

    Raises:
        NotFoundError: there is no such batch.
        UsageError: some of its jobs have not ended.
    """
    from sitemap_cli.model.values import UNFINISHED
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.services.recording import jobs

    async with db.reading() as session:
        found = await batches.find_batch(session, tenant, batch)
        rows = await jobs.list_jobs(session, tenant, batch_id=found.id)
    if any(job.status in UNFINISHED for job, _ in rows):
        hint = f"sitemap batch --resume {found.id}"
        raise UsageError("the batch is not finished", where=found.id, hint=hint)
    return [job.id for job, _ in reversed(rows)]


def read_target_arguments(
    run: Run, texts: Sequence[str], base_urls: Sequence[str], *, with_files: bool = False
) -> "tuple[list[Target], int]":
    """Parse the targets of a command line; ``-`` is a list of targets.

    With ``with_files`` a local file without a base URL is one, too, unless it lists pages of one site. One
    of ``base_urls`` is for all folders and files; several are for one each, in their order.

    Returns:
        The targets, and the number of unusable records of the lists.

    Raises:
        UsageError: a target is invalid, or a list has none.
    """
    from functools import partial

    from sitemap_cli.crawl.targets import STDIN, parse_target
    from sitemap_cli.inputs.target_list import read_target_list

    warn, note = partial(run.console.print_log, "warning"), run.console.print_note
    if texts.count(STDIN) > 1:
        raise UsageError("standard input can be read only once", where=STDIN)
    found, unusable = list["Target"](), 0
    for text, base_url in zip(texts, _assign_base_urls(texts, base_urls), strict=True):
        if text == STDIN or (with_files and base_url is None and _is_list_file(text)):
            listed = read_target_list(text, None, warn=warn, note=note)
            if text != STDIN and _lists_pages(listed.targets):
                hint = "pass the URL where it will be published: --base-url https://example.com"
                raise UsageError("a local folder or file needs a base URL", where=text, hint=hint)
            found, unusable = found + listed.targets, unusable + listed.unusable
        else:
            found.append(parse_target(text, base_url=base_url))
    return found, unusable


def _assign_base_urls(texts: Sequence[str], base_urls: Sequence[str]) -> list[str | None]:
    """Return the base URL of each target, or None.

    Raises:
        UsageError: there are several, but not one for each folder and file.
    """
    if len(base_urls) <= 1:
        return [next(iter(base_urls), None)] * len(texts)
    are_local = [Path(text).expanduser().exists() for text in texts]
    if sum(are_local) != len(base_urls):
        what = f"{len(base_urls)} base URLs for {sum(are_local)} local folders and files"
        hint = "--base-url once for all, or once for each, in the order of the targets"
        raise UsageError(what, where=", ".join(base_urls), hint=hint)
    left = iter(base_urls)
    return [next(left) if is_local else None for is_local in are_local]


def require_file(name: str) -> None:
    """Check that a name which can only be that of a file is one.

    Raises:
        MissingFileError: there is no such file.
    """
    from sitemap_cli.crawl.targets import FILE_SUFFIXES

    path = Path(name)
    is_file_name = "://" not in name and (path.suffix.lower() in FILE_SUFFIXES or path.is_absolute())
    if is_file_name and "/" not in name.strip("/") and not path.expanduser().exists():
        raise MissingFileError("cannot read", where=name, why="No such file or directory")


def _lists_pages(targets: "Sequence[Target]") -> bool:
    """Return whether these are pages of one site, so that they are a sitemap rather than a list of sites."""
    from sitemap_cli.crawl.targets import TargetKind

    pages = {each.domain for each in targets if each.kind is TargetKind.PAGE}
    return len(targets) > 1 and len(pages) == len({each.domain for each in targets}) == 1


def _is_list_file(name: str) -> bool:
    """Return whether a name is that of a file with a list, by its suffix."""
    from sitemap_cli.crawl.targets import FILE_SUFFIXES

    path = Path(name)
    return path.suffix.lower() in FILE_SUFFIXES - {".xml", ".gz", ".html", ".log"} and path.is_file()
