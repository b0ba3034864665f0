"""What a robots.txt says: who may ask for what, and where the sitemaps are.

The matching is Protego's; it keeps no line numbers and does not say which rule decided, so those come
from a scan of our own, which asks Protego about single rules. https://www.rfc-editor.org/rfc/rfc9309
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf
from urllib.parse import urljoin

from protego import Protego

from sitemap_cli.model import Problem, Severity

MAX_ROBOTS = 500 * 1024
MAX_SITEMAPS = 1_000
BOM = b"\xef\xbb\xbf"
ABSOLUTE = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
LINE_END = re.compile(r"\r\n|\r|\n")
# What str.splitlines, and so Protego, would take for an end of line besides.
OTHER_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
NOT_UTF8 = re.compile("[\udc80-\udcff]")
AGENT = ("user-agent", "useragent", "user agent")
ALLOW = ("allow",)
DISALLOW = ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")
SITEMAP = ("sitemap", "sitemaps", "site-map")
DELAY = ("crawl-delay", "crawl delay")
NAMES = {
    **dict.fromkeys(AGENT, "User-agent"),
    **dict.fromkeys(ALLOW, "Allow"),
    **dict.fromkeys(DISALLOW, "Disallow"),
    **dict.fromkeys(SITEMAP, "Sitemap"),
    **dict.fromkeys(DELAY, "Crawl-delay"),
}
FIELD = re.compile(rf"({'|'.join(sorted(NAMES, key=len, reverse=True))})(?:\s*:|\s|$)(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SitemapLine:
    """A ``Sitemap:`` line; ``loc`` is ``written`` made absolute."""

    loc: str
    written: str
    line: int


@dataclass(slots=True)
class Group:
    """The rules for some agents, in the order and spelling of the file."""

    agents: list[str]
    rules: list[str]
    crawl_delay: float | None
    line: int


class Robots:
    """A robots.txt, read as far as it is one; HTML, binary and empty files have no rules.

    Reading the longest one takes some 50 ms, and the first question about it as long again.

    Args:
        data: the file; what is beyond 500 KiB is left out, with the line it cuts in two.
        base_url: where it was found, to make relative addresses of sitemaps absolute.
    """

    def __init__(self, data: bytes, base_url: str | None = None) -> None:
        self.sitemaps: list[SitemapLine] = []
        self.groups: list[Group] = []
        self.problems: list[Problem] = []
        self._base_url = base_url
        self._text = self._decoded(self._cut(data))
        for line, name, value in _fields(self._text):
            self._read(line, name, value)

    def allowed(self, url: str, agent: str) -> bool:
        """Whether the agent may ask for the URL."""
        return self._protego.can_fetch(url, agent)

    def rule(self, url: str, agent: str) -> str | None:
        """The rule that decided, as ``Disallow: /x``: the longest that matches; none when none does."""
        wanted = "Allow" if self.allowed(url, agent) else "Disallow"
        rules = [rule for group in self._groups_of(agent) for rule in group.rules]
        fitting = (each for each in rules if each.startswith(wanted) and _matches(each, url))
        return max(fitting, key=len, default=None)

    def crawl_delay(self, agent: str) -> float | None:
        """The seconds that the agent is asked to leave between two requests."""
        return self._protego.crawl_delay(agent)

    @cached_property
    def _protego(self) -> Protego:
        return Protego.parse(self._text)

    def _cut(self, data: bytes) -> bytes:
        if len(data) <= MAX_ROBOTS:
            return data
        self._note(
            "robots-too-large", Severity.WARNING, f"more than {MAX_ROBOTS:,} bytes; the rest is ignored"
        )
        start = data[:MAX_ROBOTS]
        return start[: max(start.rfind(b"\n"), start.rfind(b"\r")) + 1]

    def _decoded(self, data: bytes) -> str:
        """The text, with bytes that are not UTF-8 percent-encoded; nothing when it is no text."""
        if data.startswith(BOM):
            self._note("robots-bom", Severity.INFO, "begins with a byte order mark")
            data = data.removeprefix(BOM)
        if data.lstrip().startswith(b"<"):
            self._note("robots-html", Severity.ERROR, "HTML or XML instead of robots.txt")
            return ""
        if b"\0" in data:
            self._note("robots-binary", Severity.ERROR, "binary data instead of robots.txt")
            return ""
        text = OTHER_ENDS.sub(" ", data.decode("utf-8", "surrogateescape"))
        if NOT_UTF8.search(text):
            self._note("robots-not-utf8", Severity.WARNING, "some bytes are not UTF-8")
        return NOT_UTF8.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", text)

    def _read(self, line: int, name: str, value: str) -> None:
        if name == "Sitemap":
            self._sitemap(line, value)
        elif name == "User-agent":
            self._agent(line, value)
        elif not self.groups:
            self._note("robots-rule-without-agent", Severity.WARNING, f"{name} before any User-agent", line)
        elif name == "Crawl-delay":
            self.groups[-1].crawl_delay = _seconds(value)
        else:
            self.groups[-1].rules.append(f"{name}: {value}".rstrip())

    def _agent(self, line: int, value: str) -> None:
        """Several agents in a row share a group."""
        last = self.groups[-1] if self.groups else None
        if last is None or last.rules or last.crawl_delay is not None:
            self.groups.append(Group([value], [], None, line))
        else:
            last.agents.append(value)

    def _sitemap(self, line: int, value: str) -> None:
        if len(self.sitemaps) >= MAX_SITEMAPS:
            if not any(problem.code == "robots-too-many-sitemaps" for problem in self.problems):
                message = f"more than {MAX_SITEMAPS:,} sitemaps; the rest is ignored"
                self._note("robots-too-many-sitemaps", Severity.WARNING, message, line)
        elif not value:
            self._note("robots-sitemap-empty", Severity.WARNING, "Sitemap without an address", line)
        else:
            self.sitemaps.append(SitemapLine(self._absolute(line, value), value, line))

    def _absolute(self, line: int, value: str) -> str:
        if ABSOLUTE.match(value):
            return value
        self._note(
            "robots-sitemap-relative", Severity.WARNING, "the address of a sitemap is not absolute", line
        )
        try:
            return urljoin(self._base_url or "", value)
        except ValueError:
            return value

    def _groups_of(self, agent: str) -> list[Group]:
        """The groups that count for an agent: those of the longest name that fits it."""
        names = {name for group in self.groups for name in group.agents if _fits(name, agent)}
        best = max(names, key=len, default=None)
        return [group for group in self.groups if best in group.agents]

    def _note(self, code: str, severity: Severity, message: str, line: int | None = None) -> None:
        self.problems.append(Problem(code, severity, message, line=line))


def _fields(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, name and value of every line that we know, misspelled as Protego knows it."""
    for number, line in enumerate(LINE_END.split(text), start=1):
        if found := FIELD.fullmatch(line.partition("#")[0].strip()):
            yield number, NAMES[found[1].lower()], found[2].strip()


def _fits(name: str, agent: str) -> bool:
    return bool(name) and not Protego.parse(f"User-agent: {name}\nDisallow: /").can_fetch("/x", agent)


def _matches(rule: str, url: str) -> bool:
    pattern = rule.partition(":")[2]
    return not Protego.parse(f"User-agent: *\nDisallow:{pattern}").can_fetch(url, "x")


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < inf else None
