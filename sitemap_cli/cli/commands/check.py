"""Runs the rules over one or more targets, for people and for pipelines."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import BaseUrl, Wait
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.settings import FETCH

RULE = "RULE"


@command(FETCH)
async def check(
    run: Run,
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="TARGET", help="Domain, URL, folder or file.")
    ] = None,
    job: Annotated[
        list[str] | None,
        typer.Option("--job", metavar="ID", help="Check what this job recorded; asks nobody. Repeatable."),
    ] = None,
    base_url: BaseUrl = None,
    format_: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT[:FILE]",
            help="text, json, jsonl, junit, sarif, github, gitlab or markdown; repeatable. Default: text.",
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar=RULE, help="Only these rules, by id, beginning of an id or name; repeatable."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar=RULE, help="Not these rules; repeatable.")
    ] = None,
    severity: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE=SEVERITY", help="Take a rule for error, warning or info; repeatable."),
    ] = None,
    ignore_at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'RULE PATTERN: REASON'",
            help="Let a rule be broken at paths or URLs like this; repeatable.",
        ),
    ] = None,
    engine: Annotated[
        Literal["google", "bing", "yandex"] | None, typer.Option(help="Judge as this search engine does.")
    ] = None,
    xsd: Annotated[
        bool, typer.Option("--xsd", help="Judge the order of the elements, too, as the schema does.")
    ] = False,
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"],
        typer.Option(help="Exit 1 for findings as severe as this, or more."),
    ] = "error",
    max_findings: Annotated[
        int, typer.Option(min=0, metavar="N", help="Tolerate so many of them, each place counted.")
    ] = 0,
    max_drop: Annotated[
        str,
        typer.Option(metavar="P%", help="How many of its URLs a site may lose since its last complete job."),
    ] = "10%",
    against: Annotated[
        str | None,
        typer.Option(metavar="TARGET", help="Compare with production, or with a file of addresses."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Count only what is not in this baseline.")
    ] = None,
    write_baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what was found as a baseline, and exit 0 for it."),
    ] = None,
    examples: Annotated[
        int, typer.Option(min=1, metavar="N", help="Places that are told of each finding.")
    ] = 5,
    wait: Wait = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where a format without a file goes; - is stdout."
        ),
    ] = None,
) -> int:
    """Analyze each TARGET, run the rules over what was recorded, and exit by what they find.

    Exit 1 says that there are findings as severe as --fail-on, 3 that the site could only be read in part, 4
    that it could not be read at all, 6 that it has no sitemap. sitemap rules list shows the rules.
    """
    from sitemap_cli.audit.selection import choice
    from sitemap_cli.cli import checking, report_output
    from sitemap_cli.model.values import Engine, Severity
    from sitemap_cli.services.checking.checks import CheckOptions

    outputs = report_output.parsed(format_ or ["text"], output)
    chosen = choice(
        select or (),
        ignore or (),
        severity or (),
        ignore_at or (),
        Engine(engine) if engine else None,
        ("--xsd",) if xsd else (),
    )
    gate = checking.Gate(
        fail_on=None if fail_on == "never" else Severity(fail_on),
        tolerated=max_findings,
        baseline=checking.read_baseline(baseline),
        write_baseline=write_baseline,
    )
    wanted = CheckOptions(chosen, examples, checking.share("--max-drop", max_drop))
    subjects = checking.Subjects(tuple(targets or ()), tuple(job or ()), base_url, against, wait)
    report = await checking.check(run, subjects, wanted, gate)
    report_output.write(run.console, report, outputs, report_output.environment())
    return report.exit_code
