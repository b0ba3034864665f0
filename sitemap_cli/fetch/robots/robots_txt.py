"""The rules of a robots.txt: which crawler may request what, and where the sitemaps are.

https://www.rfc-editor.org/rfc/rfc9309
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from urllib.parse import urlsplit

from sitemap_cli.fetch.robots import robots_lines
from sitemap_cli.fetch.robots.agent_names import find_obeyed_name, parse_agent_line
from sitemap_cli.fetch.robots.robots_lines import (
    AGENT,
    DELAY,
    SIGNAL,
    SITEMAP,
    USAGE,
    Line,
    ProblemLog,
    quote_text,
)
from sitemap_cli.fetch.robots.rule_matcher import ROBOTS_PATH, NumberedRule, RuleMatcher
from sitemap_cli.fetch.robots.sitemap_lines import SitemapCollector, SitemapLine
from sitemap_cli.model.values import Problem

MAX_ROBOTS = robots_lines.MAX_ROBOTS
# There are no rules: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.3
MISSING = frozenset({404, 410})
TOO_MANY_REQUESTS = 429
# Most agents whose rules are cached; a crawl uses one.
MAX_AGENTS = 8
MAX_WILDCARDS = 5_000
"""Most rules with ``*`` that are obeyed: each one searches the whole URL, unlike plain rules."""
SIGNAL_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
MAX_SIGNALS = 1_000
"""Most Content-Signal lines that are kept."""
SECONDS = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)


def lists_sitemaps(beginning: bytes, _content_type: str | None = None) -> bool:
    """Return whether the beginning of a body is that of a robots.txt with sitemaps, rather than a page."""
    text = beginning.decode("utf-8", "replace")
    return not robots_lines.is_markup(text.lstrip("\ufeff")) and bool(RobotsTxt(beginning).sitemaps)


@dataclass(slots=True)
class Group:
    """The rules for some agents, in the order and spelling of the file; ``rule_lines`` are their lines."""

    agents: list[str]
    rules: list[str]
    crawl_delay: float | None
    line: int
    rule_lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ContentSignal:
    """A line that says for what content may be used after it was fetched.

    It is a ``Content-Signal`` (contentsignals.org), or a ``Content-Usage`` of the IETF
    (https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/), as ``field`` says.
    ``agents`` are those of its group; empty if the line stands before all groups, for everyone.
    ``signals`` has the values, usually yes or no, by ``search``, ``ai-input``, ``ai-train`` and others; those
    of a Content-Usage usually y or n, by ``train-ai``, ``search`` and others. ``path`` is the beginning of
    the paths that a Content-Usage is about, None for all: drafts of the IETF differ in whether it is needed.
    """

    agents: tuple[str, ...]
    signals: Mapping[str, str]
    line: int
    field: str = SIGNAL
    path: str | None = None


class RobotsTxt:
    """A robots.txt, parsed leniently: binary files are ignored, and HTML pages almost entirely.

    Args:
        data: the file; content beyond 500 KiB is ignored, with the line that the limit cuts.
        base_url: the URL of the file, to make relative URLs of sitemaps absolute.
        is_at_root: whether the file was requested at the root of its host, where crawlers look for it.
        status: the status that it came with. With 404 or 410 there are no rules for crawlers, but the
            sitemaps may exist.
    """

    def __init__(
        self, data: bytes, base_url: str | None = None, *, is_at_root: bool = True, status: int | None = None
    ) -> None:
        self.groups: list[Group] = []
        self.content_signals: list[ContentSignal] = []
        """What the owner says of the use of the content, in the order of the file."""
        self._log = ProblemLog()
        self._is_agent_open = False
        self._wildcards = 0
        self._groups_by_name: dict[str, list[Group]] = {}
        self._matchers: dict[str, RuleMatcher] = {}
        if not is_at_root:
            message = "crawlers do not read this file: they look for robots.txt at the root of the host only"
            self._log.add("robots-not-at-root", message)
        text = robots_lines.decode_robots(data, self._log)
        self._is_markup = robots_lines.is_markup(text or "")
        self._sitemaps = SitemapCollector(base_url, self._log, only_absolute=self._is_markup)
        self.is_readable = text is not None and self._parse_text(text)
        """Whether this is a robots.txt, rather than a page or binary data without a valid line."""
        if text is None:
            self._log.add("robots-binary", "binary data instead of robots.txt")
        if status in MISSING:
            self.groups.clear()
            self.content_signals.clear()
            self._groups_by_name.clear()
            self._log.add("robots-missing", f"crawlers do not read this file: it comes with status {status}")

    @property
    def sitemaps(self) -> list[SitemapLine]:
        """The listed sitemaps, without duplicates."""
        return self._sitemaps.sitemaps

    @property
    def unusable_sitemaps(self) -> list[SitemapLine]:
        """The listed sitemaps that crawlers cannot request, as only http and https are supported."""
        return self._sitemaps.unusable

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the file."""
        return self._log.problems

    def is_allowed(self, url: str, agent: str) -> bool:
        """Return whether the agent may request the URL.

        Raises:
            ValueError: the URL is invalid.
        """
        return self._get_matcher(agent).is_allowed(url)

    def find_deciding_rule(self, url: str, agent: str) -> str | None:
        """Return the longest rule that matches, as ``Disallow: /x``, or None if no rule matches."""
        found = self.find_numbered_rule(url, agent)
        return found.text if found else None

    def find_numbered_rule(self, url: str, agent: str) -> NumberedRule | None:
        """Return the longest rule that matches, with its line, or None if no rule matches."""
        return self._get_matcher(agent).find_deciding_rule(url)

    def build_matcher(self, agent: str) -> "RuleMatcher":
        """Return a matcher of the rules for an agent, to try them on many URLs."""
        return RuleMatcher(self.list_numbered_rules(agent))

    def _get_matcher(self, agent: str) -> "RuleMatcher":
        if agent not in self._matchers:
            if len(self._matchers) >= MAX_AGENTS:
                self._matchers.clear()
            self._matchers[agent] = self.build_matcher(agent)
        return self._matchers[agent]

    def find_obeyed_name(self, agent: str) -> str:
        """Return the name whose groups the agent obeys: its own, one that its owner documents, or ``*``."""
        return find_obeyed_name(agent, self._groups_by_name)

    def find_crawl_delay(self, agent: str) -> float | None:
        """Return the seconds between two requests that the file requests from the agent."""
        delays = [group.crawl_delay for group in self._list_groups(agent)]
        return next((delay for delay in reversed(delays) if delay is not None), None)

    def _parse_text(self, text: str) -> bool:
        if self._is_markup:
            message = "robots.txt is an HTML page, so crawlers find no rules and no Sitemap: line in it"
            self._log.add("robots-html", message)
        for line in robots_lines.parse_lines(text, self._log):
            self._add_line(line)
        return bool(self.groups or self.sitemaps) or not self._is_markup

    def _add_line(self, line: Line) -> None:
        if line.name == SITEMAP:
            self._sitemaps.add_line(line)
        elif line.name == AGENT:
            self._add_agent(line)
        elif line.name in (SIGNAL, USAGE):
            self._add_content_signal(line)
        elif self.groups:
            self._set_delay(line) if line.name == DELAY else self._add_rule(line)
        elif not self._is_markup:
            message = f"{line.name} before any User-agent is ignored"
            self._log.add("robots-rule-without-agent", message, line.number)

    def _add_agent(self, line: Line) -> None:
        """Add an agent; consecutive agents share a group."""
        if self._is_agent_open:
            self.groups[-1].agents.append(line.value)
        else:
            self._start_group(line)
        named = parse_agent_line(line.value)
        if named.meant != line.value.lower():
            meaning = f"read as {quote_text(named.meant)}" if named.meant else "ignored"
            message = f"not a crawler name, {meaning}: {quote_text(line.value)}"
            self._log.add("robots-agent", message, line.number)
        for name in named.names:
            groups = self._groups_by_name.setdefault(name, [])
            if not groups or groups[-1] is not self.groups[-1]:
                groups.append(self.groups[-1])

    def _start_group(self, line: Line) -> None:
        if self.groups and not self.groups[-1].rules:
            message = "a group without rules: by RFC 9309, the rules of the next group apply as well"
            self._log.add_once("robots-group", message, line.number)
        self.groups.append(Group([line.value], [], None, line.number))
        self._is_agent_open = True

    def _set_delay(self, line: Line) -> None:
        self._is_agent_open = False
        delay = float(line.value) if SECONDS.fullmatch(line.value) else None
        if delay is not None and isfinite(delay):
            self.groups[-1].crawl_delay = delay
        else:
            message = f"not a number of seconds: {quote_text(line.value)}"
            self._log.add("robots-crawl-delay", message, line.number)

    def _add_rule(self, line: Line) -> None:
        self._is_agent_open = False
        if line.value and line.value[0] not in "/*":
            message = f"matches nothing, as the path begins with neither / nor *: {quote_text(line.value)}"
            self._log.add("robots-path", message, line.number)
        self._wildcards += "*" in line.value
        if self._wildcards > MAX_WILDCARDS:
            message = f"more than {MAX_WILDCARDS:,} rules with *; the others are ignored"
            self._log.add_once("robots-too-many-rules", message, line.number)
        self.groups[-1].rules.append(f"{line.name}: {line.value}".rstrip())
        self.groups[-1].rule_lines.append(line.number)

    def _add_content_signal(self, line: Line) -> None:
        """Add a line that is about the group before it, or about everyone if there is no group yet."""
        self._is_agent_open = False
        if self._is_markup:
            return
        path, signals = _read_signals(line)
        if not all(map(SIGNAL_NAME.fullmatch, signals)) or not all(signals.values()):
            given = quote_text(line.value)
            if line.name == SIGNAL:
                message = f"not written as search=yes, ai-train=no: {given}"
                self._log.add("robots-content-signal", message, line.number)
            else:
                self._log.add("robots-content-usage", f"not written as / train-ai=n: {given}", line.number)
        elif len(self.content_signals) < MAX_SIGNALS:
            agents = tuple(self.groups[-1].agents) if self.groups else ()
            self.content_signals.append(ContentSignal(agents, signals, line.number, line.name, path))

    def list_rules(self, agent: str) -> list[str]:
        """Return the rules for an agent, each as ``Disallow: /x``, in the order of the file."""
        return [rule.text for rule in self.list_numbered_rules(agent)]

    def list_numbered_rules(self, agent: str) -> list[NumberedRule]:
        """Return the rules for an agent with their lines, in the order of the file."""
        groups = self._list_groups(agent)
        rules = [
            NumberedRule(text, line)
            for group in groups
            for text, line in zip(group.rules, group.rule_lines, strict=True)
        ]
        wildcards = [at for at, rule in enumerate(rules) if "*" in rule.text]
        ignored = set(wildcards[MAX_WILDCARDS:])
        return [rule for at, rule in enumerate(rules) if at not in ignored] if ignored else rules

    def list_group_lines(self, agent: str) -> list[int]:
        """Return the first lines of the groups for an agent."""
        return [group.line for group in self._list_groups(agent)]

    def _list_groups(self, agent: str) -> list[Group]:
        return self._groups_by_name.get(self.find_obeyed_name(agent), [])


def is_server_error(status: int) -> bool:
    """Return whether crawlers take the status of a robots.txt for a failure, not for a file that is missing.

    https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#http-status-codes
    """
    return status >= 500 or status == TOO_MANY_REQUESTS


def is_root_robots(url: str) -> bool:
    """Return whether crawlers look for a robots.txt at this URL (RFC 9309, 2.3)."""
    return urlsplit(url).path == ROBOTS_PATH


def _read_signals(line: Line) -> tuple[str | None, Mapping[str, str]]:
    """Return the path of a line, if it has one, and its signals; parameters of a value are dropped."""
    path, value = None, line.value
    if line.name == USAGE and value.startswith("/"):
        path, _, value = value.replace("\t", " ").partition(" ")
    parts = [part.partition(";")[0].strip().partition("=") for part in value.split(",")]
    return path, {name.strip().lower(): text.strip().lower() for name, _, text in parts}
