"""Pages that robots.txt disallows."""

import re
from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import Batch, Column
from sitemap_cli.audit.gathered_facts import Permission
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

# The escape of a character that needs no escape: robots.txt rules match the character itself.
ESCAPE = re.compile(r"%(4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2D|2E|5F|7E)", re.IGNORECASE)
EXPLAINED = 20
"""The number of URLs per batch with the deciding rule: looking it up is a thousand times slower."""


@rule("SM706", Severity.ERROR, Scope.URL, needs=("permissions",), needs_complete=True)
def page_disallowed(batch: Batch) -> Hits:
    """A sitemap lists a URL that robots.txt disallows for search engines.

    Checks: The robots.txt of the URL's own host disallows it for Googlebot or bingbot, or only for the
        crawler of the search engine given with ``--engine``, by the rules of RFC 9309 (the longest match
        applies).
    Why: Search engines cannot fetch a page that they should index. At best, they index the bare URL.
    Fix: Allow the URL in robots.txt, or remove it from the sitemap.
    Bad: ``Disallow: /shop/`` and ``<loc>https://example.com/shop/lamp</loc>``
    Good: ``Disallow: /cart/`` and ``<loc>https://example.com/shop/lamp</loc>``
    Source: https://support.google.com/webmasters/answer/7440203 https://www.rfc-editor.org/rfc/rfc9309
    """
    return _report_disallowed(batch, ai=False)


@rule("SM712", Severity.INFO, Scope.URL, needs=("permissions",), needs_complete=True)
def page_disallowed_to_ai(batch: Batch) -> Hits:
    """A sitemap lists a URL that robots.txt disallows for AI crawlers.

    Checks: The robots.txt of the URL's own host disallows it for GPTBot, OAI-SearchBot, ChatGPT-User,
        ClaudeBot, Claude-SearchBot, Claude-User, PerplexityBot, Google-Extended, Applebot-Extended, CCBot,
        meta-externalagent or Amazonbot.
    Why: Many sites intend this, but AI services cannot cite pages that their crawlers must not fetch.
    Fix: Do nothing if this is intended. Otherwise, add a group for these crawlers that allows the URL.
    Bad: ``User-agent: GPTBot`` with ``Disallow: /``
    Good: ``User-agent: GPTBot`` with ``Allow: /``
    Source: https://platform.openai.com/docs/bots https://www.rfc-editor.org/rfc/rfc9309
    """
    return _report_disallowed(batch, ai=True)


def _report_disallowed(batch: Batch, *, ai: bool) -> Iterator[Hit]:
    for permission in batch.site.permissions:
        if permission.is_ai is ai:
            yield from _report_permission(batch, permission)


def _report_permission(batch: Batch, permission: Permission) -> Iterator[Hit]:
    """Yield a hit for each URL that one robots.txt disallows, the first few with the rule."""
    names = ", ".join(permission.agents)
    for number, index in enumerate(_search_disallowed(batch, permission)):
        loc = batch.locs.values[index]
        why = permission.find_rule(loc) if number < EXPLAINED else None
        reason = f" ({format_value(why)})" if why else ""
        message = f"robots.txt disallows {format_value(loc)} for {names}{reason}"
        yield Hit(message, loc=loc, index=index, value=why)


def _search_disallowed(batch: Batch, permission: Permission) -> Iterator[int]:
    locs = batch.canonical_locs
    column = Column(ESCAPE.sub(_unescape, locs.text)) if "%" in locs.text else locs
    suspects = {
        index
        for part, pattern in permission.screens
        if part in column.text
        for index in column.search(pattern)
    }
    for index in sorted(suspects):
        if permission.screens_are_exact or not permission.is_allowed(locs.values[index]):
            yield index


def _unescape(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))
