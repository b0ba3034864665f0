"""Options that choose rules, their severities and exceptions."""

from typing import Annotated

import typer

from sitemap_cli.cli.framework.options import split_commas

RULE = "RULE"

Select = Annotated[
    list[str] | None,
    typer.Option(
        metavar=RULE,
        callback=split_commas,
        help="Run only these rules: ids, prefixes of ids, or names; repeatable, and with commas.",
    ),
]

Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar=RULE,
        callback=split_commas,
        help="Skip these rules instead of those in the configuration file; repeatable, and with commas.",
    ),
]

ExtendIgnore = Annotated[
    list[str] | None,
    typer.Option(
        metavar=RULE,
        callback=split_commas,
        help="Skip these rules, too, in addition to those that ignore names; repeatable, and with commas.",
    ),
]

Severities = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RULE=SEVERITY",
        callback=split_commas,
        help="Change the severity of a rule: error, warning or info; repeatable, and with commas.",
    ),
]

IgnoreAt = Annotated[
    list[str] | None,
    typer.Option(
        metavar="'RULE PATTERN: REASON'",
        help="Ignore a rule at paths or URLs that match; repeatable.",
    ),
]
