"""Pages that robots.txt disallows."""

import re
from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import Batch, Column
from sitemap_cli.audit.gathered_facts import Permission
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

# An escape of a character that need not be escaped; robots.txt means the character.
ESCAPE = re.compile(r"%(4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2D|2E|5F|7E)", re.IGNORECASE)
EXPLAINED = 20
"""Places of a batch for which the deciding rule is looked up, which takes a thousand times longer."""


@rule("SM706", Severity.ERROR, Scope.URL, needs=("permissions",), needs_complete=True)
def page_disallowed(batch: Batch) -> Hits:
    """A sitemap lists an address that robots.txt keeps search engines from.

    Checks: The robots.txt of the address's own host disallows it to Googlebot or bingbot, or to the
        crawler of the one search engine that ``--engine`` names, by the rules of RFC 9309 (the longest
        match decides).
    Why: A search engine is told to index what it is told not to fetch; at best it indexes a bare address.
    Fix: Allow the address in robots.txt, or take it out of the sitemap.
    Bad: ``Disallow: /shop/`` and ``<loc>https://example.com/shop/lamp</loc>``
    Good: ``Disallow: /cart/`` and ``<loc>https://example.com/shop/lamp</loc>``
    Source: https://support.google.com/webmasters/answer/7440203 https://www.rfc-editor.org/rfc/rfc9309
    """
    return _report_disallowed(batch, ai=False)


@rule("SM712", Severity.INFO, Scope.URL, needs=("permissions",), needs_complete=True)
def page_disallowed_to_ai(batch: Batch) -> Hits:
    """A sitemap lists an address that robots.txt keeps the crawlers of AI services from.

    Checks: The robots.txt of the address's own host disallows it to GPTBot, OAI-SearchBot, ChatGPT-User,
        ClaudeBot, Claude-SearchBot, Claude-User, PerplexityBot, Google-Extended, Applebot-Extended, CCBot,
        meta-externalagent or Amazonbot.
    Why: Many sites want just that; who wants to be cited in answers does not.
    Fix: Nothing if it is meant so. Else give these crawlers a group of their own that allows the address.
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
    """What one robots.txt keeps some crawlers from; its reasons for the first few."""
    names = ", ".join(permission.agents)
    for number, index in enumerate(_search_disallowed(batch, permission)):
        loc = batch.locs.values[index]
        why = permission.find_rule(loc) if number < EXPLAINED else None
        told = f" ({format_value(why)})" if why else ""
        yield Hit(f"robots.txt keeps {names} from {format_value(loc)}{told}", loc=loc, index=index)


def _search_disallowed(batch: Batch, permission: Permission) -> Iterator[int]:
    locs = batch.locs
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
