"""Which rules run, how severe each is, and where one may be broken with good reason."""

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.rule import Rule
from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Engine, Severity
from sitemap_cli.urls import path_and_query

WAIVER = re.compile(r"(?P<rule>\S+)\s+(?P<pattern>\S+?):\s+(?P<reason>\S.*)")


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule, or several by prefix, that may be broken below some address, and why."""

    prefix: str
    pattern: str
    reason: str

    def covers(self, rule: Rule, url: str | None) -> bool:
        """Whether a rule may be broken at an address; a pattern without a host means the path."""
        if url is None or not matches_rule(self.prefix, rule):
            return False
        subject = url if "://" in self.pattern else path_and_query(url)
        return fnmatch.fnmatchcase(subject, self.pattern)


@dataclass(frozen=True, slots=True)
class RuleSelection:
    """What the user wants checked; ``select`` and ``ignore`` are ids or names, or beginnings of ids.

    ``flags`` are the flags given that turn on rules which do not run by default, such as ``--xsd``.

    The longest beginning that fits decides, so that ``--select SM3 --ignore SM306`` and the reverse both
    do what they say.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    engine: Engine | None = None
    flags: tuple[str, ...] = ()

    def select_rules(self) -> tuple[Rule, ...]:
        """The rules that run, by id."""
        return tuple(rule for rule in discover_rules() if self._is_selected(rule))

    def resolve_severity(self, rule: Rule, found: Severity | None = None) -> Severity:
        """How severe a rule is, or one thing it found that it says is of another severity."""
        asked = _find_longest_match(self.severities, rule)
        return self.severities[asked] if asked else found or rule.get_severity(self.engine)

    def is_waived(self, rule: Rule, *urls: str | None) -> bool:
        """Whether a rule may be broken at one of these addresses."""
        return any(each.covers(rule, url) for each in self.waivers for url in urls)

    def _is_selected(self, rule: Rule) -> bool:
        selected, ignored = _find_longest_match(self.select, rule), _find_longest_match(self.ignore, rule)
        if ignored is not None and (selected is None or len(ignored) >= len(selected)):
            return False
        if selected in (rule.id, rule.name) or rule.opt_in_flag in self.flags:
            return True
        if rule.opt_in_flag or (rule.engine_only and self.engine not in rule.engines):
            return False
        return selected is not None or not self.select


def parse_selection(
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severity: Iterable[str] = (),
    ignore_at: Iterable[str] = (),
    engine: Engine | None = None,
    flags: Iterable[str] = (),
) -> RuleSelection:
    """Understand the options of the command line.

    Args:
        select: ids, beginnings of ids, or names of rules.
        ignore: the same.
        severity: ``RULE=error``, ``warning`` or ``info``.
        ignore_at: ``RULE PATTERN: REASON``, the pattern as in a shell.
        engine: the search engine whose demands count.
        flags: flags that turn on rules which do not run by default; ``ignore`` still leaves them out.

    Raises:
        UsageError: one of them means nothing.
    """
    return RuleSelection(
        tuple(_parse_rule("--select", each) for each in select),
        tuple(_parse_rule("--ignore", each) for each in ignore),
        dict(map(_parse_severity, severity)),
        tuple(map(_parse_waiver, ignore_at)),
        engine,
        tuple(flags),
    )


def matches_rule(prefix: str, rule: Rule) -> bool:
    """Whether a word of the user's means a rule: its name, its id, or the beginning of that."""
    return prefix == rule.name or rule.id.startswith(prefix)


def _find_longest_match(words: Iterable[str], rule: Rule) -> str | None:
    found: Sequence[str] = [each for each in words if matches_rule(each, rule)]
    return max(found, key=len, default=None)


def _parse_rule(option: str, word: str) -> str:
    word = word.strip()
    given = word.upper() if re.fullmatch(r"sm\d*", word, re.IGNORECASE) else word.lower()
    if word and any(matches_rule(given, rule) for rule in discover_rules()):
        return given
    raise UsageError("no such rule", where=f"{option} {word}", hint="sitemap rules list shows them")


def _parse_severity(text: str) -> tuple[str, Severity]:
    word, equals, value = text.partition("=")
    if not equals or value.strip().lower() not in tuple(Severity):
        hint = "--severity SM335=error, warning or info"
        raise UsageError("not a severity of a rule", where=f"--severity {text}", hint=hint)
    return _parse_rule("--severity", word), Severity(value.strip().lower())


def _parse_waiver(text: str) -> Waiver:
    found = WAIVER.fullmatch(text.strip())
    if found is None:
        hint = "--ignore-at 'SM308 https://cdn.example.com/*: agreed with marketing'"
        why = "it must be RULE PATTERN: REASON"
        raise UsageError("not a waiver of a rule", where=f"--ignore-at {text}", why=why, hint=hint)
    return Waiver(_parse_rule("--ignore-at", found["rule"]), found["pattern"], found["reason"])
