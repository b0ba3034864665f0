"""Adds the domains of a list to the catalog, in transactions of limited size."""

from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.model import exit_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

DOMAINS_PER_TRANSACTION = 5_000


async def import_domains(run: Run, file: str, column: str | None, tags: "Sequence[str]") -> int:
    """Add the domains of a list with their tags and notes, and these tags; return the exit code."""
    from functools import partial
    from itertools import islice

    from sitemap_cli.cli.framework.target_arguments import parse_notes_and_tags
    from sitemap_cli.cli.view.live_progress import show_steps
    from sitemap_cli.crawl.targets import Target, identify_domain
    from sitemap_cli.inputs.target_list import TargetReader
    from sitemap_cli.progress import StepProgress
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.tasks.domain_import import record_domains
    from sitemap_cli.tasks.trying_again import try_again

    warn = partial(run.console.print_log, "warning")
    words = [each for given in tags for each in domain_catalog.parse_tags(given)]
    reader = TargetReader(file, column, warn=warn, note=run.console.print_note, identify=identify_domain)
    targets, added, bad, logins = iter(reader), 0, 0, list[Target]()
    # What is no list is reported before a database is made.
    listed = list(islice(targets, DOMAINS_PER_TRANSACTION))
    with show_steps(run.console, "importing", StepProgress("domains")) as (_, progress):
        async with run.open_database() as db:
            # Some domains in each transaction: others wait for the write lock, and an import can be repeated.
            while listed:
                described, unusable = parse_notes_and_tags(run, listed, words)
                # In one order, so that two imports do not wait for each other.
                some = {name: described[name] for name in sorted(described)}
                await try_again(partial(record_domains, db, run.settings.tenant, some))
                added, bad = added + len(described), bad + unusable
                logins += [each.target for each in listed if each.target.login is not None]
                progress.done = added
                listed = list(islice(targets, DOMAINS_PER_TRANSACTION))
    run.console.note_logins(logins)
    run.console.print_note(f"{format_count(added, 'domain')} added or updated")
    return exit_codes.PARTIAL if bad or reader.unusable else exit_codes.OK
