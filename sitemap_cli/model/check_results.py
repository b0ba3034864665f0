"""What ``sitemap check`` prints as JSON: findings by target, and their counts."""

import datetime as dt
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.json_documents import json_document, register_document
from sitemap_cli.model.results import Scope
from sitemap_cli.model.section_results import SECTION_DESCRIPTION, SectionResult
from sitemap_cli.model.values import Severity, Status, Verdict

CheckSchema = Literal["sitemap/check/1"]
CHECK_SCHEMA: CheckSchema = "sitemap/check/1"


class RequestedPages(Struct, frozen=True):
    """The listed pages whose responses the rules know, from this run or from earlier ones."""

    requested: Annotated[
        int,
        Meta(description="Pages that were requested; if 0, their status, noindex and canonical are unknown."),
    ]
    of: Annotated[int, Meta(description="Number of different pages that the sitemaps list.")]
    earlier: Annotated[int, Meta(description="Those of them that only earlier jobs requested.")] = 0
    oldest: Annotated[dt.datetime | None, Meta(description="When the first of them was requested.")] = None
    newest: Annotated[dt.datetime | None, Meta(description="When the last of them was requested.")] = None


class ProbedPages(Struct, frozen=True):
    """The listed pages of a job, over all probes of it, after `--probe`."""

    answered: Annotated[
        int, Meta(description="Pages with an HTTP response; of a local build, all that could be judged.")
    ]
    unanswered: Annotated[
        int, Meta(description="Pages without a response; of a local build, files that cannot be read.")
    ]
    disallowed: Annotated[int, Meta(description="Pages that robots.txt does not allow to request.")]
    unasked: Annotated[dict[str, int], Meta(description="Pages that this run could not request, by reason.")]
    blocked: Annotated[
        int,
        Meta(description="Pages hidden by a bot wall or a rate limit (429); all, if each has 401 or 403."),
    ] = 0

    @property
    def is_whole(self) -> bool:
        """Whether every page that was chosen responded, or may not be requested, which a rule reports."""
        return not (self.unanswered or self.unasked or self.blocked)


class ComparedUrls(Struct, frozen=True):
    """A list of URLs that a target was compared with, after `--against`."""

    name: Annotated[str, Meta(description="The list as given.")]
    urls: Annotated[int, Meta(description="Number of pages in the list that were compared.")]
    left_out: Annotated[dict[str, int], Meta(description="Rows and URLs that were not, by reason.")]


class TargetResult(Struct, frozen=True):
    """One target of a check, and how its job ended."""

    target: Annotated[str, Meta(description="The target as given: domain, URL, folder or file.")]
    domain: Annotated[str, Meta(description="`host[:port]` as the user named it.")]
    job_id: Annotated[str, Meta(description="Id of the job that was checked.")]
    status: Annotated[Status, Meta(description="State of the job.")]
    verdict: Annotated[Verdict | None, Meta(description="Reason for the result.")]
    error: Annotated[str | None, Meta(description="One sentence about what went wrong.")]
    sitemaps: Annotated[int, Meta(description="Number of sitemaps.")]
    urls: Annotated[int, Meta(description="Number of entries.")]
    exit_code: Annotated[int, Meta(description="Exit code for this target alone.")]
    scope: Scope = UNSET
    all_urls: Annotated[
        int | UnsetType, Meta(description="Number of entries outside `scope`, too, if there is one.")
    ] = UNSET
    sections: Annotated[list[SectionResult] | UnsetType, Meta(description=SECTION_DESCRIPTION)] = UNSET
    probed: Annotated[
        ProbedPages | UnsetType, Meta(description="How the pages responded, with `--probe`.")
    ] = UNSET
    requested_pages: Annotated[
        RequestedPages | UnsetType, Meta(description="How many of the listed pages were requested.")
    ] = UNSET
    together: Annotated[
        list[str] | UnsetType, Meta(description="Domains that it was judged together with, by `--together`.")
    ] = UNSET
    compared: Annotated[
        ComparedUrls | UnsetType, Meta(description="The list of URLs of `--against`, if a rule needs it.")
    ] = UNSET


class CheckSummary(Struct, frozen=True):
    """Number of findings of a check, and of the rules it ran."""

    error: Annotated[int, Meta(description="Number of errors.")]
    warning: Annotated[int, Meta(description="Number of warnings.")]
    info: Annotated[int, Meta(description="Number of notices.")]
    excused: Annotated[int, Meta(description="Findings that a configured exception covers.")]
    known: Annotated[int, Meta(description="Findings that the baseline covers.")]
    rules: Annotated[int, Meta(description="Number of rules that had data.")]
    rules_without_data: Annotated[
        int | UnsetType,
        Meta(description="Number of rules that had no data, such as those that need a probe."),
    ] = UNSET


File = Annotated[
    str | UnsetType,
    Meta(description="File of a local build that `line` is in, relative to the working folder."),
]


Value = Annotated[
    str | UnsetType,
    Meta(description="Value that is wrong there, such as a date or the URL of an image, if it is one."),
]


class FindingExample(Struct, frozen=True):
    """One more place of a finding."""

    message: Annotated[str, Meta(description="What is wrong there.")]
    loc: Annotated[str | None, Meta(description="URL of the entry.")]
    line: Annotated[int | None, Meta(description="Line, from 1.")]
    column: Annotated[int | None, Meta(description="Column, from 1.")]
    file: File = UNSET
    value: Value = UNSET


class FindingCause(Struct, frozen=True):
    """What some places of a finding have in common."""

    cause: Annotated[str, Meta(description="Short text, such as a value, a host or a line of robots.txt.")]
    message: Annotated[str, Meta(description="What is wrong at these places.")]
    count: Annotated[int, Meta(description="Number of places with this cause.")]
    urls: Annotated[int | None, Meta(description="Number of entries that they are in, if that is known.")]
    examples: Annotated[list[FindingExample], Meta(description="The first places, at most `--examples`.")]


class CheckFinding(Struct, frozen=True):
    """What one rule found in one sitemap, or in the site if `sitemap` is null."""

    rule: Annotated[str, Meta(description="Id of the rule, for instance `SM303`.")]
    name: Annotated[str, Meta(description="Name of the rule, for instance `loc-too-long`.")]
    severity: Annotated[Severity, Meta(description="Severity of the finding.")]
    message: Annotated[str, Meta(description="What is wrong at the first place.")]
    sitemap: Annotated[str | None, Meta(description="URL of the sitemap.")]
    loc: Annotated[str | None, Meta(description="URL of the entry at the first place.")]
    line: Annotated[int | None, Meta(description="Line of the first place, from 1.")]
    column: Annotated[int | None, Meta(description="Column of the first place, from 1.")]
    count: Annotated[int, Meta(description="Number of places.")]
    domain: Annotated[str, Meta(description="Domain of the target.")]
    examples: Annotated[
        list[FindingExample] | UnsetType, Meta(description="More places, at most `--examples`.")
    ] = UNSET
    causes: Annotated[
        list[FindingCause] | UnsetType,
        Meta(description="The most frequent causes, if the rule names any; `count` has all places."),
    ] = UNSET
    fix: Annotated[str | UnsetType, Meta(description="What to do: a line for each case.")] = UNSET
    file: File = UNSET
    value: Value = UNSET


@json_document("check", "sitemap check --format json")
class CheckDocument(Struct, frozen=True):
    """The result of one `sitemap check`."""

    schema: Annotated[CheckSchema, Meta(description="Name and version of this document.")]
    job_id: Annotated[str | None, Meta(description="Id of the job of the first target.")]
    targets: Annotated[list[TargetResult], Meta(description="The targets, in their order.")]
    summary: Annotated[CheckSummary, Meta(description="Number of findings of all targets.")]
    findings: Annotated[list[CheckFinding], Meta(description="Findings by target, rule and sitemap.")]
    exit_code: Annotated[int, Meta(description="Exit code of the command.")]


class CheckFindingLine(CheckFinding, frozen=True, tag_field="type", tag="finding"):
    """One finding as a line of JSON Lines."""


class CheckSummaryLine(Struct, frozen=True, tag_field="type", tag="summary"):
    """The last line of a check as JSON Lines."""

    schema: Annotated[CheckSchema, Meta(description="Name and version of this document.")]
    targets: Annotated[list[TargetResult], Meta(description="The targets, in their order.")]
    error: Annotated[int, Meta(description="Number of errors.")]
    warning: Annotated[int, Meta(description="Number of warnings.")]
    info: Annotated[int, Meta(description="Number of notices.")]
    excused: Annotated[int, Meta(description="Findings that a configured exception covers.")]
    known: Annotated[int, Meta(description="Findings that the baseline covers.")]
    rules: Annotated[int, Meta(description="Number of rules that had data.")]
    exit_code: Annotated[int, Meta(description="Exit code of the command.")]
    rules_without_data: Annotated[
        int | UnsetType,
        Meta(description="Number of rules that had no data, such as those that need a probe."),
    ] = UNSET


register_document("check-line", CheckFindingLine | CheckSummaryLine, "sitemap check --format jsonl")
