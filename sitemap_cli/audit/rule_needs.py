"""What a rule needs before it can find anything, derived from its fields."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.families import REQUEST_FAMILIES
from sitemap_cli.audit.rule import Rule, Scope

PROBE_FACTS = frozenset({"probe_totals", "changed_pages", "unchanged_period"})
"""Facts that only a probe provides."""
BUILD_FACTS = frozenset({"build", "unlisted_pages"})
"""Facts that only the files of a local build provide."""


class Need(NamedTuple):
    """Something that a rule needs: its short name, what it is, how to get it, and whether a site has it."""

    name: str
    what: str
    how: str
    is_met: Callable[[SiteFact], bool]


WEB = Need(
    "web",
    "a site that responds",
    "the responses to requests for sitemaps and robots.txt; a local folder has few of them",
    lambda site: site.has_responses,
)
SITEMAP = Need(
    "sitemap",
    "a sitemap that could be read",
    "a sitemap that could be read, from a site or from a local folder",
    lambda site: site.has_documents,
)
COMPLETE = Need(
    "complete job",
    "a site that was read completely",
    "a job that read the whole site; without it, an unread sitemap would look like missing pages",
    lambda site: site.is_complete,
)
PROBE = Need(
    "probe",
    "a probe",
    "responses of listed pages: `sitemap check --probe`, or `sitemap probe` before",
    lambda site: site.is_probed,
)
BUILD = Need(
    "local build, probe",
    PROBE.what,
    "the files of a local folder: `sitemap check FOLDER --base-url URL --probe`",
    lambda site: site.build,
)
ONLY_BUILDS = "a local build"
"""What rules about builds lack on a published site: a report does not count them there."""
SECOND_RUN = Need(
    "second run",
    "a second run",
    "an earlier complete job for the same target to compare with",
    lambda site: site.previous_job is not None,
)
URLS = Need(
    "sitemap",
    "a sitemap with URLs",
    "a sitemap that lists URLs, from a site or from a local folder",
    lambda site: any(each.urls for each in site.sitemaps),
)
AGAINST = Need(
    "--against",
    "--against",
    "a list of URLs or another site to compare with: `sitemap check --against`",
    lambda site: site.other_job is not None,
)
AGAINST_SITE = AGAINST._replace(is_met=lambda site: site.other_job is not None and not site.other_is_list)
AGAINST_LIST = AGAINST._replace(is_met=lambda site: site.other_is_list)


NEEDS = (SITEMAP, WEB, COMPLETE, PROBE, BUILD, SECOND_RUN, AGAINST)
"""Everything that a rule may need, but options that turn it on, for the index of all rules."""


def list_needs(rule: Rule) -> Sequence[Need]:
    """Return what a rule needs, in the order in which a report says what is lacking."""
    return _list_needs(rule.family, rule.scope, rule.needs, needs_complete=rule.needs_complete)


@cache
def _list_needs(family: str, scope: Scope, facts: frozenset[str], *, needs_complete: bool) -> Sequence[Need]:
    """Return what a rule with these fields needs; a batch has thousands of sites."""
    return tuple(_iter_needs(family, scope, facts, needs_complete=needs_complete))


def _iter_needs(family: str, scope: Scope, facts: frozenset[str], *, needs_complete: bool) -> Iterator[Need]:
    if family in REQUEST_FAMILIES:
        yield WEB
    elif scope is not Scope.URL:
        yield SITEMAP
    if needs_complete:
        yield COMPLETE
    if not BUILD_FACTS.isdisjoint(facts):
        yield BUILD
    elif scope is Scope.PAGE or not PROBE_FACTS.isdisjoint(facts):
        yield PROBE
    if scope is Scope.HISTORY:
        yield SECOND_RUN
    if scope is Scope.URL:
        yield URLS
    if "comparison" in facts:
        yield AGAINST_SITE
    if "list_comparison" in facts:
        yield AGAINST_LIST


def find_unmet_needs(site: SiteFact, rules: Iterable[Rule]) -> dict[str, str]:
    """Return the first thing that each rule needs and a site does not have, or :data:`ONLY_BUILDS`.

    The rules are named by their ids; those that have everything are left out.
    """
    unmet = {need for need in (*NEEDS, URLS, AGAINST_SITE, AGAINST_LIST) if not need.is_met(site)}
    found = dict[str, str]()
    for rule in rules:
        if not site.is_local and not BUILD_FACTS.isdisjoint(rule.needs):
            found[rule.id] = ONLY_BUILDS
            continue
        general = (WEB,) if rule.family in REQUEST_FAMILIES else (WEB, SITEMAP)
        if (
            first := next((need for need in (*general, *list_needs(rule)) if need in unmet), None)
        ) is not None:
            found[rule.id] = first.what
    return found


def list_need_names(rule: Rule) -> list[str]:
    """Return the short names of what a rule needs, with the options that turn it on."""
    names = [need.name for need in sorted(list_needs(rule), key=lambda need: need.name != "sitemap")]
    if rule.engine_only:
        names.append(f"--engine {' or '.join(engine.value for engine in rule.engines)}")
    if rule.opt_in:
        names.append(f"--select SM,{rule.id}")
    return [*names, rule.opt_in_flag] if rule.opt_in_flag else names
