"""How long the search for a pattern may take: in how many ways it can match a path of some length."""

import re
from dataclasses import dataclass

MAX_PATH = 1_000
"""Patterns are not tried on longer paths."""
MAX_WAYS = 8_000_000
LEAST_PATH = 60
"""Patterns that could not be tried on paths of this length are not judged."""

_ESCAPED = re.compile(r"\\.", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_TOKEN = re.compile(
    r"(?P<open>\((?:\?(?:[:=!>]|<[=!]))?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<unlimited>[*+]|\{\d+,\})[?+]?|\{\d*,(?P<most>\d+)\}[?+]?|(?P<exact>\{\d+\})[?+]?|(?P<optional>\?)"
)
# What is repeated at the end has no other way to match.
_END = re.compile(r"[*+]\)*\$?\Z")


@dataclass(frozen=True, slots=True)
class Ways:
    """The number of ways to match: a factor, and a power of the length of the path."""

    factor: int = 1
    power: int = 0

    def __mul__(self, other: "Ways") -> "Ways":
        return Ways(self.factor * other.factor, self.power + other.power)

    def find_longest(self) -> int:
        """Return the length of the longest path on which the pattern may be tried; 0 if it may not be."""
        if self.factor > MAX_WAYS:
            return 0
        if not self.power:
            return MAX_PATH
        longest = min(int((MAX_WAYS / self.factor) ** (1 / self.power)), MAX_PATH)
        return longest if longest >= LEAST_PATH else 0


ANY = Ways(power=1)
"""A part that may end anywhere."""


def count_ways(pattern: str, *, is_last: bool = True) -> Ways:
    """Return in how many ways a regular expression without repeated groups can match.

    ``is_last`` says that nothing follows it.
    """
    text = _CLASS.sub("x", _ESCAPED.sub("x", pattern))
    factor, power, alternatives = 1, 0, [1]
    for found in _TOKEN.finditer(text):
        if found["open"]:
            alternatives.append(1)
        elif found["bar"]:
            alternatives[-1] += 1
        elif found["close"]:
            factor *= alternatives.pop() if len(alternatives) > 1 else 1
        elif found["unlimited"]:
            power += 1
        elif found["most"]:
            factor *= int(found["most"][:6]) + 1
        elif found["optional"]:
            factor *= 2
        factor = min(factor, MAX_WAYS + 1)
    for each in alternatives:
        factor *= each
    is_certain = is_last and _END.search(text) is not None
    return Ways(min(factor, MAX_WAYS + 1), power - is_certain)
