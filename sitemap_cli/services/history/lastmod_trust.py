"""Judge whether the lastmods of a site can be trusted.

Google uses a lastmod if it is "consistently and verifiably (for example by comparing to the last modification
of the page) accurate":
https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap#xml
For Bing, the most frequent fault is that all are the same, the time when the sitemap was generated:
https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap

So what counts is whether a lastmod changes only with its page. A build that writes its own time into all of
them shows in the jobs: nearly all lastmods change at once, again and again, and little else does. Once is no
sign of that, because a site may have been relaunched. A site of which nothing changes is not judged: its
lastmods were right so far, but the next build may replace all of them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sitemap_cli.model.history_results import LastmodTrust

MAX_JOBS = 30
"""Complete jobs that are considered, the last ones: they show a weekly build of a site that is read daily."""
MAX_COMPARED = 10
"""Jobs with changes that are judged, the last ones: so a site that was repaired is trusted after a while."""
FEWEST_JOBS = 3
"""Complete jobs without which nothing is judged: the first one has nothing to compare with."""
FEWEST_COMPARED = 2
"""Jobs with changes without which nothing is judged: one alone may be an exception."""
FEWEST_VALUES = 20
"""Compared lastmods, over all jobs, without which nothing is judged: five pages can change every day."""
FEWEST_PAGES = 10
"""Probed pages without which their texts are not judged."""

NEARLY_ALL = 0.8
"""Share of lastmods that in normal use do not change between two jobs, as for SM802."""
MANY = 0.5
"""Share of lastmods that seldom change between two jobs, unless all of them get the same value."""
SAME = 0.95
"""Share of changed lastmods with one value that is the time of a build."""
MASS = 1 / 3
"""Share of jobs in which nearly all lastmods change that is too large for one or two relaunches in ten."""
WRONG = 0.1
"""Share of lastmods in the future or without a date: search engines can see that they are false."""
CONTRADICTED = 0.8
"""Share of probed pages that contradict their lastmods. Texts that change with every request do, too."""


class JobEvidence(NamedTuple):
    """How a job differs from the previous one.

    ``values`` is how many of the URLs that both list have a lastmod, ``lastmod`` how many of these changed,
    ``same_lastmod`` how many changed to the most frequent new value. ``entry`` is how many entries changed in
    something else, ``both`` in both.
    """

    values: int
    lastmod: int = 0
    entry: int = 0
    both: int = 0
    same_lastmod: int = 0

    @property
    def share(self) -> float:
        """The share of lastmods that changed."""
        return min(self.lastmod / self.values, 1) if self.values else 0

    @property
    def is_mass_change(self) -> bool:
        """Whether nearly all lastmods changed, or many of them to one value, and little else."""
        if 2 * self.both > self.lastmod:
            return False
        is_one_value = self.share >= MANY and self.same_lastmod >= SAME * self.lastmod
        return self.share >= NEARLY_ALL or is_one_value


class ProbeEvidence(NamedTuple):
    """Pages that were probed in two jobs: how many changed their text, their lastmod or both."""

    pages: int = 0
    text: int = 0
    lastmod: int = 0
    both: int = 0


NO_PROBES = ProbeEvidence()


@dataclass(frozen=True, slots=True)
class TrustEvidence:
    """What is known of the lastmods of a site.

    ``jobs`` is the number of complete jobs, ``compared`` are those that differ from the previous one, newest
    first. The others are counts of the entries of the last one: all, those with a lastmod, with one in the
    future, with one that is no date; ``same_day`` is how many have a lastmod of the day ``day``.
    """

    jobs: int
    compared: Sequence[JobEvidence] = ()
    entries: int = 0
    given: int = 0
    future: int = 0
    invalid: int = 0
    day: dt.date | None = None
    same_day: int = 0
    probes: ProbeEvidence = NO_PROBES

    @property
    def mass_changes(self) -> list[JobEvidence]:
        """The compared jobs in which nearly all lastmods changed."""
        return [each for each in self.compared if each.is_mass_change]


def judge_lastmods(evidence: TrustEvidence) -> LastmodTrust:
    """Return whether lastmods can be trusted: the first judgement that there is evidence for."""
    judgements = (_judge_amount, _judge_dates, _judge_pages, _judge_mass_changes, _judge_constancy)
    found = next((found for each in judgements if (found := each(evidence)) is not None), None)
    reliable, because = found or (True, _describe_normal_changes(evidence))
    return LastmodTrust(reliable, because, evidence.jobs, len(evidence.compared), len(evidence.mass_changes))


_Judgement = tuple[bool | None, str]


def _judge_amount(evidence: TrustEvidence) -> _Judgement | None:
    if not evidence.jobs:
        return None, "no complete job is recorded"
    if not evidence.entries:
        return None, "the last complete job lists no URLs"
    if not evidence.given:
        return None, f"none of {evidence.entries:,} entries has a lastmod"
    return None


def _judge_dates(evidence: TrustEvidence) -> _Judgement | None:
    for count, what in ((evidence.future, "are in the future"), (evidence.invalid, "are no valid dates")):
        if count >= WRONG * evidence.given:
            return False, f"{count:,} of {evidence.given:,} lastmods {what}"
    return None


def _judge_pages(evidence: TrustEvidence) -> _Judgement | None:
    """Judge by probed pages; where most texts changed, they may change with every request."""
    pages, text, lastmod, both = evidence.probes
    false, stale = lastmod - both, text - both
    if lastmod >= FEWEST_PAGES and false >= CONTRADICTED * lastmod:
        return False, f"the text of {false:,} of {lastmod:,} probed pages did not change with their lastmods"
    if text >= FEWEST_PAGES and 2 * text < pages and stale >= CONTRADICTED * text:
        return False, f"the lastmods of {stale:,} of {text:,} probed pages did not change with their text"
    return None


def _judge_mass_changes(evidence: TrustEvidence) -> _Judgement | None:
    jobs, compared, mass = evidence.jobs, evidence.compared, evidence.mass_changes
    if jobs < FEWEST_JOBS:
        only = "only one complete job is" if jobs == 1 else f"only {jobs} complete jobs are"
        return None, f"{only} recorded, but {FEWEST_JOBS} are needed"
    if not compared:
        return None, f"{_describe_constancy(evidence)} in the last {jobs} complete jobs"
    values = sum(each.values for each in compared)
    if values < FEWEST_VALUES:
        return None, f"only {values:,} lastmods of URLs in two jobs can be compared"
    if len(compared) < FEWEST_COMPARED:
        what = "changes of nearly all lastmods" if mass else "changes"
        return None, f"only one of the last {jobs} complete jobs has {what}"
    if len(mass) >= FEWEST_COMPARED and len(mass) >= MASS * len(compared):
        return False, _describe_mass_changes(compared, mass)
    if 2 * len(mass) >= len(compared):
        return None, f"nearly all lastmods changed in one of only {len(compared)} jobs with changes"
    many = sum(each.share >= MANY for each in compared)
    if 2 * many >= len(compared):
        return None, f"half of the lastmods or more changed in {_describe_part(many, len(compared))}"
    return None


def _judge_constancy(evidence: TrustEvidence) -> _Judgement | None:
    """Judge lastmods that never change although sitemaps do."""
    if any(each.lastmod for each in evidence.compared):
        return None
    last = f"in the last {len(evidence.compared):,} jobs with changes"
    others = sum(each.entry for each in evidence.compared)
    if others >= FEWEST_PAGES:
        return None, f"no lastmod of a listed URL changed {last}, but {others:,} other values did"
    if _is_one_day(evidence):
        return None, f"{_describe_constancy(evidence)} {last}"
    return None


def _describe_normal_changes(evidence: TrustEvidence) -> str:
    normal = [each for each in evidence.compared if each.share < MANY]
    most = max(normal, key=lambda each: each.share)
    jobs = f"the last {len(normal):,} jobs with changes"
    because = f"none of {most.values:,} lastmods changed in {jobs}"
    if most.lastmod:
        because = f"at most {most.lastmod:,} of {most.values:,} lastmods changed in each of {jobs}"
    others = len(evidence.compared) - len(normal)
    return f"{because}, but half or more in {others:,} other{'s' * (others > 1)}" if others else because


def _describe_mass_changes(compared: Sequence[JobEvidence], mass: Sequence[JobEvidence]) -> str:
    last = mass[0]
    alone = f"{last.lastmod - last.both:,}" if last.both else "all"
    return (
        f"nearly all lastmods changed in {_describe_part(len(mass), len(compared))}: last"
        f" {last.lastmod:,} of {last.values:,}, {alone} of these without another change"
    )


def _describe_part(count: int, total: int) -> str:
    if count == total:
        return f"each of the last {total:,} jobs with changes"
    return f"{count:,} of the last {total:,} jobs with changes"


def _is_one_day(evidence: TrustEvidence) -> bool:
    return evidence.given >= FEWEST_VALUES and evidence.same_day >= SAME * evidence.given


def _describe_constancy(evidence: TrustEvidence) -> str:
    if _is_one_day(evidence):
        return (
            f"{evidence.same_day:,} of {evidence.given:,} lastmods are of one day, {evidence.day},"
            " and none changed"
        )
    return "no lastmod changed"
