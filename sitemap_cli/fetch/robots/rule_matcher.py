"""The rules for one crawler, and which of them decides about a URL.

Protego decides whether a rule matches a URL. It gets the rules of one agent at a time: a file with ten
thousand agents and ten thousand rules would otherwise become a hundred million rules. Of two rules, the
longer one wins (https://www.rfc-editor.org/rfc/rfc9309#section-2.2.2). Crawlers count a question mark and the
like once; Protego counts them three times.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from protego import Protego

from sitemap_cli.fetch.robots.robots_lines import AGENT, DISALLOW
from sitemap_cli.fetch.robots.rule_index import RuleIndex

ANY_RULE = f"{AGENT}: *"
# With more rules, an index selects those to try.
MAX_TRIED = 50
# The largest share of them that is selected: reading rules takes longer than trying them.
MAX_SHARE = 0.2
# Most selections of rules that are kept.
MAX_SELECTED = 1_000
MAX_WEIGHED = 500
"""Most rules that are weighed against each other; of more, Protego decides which one is longer."""
ROBOTS_PATH = "/robots.txt"
DISALLOW_ALL = f"{DISALLOW}: *"
INDEX = "index.html"
# An escape that means the character itself.
ESCAPE = re.compile(rb"%(?!2F|25|2A)([0-9A-F]{2})", re.IGNORECASE)
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class NumberedRule(NamedTuple):
    """A rule as ``Disallow: /x``, and its line."""

    text: str
    line: int

    @property
    def path(self) -> str:
        """What the rule is about; empty if it is about nothing."""
        return self.text.partition(": ")[2]

    @property
    def is_disallow(self) -> bool:
        """Whether the rule disallows something."""
        return self.text.startswith(DISALLOW) and bool(self.path)


class RuleMatcher:
    """The rules for one crawler. Of many rules, only those that the index finds for a URL are tried."""

    def __init__(self, given: Iterable[NumberedRule]) -> None:
        pairs = [(meaning, rule) for rule in given for meaning in list_meanings(rule)]
        self._rules = rules = [meaning for meaning, _ in pairs]
        self._given = [rule for _, rule in pairs]
        texts = [each.text for each in rules]
        self._index = RuleIndex(texts) if len(rules) > MAX_TRIED else None
        self._protego = _parse_rules(texts)
        self._selected: dict[tuple[int, ...], Protego] = {}
        self._single: dict[str, Protego] = {}
        self._lengths = [measure_specificity(each) for each in texts]
        self._disallowing = self._allowing = self._protego
        allows = [each.text for each in rules if not each.is_disallow]
        self._must_weigh = len(rules) <= MAX_WEIGHED and _needs_weighing(texts, allows)
        if self._must_weigh:
            self._disallowing = _parse_rules(each.text for each in rules if each.is_disallow)
            self._allowing = _parse_rules((DISALLOW_ALL, *allows))

    def is_allowed(self, url: str) -> bool:
        """Return whether the crawler may request the URL."""
        if not self._must_weigh:
            return self._ask_protego(url)
        if self._disallowing.can_fetch(url, "*"):
            return True
        if not self._allowing.can_fetch(url, "*"):
            return False
        longest = self._find_longest(url)
        return longest is None or not longest.is_disallow

    def find_deciding_rule(self, url: str) -> NumberedRule | None:
        """Return the longest rule that matches a URL."""
        if urlsplit(url).path == ROBOTS_PATH:
            return None
        return self._find_longest(url, self.is_allowed(url))

    def matches(self, rule: NumberedRule, url: str) -> bool:
        """Return whether a rule matches a URL, whatever others say."""
        if rule.text not in self._single:
            if len(self._single) >= MAX_SELECTED:
                self._single.clear()
            before = () if rule.is_disallow else (DISALLOW_ALL,)
            # For Protego, a rule that ends with index.html matches the folder, which is another rule here.
            end = "*" if rule.text.endswith(INDEX) else ""
            self._single[rule.text] = _parse_rules((*before, rule.text + end))
        return self._single[rule.text].can_fetch(url, "*") is not rule.is_disallow

    def _ask_protego(self, url: str) -> bool:
        candidates = self._index.find_candidates(url) if self._index else None
        if candidates is None or len(candidates) > len(self._rules) * MAX_SHARE:
            return self._protego.can_fetch(url, "*")
        if not candidates:
            return True
        if candidates not in self._selected:
            if len(self._selected) >= MAX_SELECTED:
                self._selected.clear()
            self._selected[candidates] = _parse_rules(self._rules[at].text for at in candidates)
        return self._selected[candidates].can_fetch(url, "*")

    def _find_longest(self, url: str, allowed: bool | None = None) -> NumberedRule | None:
        """Return the longest rule that matches a URL, of those that allow it or not if that is known."""
        candidates = self._index.find_candidates(url) if self._index else range(len(self._rules))
        order = sorted(candidates, key=lambda at: (-self._lengths[at], self._rules[at].is_disallow))
        for at in order:
            rule = self._rules[at]
            if rule.path and rule.is_disallow is not allowed and self.matches(rule, url):
                return self._given[at]
        return None


def list_meanings(rule: NumberedRule) -> list[NumberedRule]:
    """Return a rule, and the rule for the folder if it allows ``index.html``, as for Google."""
    if rule.is_disallow or not rule.path.endswith(f"/{INDEX}"):
        return [rule]
    return [rule, NumberedRule(f"{rule.text.removesuffix(INDEX)}$", rule.line)]


def measure_specificity(rule: str) -> int:
    """Return how specific a rule is: the octets of its path, of which those beyond ASCII count as escaped."""
    path = rule.partition(": ")[2]
    plain = ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), path.encode())
    return len(quote(plain.decode("utf-8", "replace"), safe=PRINTABLE))


def _needs_weighing(texts: Iterable[str], allows: Iterable[str]) -> bool:
    """Return whether rules may contradict each other that Protego weighs in another way than crawlers do."""
    return any(allows) and any(map(_is_counted_differently, texts))


def _is_counted_differently(rule: str) -> bool:
    path = rule.partition(": ")[2].removesuffix("$")
    return len(quote(path, safe="/%*=")) != len(quote(path, safe=PRINTABLE))


def _parse_rules(rules: Iterable[str]) -> Protego:
    return Protego.parse("\n".join((ANY_RULE, *rules)))
