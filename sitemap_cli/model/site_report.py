"""What a report says about a site, or about a group of sites."""

from typing import Annotated

from msgspec import Meta, Struct

from sitemap_cli.model.history_results import JobChange, LastmodTrust
from sitemap_cli.model.json_documents import json_document
from sitemap_cli.model.page_results import BadPage, ProbeFacts
from sitemap_cli.model.results import (
    Comparison,
    FailureGroup,
    FindingCounts,
    JobTotals,
    SitemapResult,
    SourceResult,
    Time,
)
from sitemap_cli.model.values import Severity, Status, Verdict


class ReportPlace(Struct, frozen=True):
    """One place of a finding."""

    message: Annotated[str, Meta(description="What is wrong there.")]
    sitemap: Annotated[str | None, Meta(description="URL of the sitemap, or path of the file of a build.")]
    loc: Annotated[str | None, Meta(description="URL of the entry.")]
    line: Annotated[int | None, Meta(description="Line, from 1.")]
    column: Annotated[int | None, Meta(description="Column, from 1.")]


class ReportCause(Struct, frozen=True):
    """One cause that many places of a finding share."""

    message: Annotated[str, Meta(description="The cause.")]
    places: Annotated[int, Meta(description="Number of places.")]
    examples: Annotated[list[ReportPlace], Meta(description="Some of them.")]


class ReportFix(Struct, frozen=True):
    """What to do about a finding."""

    case: Annotated[str | None, Meta(description="The case that it is for; null for every case.")]
    text: Annotated[str, Meta(description="What to do.")]


class ReportFinding(Struct, frozen=True):
    """What one rule found in all sitemaps of a job."""

    rule: Annotated[str, Meta(description="Id of the rule.")]
    name: Annotated[str, Meta(description="Name of the rule.")]
    severity: Annotated[Severity, Meta(description="The highest severity of its findings.")]
    summary: Annotated[str, Meta(description="What the rule says, in one sentence.")]
    why: Annotated[str, Meta(description="Why it matters.")]
    fixes: Annotated[list[ReportFix], Meta(description="How to fix it.")]
    link: Annotated[str | None, Meta(description="URL of its page, or of the specification behind it.")]
    places: Annotated[int, Meta(description="Exact number of places.")]
    sitemaps: Annotated[int, Meta(description="Number of sitemaps with a place; 0 if it is about the site.")]
    share: Annotated[
        float | None,
        Meta(description="Share of the URLs of the site, 0 to 1; null if it is not about single URLs."),
    ]
    causes: Annotated[list[ReportCause], Meta(description="The most frequent causes, if the rule names any.")]
    examples: Annotated[list[ReportPlace], Meta(description="Some places, if it names no causes.")]


class UrlGroup(Struct, frozen=True):
    """URLs of a site that have the same beginning or the same form, and what they consist of."""

    name: Annotated[str, Meta(description="The folder, such as `/shop/`, or a template: `/shop/{number}`.")]
    urls: Annotated[int, Meta(description="Number of URLs; estimated if the structure is from a sample.")]
    previous: Annotated[
        int | None, Meta(description="Number of URLs in the previous complete job; null if not known.")
    ]
    example: Annotated[str | None, Meta(description="One of the URLs.")]
    groups: Annotated[list["UrlGroup"], Meta(description="Groups within it, those with the most URLs first.")]


class UrlStructure(Struct, frozen=True):
    """The URLs of a site by section and template."""

    urls: Annotated[int, Meta(description="Number of URLs of the site.")]
    examined: Annotated[int, Meta(description="Number of URLs that were looked at; fewer in a sample.")]
    sections: Annotated[list[UrlGroup], Meta(description="Sections, those with the most URLs first.")]


class LanguageRow(Struct, frozen=True):
    """The pages in one language, and the versions in other languages that they name."""

    language: Annotated[str, Meta(description="The hreflang value, such as `de-at` or `x-default`.")]
    pages: Annotated[int, Meta(description="Pages that name themselves as the version in this language.")]
    links: Annotated[
        list[int], Meta(description="Pages that name a version in each of the languages, in their order.")
    ]


class LanguageMatrix(Struct, frozen=True):
    """Which language versions the pages of a site name by hreflang in its sitemaps."""

    languages: Annotated[list[str], Meta(description="The languages, those with the most links first.")]
    rows: Annotated[list[LanguageRow], Meta(description="A row for each of them.")]
    left_out: Annotated[int, Meta(description="Number of further languages.")]
    without_self: Annotated[
        int, Meta(description="Pages that name versions, but not themselves, so their language is unknown.")
    ]


class CrawlerAccess(Struct, frozen=True):
    """What robots.txt allows to one crawler."""

    crawler: Annotated[str, Meta(description="Its product token.")]
    name: Annotated[str, Meta(description="What people call it: the token, if they know that.")]
    owner: Annotated[str, Meta(description="Who runs it.")]
    purpose: Annotated[
        str, Meta(description="What it fetches pages for: `engine`, `search`, `training`, `user`, `other`.")
    ]
    product: Annotated[str, Meta(description="What that is about.")]
    access: Annotated[
        str,
        Meta(description="`allowed`, `partly`, `blocked`, or `unset` for a token that needs its own group."),
    ]
    rules: Annotated[list[str], Meta(description="The first rules that disallow something, with their line.")]
    disallowed_urls: Annotated[
        int | None, Meta(description="Listed URLs that it may not request; null if that was not counted.")
    ]
    effect: Annotated[str, Meta(description="What blocking it does.")]
    obeys: Annotated[bool, Meta(description="Whether it obeys robots.txt, as far as its owner says.")]


class RobotsMatrix(Struct, frozen=True):
    """What the robots.txt of a site allows to search engines and AI crawlers."""

    url: Annotated[str, Meta(description="URL of the robots.txt.")]
    status_code: Annotated[int | None, Meta(description="HTTP status; null without a response.")]
    error: Annotated[str | None, Meta(description="Why it could not be read, in words.")]
    crawlers: Annotated[list[CrawlerAccess], Meta(description="The crawlers, by purpose.")]
    signals: Annotated[list[str], Meta(description="Content-Signal and Content-Usage preferences.")]


class ProbeSection(Struct, frozen=True):
    """What is known about the pages that the sitemaps list."""

    facts: Annotated[ProbeFacts, Meta(description="Number of requested pages, and shares of bad ones.")]
    statuses: Annotated[dict[str, int], Meta(description="Requested pages by HTTP status, or by reason.")]
    oldest: Annotated[Time | None, Meta(description="When the first of them was requested.")]
    newest: Annotated[Time | None, Meta(description="When the last of them was requested.")]
    pages: Annotated[list[BadPage], Meta(description="Pages with a problem, at most 100.")]
    pages_left_out: Annotated[int, Meta(description="Number of further pages with a problem.")]


class SiteReport(Struct, frozen=True):
    """Everything about one site: its last job, its findings and its history."""

    domain: Annotated[str, Meta(description="`host[:port]` as the user named it.")]
    target: Annotated[str, Meta(description="The target as given: domain, URL, folder or file.")]
    build: Annotated[str | None, Meta(description="Folder or file of a local build.")]
    scope: Annotated[
        str | None, Meta(description="Path of the part of the site that it is about; null for a whole site.")
    ]
    job_id: Annotated[str, Meta(description="Id of the job.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result.")]
    answer: Annotated[str, Meta(description="What the verdict means for this site, in one sentence.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]
    started_at: Annotated[Time | None, Meta(description="When the job started.")]
    finished_at: Annotated[Time | None, Meta(description="When the job ended.")]
    duration_ms: Annotated[int | None, Meta(description="Duration in milliseconds.")]
    totals: Annotated[JobTotals, Meta(description="Counts over all sitemaps.")]
    next_steps: Annotated[list[str], Meta(description="What to do about the verdict, the best first.")]
    counts: Annotated[FindingCounts, Meta(description="Number of rules with findings, by severity.")]
    first: Annotated[
        list[str], Meta(description="Ids of the rules to fix first, at most 5, the most important first.")
    ]
    findings: Annotated[list[ReportFinding], Meta(description="What the rules found, errors first.")]
    rules_checked: Annotated[int, Meta(description="Number of rules that had data.")]
    rules_idle: Annotated[int, Meta(description="Number of rules that had none.")]
    needs: Annotated[list[str], Meta(description="What these need, such as `a probe`.")]
    notes: Annotated[list[str], Meta(description="Remarks about the comparison, pages and limits.")]
    sitemaps: Annotated[
        list[SitemapResult], Meta(description="Sitemaps, each below the index that lists it; at most 5,000.")
    ]
    sitemaps_left_out: Annotated[int, Meta(description="Number of further sitemaps.")]
    sources: Annotated[list[SourceResult], Meta(description="Where the job looked for sitemaps.")]
    lastmod: Annotated[
        dict[str, int], Meta(description="Number of entries by age of `lastmod`; empty without any entry.")
    ]
    lastmod_trust: Annotated[
        LastmodTrust | None, Meta(description="Whether its lastmods can be trusted; null without a history.")
    ]
    structure: Annotated[
        UrlStructure | None, Meta(description="URLs by section and template; null without any URL.")
    ]
    history: Annotated[
        list[JobChange], Meta(description="The last jobs that are compared with this one, newest first.")
    ]
    languages: Annotated[LanguageMatrix | None, Meta(description="hreflang; null without any language.")]
    robots: Annotated[
        list[RobotsMatrix],
        Meta(description="What each robots.txt allows, that of the site first."),
    ]
    probe: Annotated[ProbeSection | None, Meta(description="Requested pages; null without any.")]


class GroupRow(Struct, frozen=True):
    """One site of a group."""

    domain: Annotated[str, Meta(description="`host[:port]` as the user named it.")]
    job_id: Annotated[str | None, Meta(description="Id of its job; null before the first one.")]
    status: Annotated[Status | None, Meta(description="State of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]
    finished_at: Annotated[Time | None, Meta(description="When the job ended.")]
    sitemaps: Annotated[int, Meta(description="Number of sitemaps.")]
    urls: Annotated[int, Meta(description="Number of entries.")]
    added: Annotated[int | None, Meta(description="New URLs; null in a first job.")]
    removed: Annotated[int | None, Meta(description="URLs that are gone; null in a first job.")]
    comparison: Annotated[Comparison | None, Meta(description="How it compares with the previous job.")]
    previous_verdict: Annotated[Verdict | None, Meta(description="Verdict of the previous job.")]
    counts: Annotated[
        FindingCounts | None, Meta(description="Rules with findings, by severity; null if none were checked.")
    ]
    first: Annotated[list[str], Meta(description="Ids of the rules to fix first, at most 3.")]
    tags: Annotated[list[str], Meta(description="Tags of the domain.")]


class GroupRule(Struct, frozen=True):
    """What one rule found in a group of sites."""

    rule: Annotated[str, Meta(description="Id of the rule.")]
    name: Annotated[str, Meta(description="Name of the rule.")]
    severity: Annotated[Severity, Meta(description="The highest severity of its findings.")]
    summary: Annotated[str, Meta(description="What the rule says, in one sentence.")]
    fixes: Annotated[list[ReportFix], Meta(description="How to fix it.")]
    link: Annotated[str | None, Meta(description="URL of its page, or of the specification behind it.")]
    sites: Annotated[int, Meta(description="Number of sites with a finding.")]
    places: Annotated[int, Meta(description="Exact number of places.")]
    domains: Annotated[list[str], Meta(description="The sites with the most places, at most 20.")]


class GroupReport(Struct, frozen=True):
    """A group of sites: those of a batch, or of a tag."""

    name: Annotated[str, Meta(description="The list of the batch, or the tags.")]
    batch_id: Annotated[str | None, Meta(description="Id of the batch.")]
    started_at: Annotated[Time | None, Meta(description="When the batch was recorded.")]
    finished_at: Annotated[Time | None, Meta(description="When it ended.")]
    sites: Annotated[int, Meta(description="Number of sites.")]
    urls: Annotated[int, Meta(description="Number of entries of all of them.")]
    verdicts: Annotated[dict[str, int], Meta(description="Number of sites by verdict, or by status.")]
    comparisons: Annotated[
        dict[Comparison, int], Meta(description="Number of sites by comparison with the previous job.")
    ]
    failures: Annotated[list[FailureGroup], Meta(description="Sites that failed, grouped by the reason.")]
    rules: Annotated[list[GroupRule], Meta(description="What the rules found, errors first.")]
    rows: Annotated[
        list[GroupRow], Meta(description="The sites: newly failing and worse ones first, then by name.")
    ]


@json_document("report", "sitemap report --format json")
class ReportDocument(Struct, frozen=True, tag_field="schema", tag="sitemap/report/1"):
    """One report: of a site, or of a group of sites."""

    title: Annotated[str, Meta(description="What it is about.")]
    created_at: Annotated[
        Time,
        Meta(
            description="When the newest of its data was recorded, so that the same data give the same"
            " report; or the time that `SOURCE_DATE_EPOCH` names."
        ),
    ]
    version: Annotated[str, Meta(description="Version of sitemap.")]
    site: Annotated[SiteReport | None, Meta(description="The site; null in a report of a group.")]
    group: Annotated[GroupReport | None, Meta(description="The group; null in a report of a site.")]
