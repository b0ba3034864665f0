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
WWW = "www."
PORT = re.compile(r":\d+$")
COUNT = re.compile(r"\b\d[\d,]*(?= (?:of|usual|URLs?|sitemaps?|pages?)\b)")
URL = re.compile(r"\bhttps?://[^\s);,'\"]+")
ADDRESS = re.compile(r"[0-9A-Fa-f.:]+(?= is not a public address\b)")


class FailedSite(NamedTuple):
    """A job that failed, with how it compares with the previous one."""

    domain: str
    verdict: str
    error: str | None
    comparison: Comparison | None


def group_sites(failed: Iterable[FailedSite]) -> list[FailureGroup]:
    """Return the failed jobs by comparison, verdict and reason, the largest groups of each first.

    In the reason of several jobs, ``DOMAIN`` stands for the name of each, ``N`` for numbers, ``URL`` for URLs
    and ``ADDRESS`` for IP addresses that differ.
    """
    groups = defaultdict[tuple[Comparison | None, str, str | None], list[FailedSite]](list)
    for each in failed:
        groups[each.comparison, each.verdict, generalize_error(each.error, each.domain)].append(each)
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))[:MAX_GROUPS]
    return [
        FailureGroup(
            comparison,
            verdict,
            _choose_error(sites),
            len(sites),
            [each.domain for each in sites[:MAX_NAMED]],
        )
        for (comparison, verdict, _), sites in largest
    ]


def generalize_error(error: str | None, domain: str) -> str | None:
    """Return the reason of a failure without what differs between sites that fail for the same reason."""
    return _leave_out_urls(error, domain).replace(f"{WWW}{DOMAIN}", DOMAIN) if error else None


def _choose_error(sites: Sequence[FailedSite]) -> str | None:
    """Return the most exact form of the reason that is the same for all sites.

    Where they only differ in whether a name begins with ``www.``, it is the shortest of the general forms.
    """
    for form in (_keep, _leave_out_name, _leave_out_counts):
        errors = {form(each.error or "", each.domain) for each in sites}
        if len(errors) == 1:
            return errors.pop() or None
    return min((_leave_out_urls(each.error or "", each.domain) for each in sites), key=len) or None


def _keep(error: str, _: str) -> str:
    return error


def _leave_out_name(error: str, domain: str) -> str:
    """Replace the host of a domain, with its port if that is named; ``www.`` in front remains."""
    host = PORT.sub("", domain.removeprefix(WWW))
    return re.sub(rf"(?<![\w-]){re.escape(host)}(?::\d+)?(?![\w-]|\.\w)", DOMAIN, error)


def _leave_out_counts(error: str, domain: str) -> str:
    return COUNT.sub("N", _leave_out_name(error, domain))


def _leave_out_urls(error: str, domain: str) -> str:
    without_addresses = ADDRESS.sub("ADDRESS", error)
    return URL.sub("URL", _leave_out_counts(without_addresses, domain))
