"""The names of crawlers in robots.txt, and which of them a crawler obeys.

A name means the crawler whose product token it is, in any case: ``Claude`` does not mean Claude-User
(https://www.rfc-editor.org/rfc/rfc9309#section-2.2.1). A token ends at the first character that it may not
have, as in Google's parser (https://github.com/google/robotstxt, ``ExtractUserAgent``).
"""

import re
from collections.abc import Container, Mapping
from typing import NamedTuple

ANY_AGENT = "*"
TOKEN = re.compile(r"[a-z_-]+")
# Some crawlers have digits and dots in their names, which the standard does not allow.
WORD = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")

FALLBACKS: Mapping[str, str] = {
    # https://developers.google.com/crawling/docs/crawlers-fetchers/google-common-crawlers
    "googlebot-image": "googlebot",
    "googlebot-news": "googlebot",
    "googlebot-video": "googlebot",
    "googleother-image": "googleother",
    "googleother-video": "googleother",
    # https://support.apple.com/119829
    "applebot": "googlebot",
}
"""The names that crawlers obey where their own is missing, before ``*``, as their owners document."""

# All robots of Yandex obey it: https://yandex.com/support/webmaster/en/robot-workings/user-agent
YANDEX = "yandex"


class AgentLine(NamedTuple):
    """What a ``User-agent`` line means, or None, and all names by which crawlers find it."""

    meant: str | None
    names: frozenset[str]


def parse_agent_line(value: str) -> AgentLine:
    """Return what the value of a ``User-agent`` line names."""
    words = value.lower().partition("/")[0].split()
    if words[:1] == [ANY_AGENT]:
        return AgentLine(ANY_AGENT, frozenset({ANY_AGENT}))
    if not words or (word := WORD.match(words[0])) is None:
        return AgentLine(None, frozenset())
    names = {word[0]}
    if token := TOKEN.match(words[0]):
        names.add(token[0])
    if len(words) > 1 and all(map(WORD.fullmatch, words)):
        names.add(" ".join(words))
    return AgentLine(word[0], frozenset(names))


def find_obeyed_name(agent: str, names: Container[str]) -> str:
    """Return the one of these names that a crawler obeys: its own, a fallback of it, or else ``*``.

    Args:
        agent: the product token of the crawler, or a User-Agent header that contains it.
        names: the names in a robots.txt.
    """
    lower = agent.lower()
    own = sorted({" ".join(lower.partition("/")[0].split()), *WORD.findall(lower)}, key=len, reverse=True)
    candidates = [*own, *(other for name in own if (other := _find_fallback(name)))]
    return next((name for name in candidates if name in names), ANY_AGENT)


def _find_fallback(name: str) -> str | None:
    return YANDEX if name.startswith(YANDEX) else FALLBACKS.get(name)
