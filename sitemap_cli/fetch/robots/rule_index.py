"""An index over the rules of a robots.txt: a few that may match a URL, out of thousands.

A rule contains text that a URL must contain as well. Three characters of it lead from the URL to the rule, so
that the others need not be tried one after the other.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

GRAM = 3
# Characters with one spelling in a URL; escapes are skipped.
_PLAIN = re.compile(r"(?:%[0-9A-Fa-f]{2})|[A-Za-z0-9/_.?=&-]+")


class RuleIndex:
    """The rules of one crawler, such as ``Disallow: /x``, by characters that they share with URLs."""

    def __init__(self, rules: Sequence[str]) -> None:
        self._always: list[int] = []
        self._by_gram = defaultdict[str, list[int]](list)
        grams = [_list_grams(rule.partition(": ")[2]) for rule in rules]
        counts = Counter(gram for each in grams for gram in each)
        for at, each in enumerate(grams):
            if each:
                self._by_gram[min(each, key=lambda gram: (counts[gram], gram))].append(at)
            else:
                self._always.append(at)

    def find_candidates(self, url: str) -> tuple[int, ...]:
        """Return the positions of at least the rules that match a URL, in order.

        Raises:
            ValueError: the URL is invalid.
        """
        parts = urlsplit(url)
        found = set(self._always)
        for path in {text := f"{parts.path}?{parts.query}", unquote(text)}:
            for gram in {path[at : at + GRAM] for at in range(len(path) - GRAM + 1)}:
                if gram in self._by_gram:
                    found.update(self._by_gram[gram])
        return tuple(sorted(found))


def _list_grams(path: str) -> set[str]:
    """Return all pieces of three characters in a path that have one spelling."""
    pieces: Iterable[str] = (each for each in _PLAIN.findall(path) if not each.startswith("%"))
    return {each[at : at + GRAM] for each in pieces for at in range(len(each) - GRAM + 1)}
