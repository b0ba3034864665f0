"""Selects the rules to run, their severities, and the places where one is waived."""

import difflib
import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.rule import Rule
from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Engine, Severity
from sitemap_cli.urls import path_and_query

WAIVER = re.compile(r"(?P<rule>\S+)\s+(?P<pattern>\S+?):\s+(?P<reason>\S.*)")


@dataclass(frozen=True, slots=True)
class Waiver:
    """Permission to break some rules at URLs that match a pattern, with the reason.

    ``rule`` is an id, the beginning of ids, or a name.
    """

    rule: str
    pattern: str
    reason: str

    def covers(self, rule: Rule, url: str | None) -> bool:
        """Return whether a rule is waived at a URL. A pattern without a host is matched against the path."""
        if url is None or not matches_rule(self.rule, rule):
            return False
        subject = url if "://" in self.pattern else path_and_query(url)
        return fnmatch.fnmatchcase(subject, self.pattern)


@dataclass(frozen=True)
class RuleSelection:
    """The user's selection of rules.

    ``select``, ``ignore`` and the keys of ``severities`` are ids, beginnings of ids, or names. The longest
    one that matches a rule decides, so ``--select SM3 --ignore SM306`` and the reverse both work.
    ``flags`` are the given flags that turn on rules which do not run by default, such as ``--xsd``.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    engine: Engine | None = None
    flags: tuple[str, ...] = ()

    def select_rules(self) -> tuple[Rule, ...]:
        """Return the rules that run, sorted by id."""
        return self._rules

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        # A batch has thousands of sites.
        return tuple(rule for rule in discover_rules() if self._is_selected(rule))

    def resolve_severity(self, rule: Rule, found: Severity | None = None) -> Severity:
        """Return the severity of a hit: the user's, else that of the hit, else the default of the rule."""
        word = _find_longest_match(self.severities, rule)
        return self.severities[word] if word else found or rule.get_severity(self.engine)

    def is_waived(self, rule: Rule, *urls: str | None) -> bool:
        """Return whether a rule is waived at one of these URLs."""
        return any(each.covers(rule, url) for each in self.waivers for url in urls)

    def _is_selected(self, rule: Rule) -> bool:
        selected, ignored = _find_longest_match(self.select, rule), _find_longest_match(self.ignore, rule)
        if ignored is not None and (selected is None or len(ignored) >= len(selected)):
            return False
        if selected in (rule.id, rule.name) or rule.opt_in_flag in self.flags:
            return True
        if rule.opt_in or rule.opt_in_flag or (rule.engine_only and self.engine not in rule.engines):
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
    """Parse the options of the command line.

    Args:
        select: ids, beginnings of ids, or names of the only rules to run.
        ignore: the same for rules that do not run.
        severity: ``RULE=error``, ``RULE=warning`` or ``RULE=info``.
        ignore_at: ``RULE PATTERN: REASON``, with a shell pattern.
        engine: the search engine whose requirements count.
        flags: flags that turn on rules which do not run by default; ``ignore`` still leaves them out.

    Raises:
        UsageError: an option names no rule, or has the wrong form.
    """
    return RuleSelection(
        tuple(_parse_rule("--select", each) for each in select),
        tuple(_parse_rule("--ignore", each) for each in ignore),
        dict(map(_parse_severity, severity)),
        tuple(map(_parse_waiver, ignore_at)),
        engine,
        tuple(flags),
    )


def matches_rule(word: str, rule: Rule) -> bool:
    """Return whether a word is the name of a rule, its id, or the beginning of its id."""
    return word == rule.name or rule.id.startswith(word)


def _find_longest_match(words: Iterable[str], rule: Rule) -> str | None:
    return max((each for each in words if matches_rule(each, rule)), key=len, default=None)


def _parse_rule(option: str, text: str) -> str:
    """Return the word for a rule in its usual case.

    Raises:
        UsageError: there is no such rule.
    """
    text = text.strip()
    word = text.upper() if re.fullmatch(r"sm\d*", text, re.IGNORECASE) else text.lower()
    if word and any(matches_rule(word, rule) for rule in discover_rules()):
        return word
    hint = suggest_rule(text) or "sitemap rules list shows all rules"
    raise UsageError("no such rule", where=f"{option} {text}", hint=hint)


def suggest_rule(word: str) -> str | None:
    """Return a hint with the rule that a wrong word may mean: by its number, or by a similar name."""
    names = {each.name: each.id for each in discover_rules()}
    if word.isdecimal() and f"SM{word}" in names.values():
        return f"did you mean SM{word}?"
    ids, spelled = sorted(names.values()), re.sub(r"[\s_-]", "", word).upper()
    alike = [each for each in ids if spelled.startswith("SM") and each.startswith(spelled)][:3]
    if alike := alike or difflib.get_close_matches(spelled, ids, 3, 0.85):
        return f"did you mean {' or '.join(sorted(alike))}?"
    close = difflib.get_close_matches(word.lower(), list(names), 1, 0.7)
    return f"did you mean {close[0]} ({names[close[0]]})?" if close else None


def _parse_severity(text: str) -> tuple[str, Severity]:
    word, equals, value = text.partition("=")
    if not equals or value.strip().lower() not in tuple(Severity):
        hint = "use --severity SM335=error, warning or info"
        raise UsageError("not a severity of a rule", where=f"--severity {text}", hint=hint)
    return _parse_rule("--severity", word), Severity(value.strip().lower())


def _parse_waiver(text: str) -> Waiver:
    found = WAIVER.fullmatch(text.strip())
    if found is None:
        hint = "--ignore-at 'SM308 https://cdn.example.com/*: agreed with marketing'"
        why = "expected RULE PATTERN: REASON"
        raise UsageError("invalid exception", where=f"--ignore-at {text}", why=why, hint=hint)
    return Waiver(_parse_rule("--ignore-at", found["rule"]), found["pattern"], found["reason"])
