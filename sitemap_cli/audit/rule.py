"""Rules: functions whose docstrings are their documentation."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from sitemap_cli.audit.fixes import FixGuide, parse_fix
from sitemap_cli.audit.hit import Hits
from sitemap_cli.model.values import Engine, Severity

SECTIONS = ("Checks", "Why", "Fix", "Message", "Bad", "Good", "Systems", "Source", "See also")
"""The sections of a rule's docstring. See CONTRIBUTING.md for what each may have."""

OPTIONAL = frozenset({"Why", "Systems", "See also"})
"""The sections that a rule may do without."""

FIRST_VERSION = "0.1.0"
"""The version of the rules that do not name theirs."""


class Scope(StrEnum):
    """What a rule looks at, and so the argument of its function.

    ``url``: a :class:`~sitemap_cli.audit.entry_batch.Batch` of entries; ``document``: a
    :class:`~sitemap_cli.audit.facts.SitemapFact`; ``site`` and ``history``: a
    :class:`~sitemap_cli.audit.facts.SiteFact`, the latter only if there is a previous complete job;
    ``page``: a :class:`~sitemap_cli.audit.probed_pages.PageFact` of a listed page that was requested.
    """

    URL = "url"
    DOCUMENT = "document"
    SITE = "site"
    HISTORY = "history"
    PAGE = "page"


@dataclass(frozen=True)
class Rule:
    """One audit rule.

    Attributes:
        id: ``SM`` and three digits; never reused.
        severity: how severe a finding is by default.
        scope: what the rule looks at.
        check: the function; its name is the name of the rule, its docstring the documentation.
        check_entries: a further function for the entries, if a rule of documents looks at them, too.
        check_site: a further function for the site, if a rule of documents looks at it, too.
        list_entries: a function that returns the entries behind a hit that only counts them, for formats with
            every place.
        engines: other severities for single search engines.
        engine_only: the rule only runs for the search engines in ``engines``.
        opt_in_flag: the flag of ``sitemap check`` that turns the rule on; without the flag, the rule only
            runs when it is selected by its whole id or name. None for rules that run by default.
        opt_in: the rule only runs when it is selected by its whole id or name, as in ``--select SM,SM717``.
        needs_complete: the rule only runs for jobs that read the whole site.
        refuses_job: a finding that fails a check also makes later checks compare with an older job.
        summarize: returns the message of a finding: it gets that of its first place, the number of its
            places, and the site. A rule that has it gets one finding per line of robots.txt.
        covered_by: ids of rules that are more exact: what they report as well, this rule does not report.
        by_value: findings count places by the value that is wrong there, unless a hit names another cause.
        by_section: findings count places by the first segment of the path of their URL.
        needs: names of facts that are gathered only for the rules that need them, fields of
            :class:`~sitemap_cli.audit.facts.SiteFact`.
        since: the version that was the first to have the rule.
    """

    id: str
    severity: Severity
    scope: Scope
    check: Callable[[Any], Hits]
    check_entries: Callable[[Any], Hits] | None = None
    check_site: Callable[[Any], Hits] | None = None
    list_entries: Callable[[Any], Hits] | None = None
    engines: Mapping[Engine, Severity] = field(default_factory=dict)
    engine_only: bool = False
    opt_in_flag: str | None = None
    opt_in: bool = False
    needs_complete: bool = False
    refuses_job: bool = False
    summarize: Callable[[str, int, Any], str] | None = None
    by_value: bool = False
    by_section: bool = False
    covered_by: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    since: str = FIRST_VERSION

    @cached_property
    def entry_check(self) -> Callable[[Any], Hits] | None:
        """The function that looks at batches of entries, if the rule has one."""
        return self.check if self.scope is Scope.URL else self.check_entries

    @cached_property
    def name(self) -> str:
        """The name for people: that of the function, with hyphens."""
        return self.check.__name__.replace("_", "-")

    @cached_property
    def family(self) -> str:
        """The family: the name of the folder that the rule is in."""
        return self.check.__module__.split(".")[-2]

    def get_severity(self, engine: Engine | None) -> Severity:
        """Return the default severity, or that for one search engine."""
        return self.engines.get(engine, self.severity) if engine else self.severity

    @cached_property
    def summary(self) -> str:
        """The first line of the documentation, with code in single backquotes."""
        return self.documentation.partition("\n")[0].replace("``", "`")

    @property
    def documentation(self) -> str:
        """The docstring, without its indentation."""
        return inspect.getdoc(self.check) or ""

    @cached_property
    def fix(self) -> FixGuide:
        """What to do about findings, by case."""
        return parse_fix(self.sections.get("Fix", ""))

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """The texts of the documentation by the names of :data:`SECTIONS`."""
        found: dict[str, list[str]] = {}
        lines: list[str] = []
        for line in self.documentation.splitlines()[1:]:
            name, colon, rest = line.partition(":")
            if colon and name in SECTIONS:
                lines = found.setdefault(name, [])
                line = rest.strip()  # noqa: PLW2901 - what is left of it
            lines.append(line)
        return {name: inspect.cleandoc("\n".join(text)) for name, text in found.items()}


def rule(
    id_: str,
    severity: Severity,
    scope: Scope,
    *,
    check_entries: Callable[[Any], Hits] | None = None,
    check_site: Callable[[Any], Hits] | None = None,
    list_entries: Callable[[Any], Hits] | None = None,
    engines: Mapping[Engine, Severity] | None = None,
    engine_only: bool = False,
    opt_in_flag: str | None = None,
    opt_in: bool = False,
    needs_complete: bool = False,
    refuses_job: bool = False,
    summarize: Callable[[str, int, Any], str] | None = None,
    by_value: bool = False,
    by_section: bool = False,
    covered_by: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    since: str = FIRST_VERSION,
) -> Callable[[Callable[[Any], Hits]], Rule]:
    """Return a decorator that makes a rule of a function; parameters are the fields of :class:`Rule`."""

    def make_rule(check: Callable[[Any], Hits]) -> Rule:
        return Rule(
            id_,
            severity,
            scope,
            check,
            check_entries=check_entries,
            check_site=check_site,
            list_entries=list_entries,
            engines=engines or {},
            engine_only=engine_only,
            opt_in_flag=opt_in_flag,
            opt_in=opt_in,
            needs_complete=needs_complete,
            refuses_job=refuses_job,
            summarize=summarize,
            by_value=by_value,
            by_section=by_section,
            covered_by=covered_by,
            needs=frozenset(needs),
            since=since,
        )

    return make_rule
