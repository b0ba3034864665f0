"""Options that choose rules and their parameters, for commands that run them."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sitemap_cli.cli.framework.option_types import parse_age, parse_percentage
from sitemap_cli.cli.framework.options import split_commas

if TYPE_CHECKING:
    from sitemap_cli.audit.selection import RuleSelection
    from sitemap_cli.services.checking.checks import CheckOptions


def _list_option(help_text: str, *names: str, metavar: str = "RULE") -> Any:
    """Return an option that names several rules."""
    text = f"{help_text}; repeatable, and with commas."
    return typer.Option(*names, metavar=metavar, callback=split_commas, help=text)


Select = Annotated[list[str] | None, _list_option("Run only these rules: ids, prefixes of ids, or names")]
Ignore = Annotated[
    list[str] | None, _list_option("Skip these rules instead of those in the configuration file")
]
ExtendIgnore = Annotated[
    list[str] | None, _list_option("Skip these rules, too, in addition to those that ignore names")
]
Severities = Annotated[
    list[str] | None,
    _list_option(
        "Change the severity of a rule: error, warning or info", "--severity", metavar="RULE=SEVERITY"
    ),
]
IgnoreAt = Annotated[
    list[str] | None,
    typer.Option(
        metavar="'RULE PATTERN: REASON'",
        help="Ignore a rule at paths or URLs that match; repeatable.",
    ),
]
EngineName = Annotated[
    Literal["google", "bing", "yandex"] | None,
    typer.Option("--engine", help="Apply the requirements of this search engine."),
]
Xsd = Annotated[bool, typer.Option("--xsd", help="Check the order of elements, as the XML schema does.")]
MaxDrop = Annotated[
    str,
    typer.Option(metavar="P%", help="Allow a site to lose up to P% of its URLs since its last accepted job."),
]
DEFAULT_MAX_DROP = "10%"
ProbeAge = Annotated[
    str,
    typer.Option(
        metavar="DURATION", help="Use what sitemap probe found for earlier jobs, up to this age; 0 never."
    ),
]
DEFAULT_PROBE_AGE = "7d"
Examples = Annotated[int, typer.Option(min=1, metavar="N", help="Number of examples to show per finding.")]
DEFAULT_EXAMPLES = 5
DocsUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where you publish docs/rules; reports link to the pages of rules."),
]


def parse_rules(
    select: list[str] | None,
    ignore: list[str] | None,
    extend_ignore: list[str] | None,
    severity: list[str] | None,
    ignore_at: list[str] | None,
    engine: str | None,
    *,
    xsd: bool,
) -> "RuleSelection":
    """Return the rules that these options select.

    Raises:
        UsageError: an option names no rule, or has the wrong form.
    """
    from sitemap_cli.audit.selection import parse_selection
    from sitemap_cli.model.values import Engine

    return parse_selection(
        select or (),
        [*(ignore or ()), *(extend_ignore or ())],
        severity or (),
        ignore_at or (),
        Engine(engine) if engine else None,
        ("--xsd",) if xsd else (),
    )


def parse_check_options(
    selection: "RuleSelection", examples: int, max_drop: str, probe_age: str, slow: str
) -> "CheckOptions":
    """Return the parameters of the rules that these options set.

    Raises:
        UsageError: an option is neither a percentage nor a duration.
    """
    from sitemap_cli.services.checking.checks import CheckOptions

    return CheckOptions(
        selection,
        examples,
        parse_percentage("--max-drop", max_drop),
        probe_age=parse_age("--probe-age", probe_age),
        slow=parse_age("--slow", slow, "2s, or 800ms"),
    )
