"""Findings as a report of a site has them: one for each rule, with causes and places of all sitemaps."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sitemap_cli.model.site_report import ReportCause, ReportFinding, ReportFix, ReportPlace
from sitemap_cli.model.values import Example, Finding
from sitemap_cli.output.merged_causes import MergedCause, merge_causes
from sitemap_cli.output.report import RuleInfo
from sitemap_cli.output.report_parts import group_by_rule, list_fixes

MAX_TEXT = 1_000
"""Characters of a message or URL; a server may send any number of them."""


def build_report_findings(
    findings: Sequence[Finding],
    rules: Mapping[str, RuleInfo],
    urls: int,
    examples: int,
    *,
    without_share: Collection[str] = (),
) -> list[ReportFinding]:
    """Return what each rule found, by id.

    Args:
        findings: the findings of a job.
        rules: what reports say of the rules, by id.
        urls: the number of URLs of the site.
        examples: the largest number of examples of a rule, or of one cause.
        without_share: ids of rules whose places are no share of these URLs.
    """
    return [
        _build_finding(group, rules[rule], 0 if rule in without_share else urls, examples)
        for rule, group in group_by_rule(findings)
    ]


def build_fixes(findings: Sequence[Finding], info: RuleInfo) -> list[ReportFix]:
    """Return what to do about the findings of one rule, by case."""
    return [ReportFix(case, text) for case, text in list_fixes(findings, info)]


def _build_finding(group: Sequence[Finding], info: RuleInfo, urls: int, examples: int) -> ReportFinding:
    causes = merge_causes(group)
    places = sum(each.count for each in group)
    return ReportFinding(
        rule=info.id,
        name=info.name,
        severity=min((each.severity for each in group), key=lambda each: each.rank),
        summary=info.summary,
        why=info.why,
        fixes=build_fixes(group, info),
        link=info.link,
        places=places,
        sitemaps=len({each.sitemap for each in group if each.sitemap is not None}),
        share=_find_share(group, places, urls),
        causes=[_build_cause(each, examples) for each in causes.listed] if causes else [],
        examples=[] if causes else list(_list_examples(group, examples)),
    )


def _find_share(group: Sequence[Finding], places: int, urls: int) -> float | None:
    """Return the share of the URLs that have the finding; of several places in one entry, each counts."""
    if not urls or any(each.loc is None for each in group):
        return None
    return round(min(1.0, places / urls), 6)


def _build_cause(cause: MergedCause, examples: int) -> ReportCause:
    places = dict.fromkeys((each.example, each.sitemap) for each in cause.places)
    examples_shown = [_build_place(*each) for each in list(places)[:examples]]
    return ReportCause(_cut(cause.message), cause.count, examples_shown)


def _list_examples(group: Sequence[Finding], most: int) -> Iterator[ReportPlace]:
    """Yield places, those of as many sitemaps as possible, in the order of the sitemaps."""
    left = max(0, most - len(group))
    for each in group[:most]:
        yield _build_place(each, each.sitemap)
        for example in each.examples[:left]:
            yield _build_place(example, each.sitemap)
        left -= min(left, len(each.examples))


def _build_place(place: Finding | Example, sitemap: str | None) -> ReportPlace:
    return ReportPlace(
        message=_cut(place.message),
        sitemap=place.file or sitemap,
        loc=None if place.loc is None else _cut(place.loc),
        line=place.line,
        column=place.column,
    )


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
