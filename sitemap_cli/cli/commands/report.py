"""Report a site, or a group of sites, as one page or document."""

from typing import Annotated

import typer

from sitemap_cli.cli.framework import rule_options
from sitemap_cli.cli.framework.chosen_job import DomainArgument, JobOption
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import (
    DEFAULT_SLOW,
    BaseUrl,
    Output,
    SiteReportFormatName,
    Slow,
    WithTag,
)
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UsageError

CHAPTER = "Core commands"


@command()
async def report(
    run: Run,
    domain: DomainArgument = None,
    job: JobOption = None,
    batch: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Report the sites of a batch: an id, a unique prefix, or last."),
    ] = None,
    tag: WithTag = None,
    base_url: BaseUrl = None,
    format_: SiteReportFormatName = "html",
    output: Output = None,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Run no rule: report only what was recorded.")
    ] = False,
    select: rule_options.Select = None,
    ignore: rule_options.Ignore = None,
    extend_ignore: rule_options.ExtendIgnore = None,
    severity: rule_options.Severities = None,
    ignore_at: rule_options.IgnoreAt = None,
    engine: rule_options.EngineName = None,
    xsd: rule_options.Xsd = False,
    max_drop: rule_options.MaxDrop = rule_options.DEFAULT_MAX_DROP,
    probe_age: rule_options.ProbeAge = rule_options.DEFAULT_PROBE_AGE,
    slow: Slow = DEFAULT_SLOW,
    examples: rule_options.Examples = rule_options.DEFAULT_EXAMPLES,
    docs_url: rule_options.DocsUrl = None,
) -> None:
    """Write a report of DOMAIN from its last complete job: one page that works offline.

    It has the verdict, what to fix first, the findings of all rules with causes and fixes, the sitemaps, the
    URLs by section, the history, and what robots.txt allows. Nothing is requested.

    With --batch or --tag: of a group of sites, with the rules by the number of sites.

    Options that choose rules have the values that the configuration file sets for sitemap check.

    $ sitemap report example.com -o report.html

    $ sitemap report example.com/shop/ -o shop.html

    $ sitemap report example.com --format markdown

    $ sitemap report --batch last -o batch.html

    $ sitemap report --tag shops -o shops.html
    """
    from sitemap_cli.cli.framework.option_types import parse_page_url
    from sitemap_cli.cli.framework.report_subjects import report_group, report_site
    from sitemap_cli.cli.framework.site_report_output import parse_report_output, write_document
    from sitemap_cli.cli.view.next_steps import suggest_remedies
    from sitemap_cli.tasks.site_reporting import ReportOptions

    chosen = rule_options.parse_rules(select, ignore, extend_ignore, severity, ignore_at, engine, xsd=xsd)
    options = ReportOptions(
        suggest_remedies,
        rule_options.parse_check_options(chosen, examples, max_drop, probe_age, slow),
        parse_page_url("--docs-url", docs_url),
        checks_rules=not no_check,
    )
    place = parse_report_output(format_, output)
    if batch is None and not tag:
        document = await report_site(run, domain, job, base_url, options)
    elif domain is not None or job is not None or (batch is not None and tag):
        raise UsageError("too many subjects", hint="name a DOMAIN or --job ID, or --batch ID, or --tag TAG")
    else:
        document = await report_group(run, batch, tag or (), options)
    write_document(run.console, document, place)
