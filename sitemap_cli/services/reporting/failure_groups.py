"""Groups of failed jobs: many sites fail for one reason, and only their names and numbers differ."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sitemap_cli.model.results import Comparison, FailureGroup

MAX_GROUPS = 50
# Domains that a group of failures names.
MAX_NAMED = 3
DOMAIN = "DOMAIN"
COUNT = re.compile(r"\b\d[\d,]*(?= (?:of|usual|URLs?|sitemaps?|pages?)\b)")


class FailedSite(NamedTuple):
    """A job that failed, with how it compares with the previous one."""

    domain: str
    verdict: str
    error: str | None
    comparison: Comparison | None


def group_sites(failed: Iterable[FailedSite]) -> list[FailureGroup]:
    """Return the failed jobs by comparison, verdict and reason, the largest groups of each first.

    In the reason of several jobs, ``DOMAIN`` stands for the name of each, and ``N`` for numbers that differ.
    """
    groups = defaultdict[tuple[Comparison | None, str, str | None], list[FailedSite]](list)
    for each in failed:
        groups[each.comparison, each.verdict, generalize_error(each.error, each.domain)].append(each)
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))[:MAX_GROUPS]
    return [
        FailureGroup(
            comparison,
            verdict,
            _find_common_error(sites) or error,
            len(sites),
            [each.domain for each in sites[:MAX_NAMED]],
        )
        for (comparison, verdict, error), sites in largest
    ]


def generalize_error(error: str | None, domain: str) -> str | None:
    """Return the reason of a failure without the name of the site and without numbers of URLs."""
    return COUNT.sub("N", _leave_out_name(error, domain)) if error else None


def _find_common_error(sites: Sequence[FailedSite]) -> str | None:
    """Return the reason of all sites if it is the same, also if only their names differ; None otherwise."""
    for errors in (
        {each.error for each in sites},
        {_leave_out_name(each.error, each.domain) for each in sites},
    ):
        if len(errors) == 1:
            return errors.pop()
    return None


def _leave_out_name(error: str | None, domain: str) -> str:
    name = rf"(?<![\w-]){re.escape(domain)}(?![\w-]|\.\w)"
    return re.sub(name, DOMAIN, error or "")
