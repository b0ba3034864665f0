"""The rules of a host for the paths of a site: redirects, rewrites, and headers that forbid indexing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

from sitemap_cli.crawl.build.path_patterns import PathPattern, fill_target

REWRITE = 200
GONE = (404, 410)
REDIRECTS = range(300, 400)
MAX_DYNAMIC = 2_000
"""Rules with wildcards that are judged: each of them is tried on every URL."""


class RulePlace(NamedTuple):
    """The file of a rule, as reports name it, and its line."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class HostRule:
    """A redirect (3xx), a rewrite (200) or an answer that there is nothing (404, 410).

    Attributes:
        pattern: the paths that it is about.
        target: where it leads, with placeholders.
        status: the status of the response.
        place: where it is written.
        wins: whether it applies although there is a file; None if that depends on the host.
        ignores_slash: whether a slash at the end of the path makes no difference.
        query: the parameters that a URL must have.
        by: what it is called in messages.
    """

    pattern: PathPattern
    target: str
    status: int
    place: RulePlace
    wins: bool | None = True
    ignores_slash: bool = False
    query: tuple[str, ...] = ()
    by: str = ""

    def apply(self, url: str, path: str) -> str | None:
        """Return the absolute URL that the rule leads to, or None if it is not about this one."""
        values = self.pattern.match(path)
        other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
        if values is None and self.ignores_slash and path != "/":
            values = self.pattern.match(other)
        parameters = parse_qs(urlsplit(url).query, keep_blank_values=True) if self.query else {}
        if values is None or any(each not in parameters for each in self.query):
            return None
        try:
            target = urljoin(url, fill_target(self.target, values))
            plain = urlsplit(target)._replace(fragment="").geturl()
        except ValueError:  # such as http://[
            return None
        # A rule that only adds or drops the slash is not followed where slashes make no difference.
        is_same = plain.rstrip("/") == url.rstrip("/")
        return None if is_same and (self.ignores_slash or target == url) else target


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """A rule that sends ``X-Robots-Tag`` with this value for some paths."""

    pattern: PathPattern
    value: str
    place: RulePlace


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting that is on or off, and where it is written."""

    value: bool
    place: RulePlace


@dataclass(slots=True)
class HostRules:
    """The rules of all configuration files, in the order in which hosts try them.

    ``host`` is the host that the files or the base URL show. ``clean_urls`` and ``trailing_slash`` are
    settings of it, if they are given. ``worker`` is a file that may answer any request. ``notes`` say what
    could not be judged.
    """

    rules: list[HostRule] = field(default_factory=list)
    headers: list[HeaderRule] = field(default_factory=list)
    host: str | None = None
    clean_urls: Switch | None = None
    trailing_slash: Switch | None = None
    worker: str | None = None
    notes: list[str] = field(default_factory=list)
    _static: dict[str, list[int]] = field(default_factory=dict)
    _dynamic: list[int] = field(default_factory=list)

    def index(self) -> None:
        """Prepare the search: after this, no rule is added."""
        left_out: HostRule | None = None
        for number, rule in enumerate(self.rules):
            if rule.pattern.static is None and len(self._dynamic) < MAX_DYNAMIC:
                self._dynamic.append(number)
            elif rule.pattern.static is None:
                left_out = rule
            else:
                self._static.setdefault(rule.pattern.static.rstrip("/"), []).append(number)
        if left_out is not None:
            file = left_out.place.file
            self.notes.append(f"{file}: only the first {MAX_DYNAMIC:,} rules with wildcards are judged")

    def find(self, url: str, path: str, accepts: Callable[[HostRule], bool]) -> tuple[HostRule, str] | None:
        """Return the first acceptable rule for a URL, and the URL that it leads to."""
        for rule in self._select(path):
            if accepts(rule) and (target := rule.apply(url, path)) is not None:
                return rule, target
        return None

    def find_headers(self, path: str) -> Sequence[HeaderRule]:
        """Return the rules that send ``X-Robots-Tag`` for a path."""
        return [each for each in self.headers if each.pattern.match(path) is not None]

    def add_rules(self, rules: Iterable[HostRule | None]) -> None:
        """Add rules behind the others; None is one that cannot be judged."""
        self.rules += [each for each in rules if each is not None]

    def _select(self, path: str) -> Iterator[HostRule]:
        """Yield the rules that may be about a path, in their order."""
        numbers = self._static.get(path.rstrip("/"), ())
        for number in sorted((*numbers, *self._dynamic)) if numbers else self._dynamic:
            yield self.rules[number]
