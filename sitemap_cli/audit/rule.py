"""What a rule is: a function whose docstring is its documentation."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from sitemap_cli.audit.hit import Hits
from sitemap_cli.model.values import Engine, Severity

SECTIONS = ("Criterion", "Why", "Mend", "Bad", "Good", "Source")
"""The sections of a rule's docstring; all but ``Why`` are demanded."""


class Scope(StrEnum):
    """What a rule looks at, and so what its function is given.

    ``url``: a :class:`~sitemap_cli.audit.entry_batch.Batch` of entries; ``document``: a
    :class:`~sitemap_cli.audit.facts.SitemapFact`; ``site`` and ``history``: a
    :class:`~sitemap_cli.audit.facts.SiteFact`, the latter only when there is a complete job before;
    ``page``: a :class:`~sitemap_cli.audit.probed_pages.PageFact` of a page that is listed and was asked.
    """

    URL = "url"
    DOCUMENT = "document"
    SITE = "site"
    HISTORY = "history"
    PAGE = "page"


@dataclass(frozen=True)
class Rule:
    """One rule.

    ``engines`` says how severe it is for single search engines; ``engine_only``: it is of no interest to
    others. ``opt_in``: it runs only when it is selected by its whole id or name. ``needs`` are facts that
    are costly to have, fields of :class:`~sitemap_cli.audit.facts.SiteFact`: ``repeats``, ``before`` ...
    """

    id: str
    name: str
    severity: Severity
    scope: Scope
    check: Callable[[Any], Hits]
    engines: Mapping[Engine, Severity] = field(default_factory=dict)
    engine_only: bool = False
    opt_in: bool = False
    needs: frozenset[str] = frozenset()

    def severity_for(self, engine: Engine | None) -> Severity:
        """How severe it is by default for one search engine."""
        return self.engines.get(engine, self.severity) if engine else self.severity

    @cached_property
    def summary(self) -> str:
        """The first line of the documentation, code in single backquotes."""
        return self.documentation.partition("\n")[0].replace("``", "`")

    @property
    def documentation(self) -> str:
        """The docstring, without its indentation."""
        return inspect.getdoc(self.check) or ""

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
    name: str,
    severity: Severity,
    scope: Scope,
    *,
    engines: Mapping[Engine, Severity] | None = None,
    engine_only: bool = False,
    opt_in: bool = False,
    needs: tuple[str, ...] = (),
) -> Callable[[Callable[[Any], Hits]], Rule]:
    """Make a rule of a function; parameters as the fields of :class:`Rule`."""

    def made(check: Callable[[Any], Hits]) -> Rule:
        special = (engines or {}, engine_only, opt_in, frozenset(needs))
        return Rule(id_, name, severity, scope, check, *special)

    return made
