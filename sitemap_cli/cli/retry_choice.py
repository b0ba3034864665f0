"""Which jobs the user wants to run once more, and what they looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Status, Verdict

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.storage.database import Database

HINT = "sitemap jobs retry --verdict blocked,timeout"


@dataclass(frozen=True, slots=True)
class Choice:
    """Jobs by their ids, or those that ended in one of these ways."""

    job_ids: Sequence[str]
    verdicts: Sequence[str]
    statuses: Sequence[str]
    batch: str | None
    domain: str | None

    @classmethod
    def of(
        cls,
        job_ids: Sequence[str],
        verdict: str | None,
        status: str | None,
        batch: str | None,
        domain: str | None,
    ) -> "Choice":
        """Understand the options.

        Raises:
            UsageError: they choose nothing, or two ways at once.
        """
        choice = cls(
            job_ids, _listed("verdict", verdict, Verdict), _listed("status", status, Status), batch, domain
        )
        by_end = bool(choice.verdicts or choice.statuses)
        if job_ids and (by_end or batch or domain):
            raise UsageError("name jobs by their ids, or by how they ended", why="not both")
        if not job_ids and not by_end:
            raise UsageError("say which jobs to run once more", hint=HINT)
        return choice


async def targets(run: Run, db: "Database", choice: Choice) -> tuple["list[Target]", int]:
    """What the chosen jobs looked at, each site once; and how many of them cannot be run again."""
    from sitemap_cli.crawl.targets import parse
    from sitemap_cli.services.catalog import batches, retry_selection
    from sitemap_cli.services.recording import domains, jobs

    tenant = run.settings.tenant
    async with db.reading() as session:
        if choice.job_ids:
            ids = [(await jobs.find_job(session, tenant, each))[0].id for each in choice.job_ids]
            found = await retry_selection.list_targets_by_id(session, ids)
        else:
            found = await retry_selection.list_targets_by_ending(
                session,
                tenant,
                verdicts=choice.verdicts,
                statuses=choice.statuses,
                batch_id=(await batches.find_batch(session, tenant, choice.batch)).id
                if choice.batch
                else None,
                domain=choice.domain,
            )
    left = 0
    again: dict[str, Target] = {}
    for each in found:
        try:
            target = parse(each.target, local=False)
        except UsageError:
            run.console.log("warning", f"a local build cannot be retried ({each.target}): analyze it again")
            left += 1
            continue
        again.setdefault(domains.normalize_name(target.domain), target)
    return list(again.values()), left


def _listed(option: str, given: str | None, known: type[StrEnum]) -> list[str]:
    """The values of a list with commas.

    Raises:
        UsageError: one of them is unknown.
    """
    values = [each.strip() for each in (given or "").split(",") if each.strip()]
    if wrong := set(values) - {*known}:
        raise UsageError(f"unknown {option}", where=min(wrong), why=f"known are {', '.join(known)}")
    return values
