"""Pages that contradict themselves: several signals at once say that a listed page is not to be indexed."""

from collections.abc import Iterator
from typing import NamedTuple

from sitemap_cli.audit.hit import format_value
from sitemap_cli.audit.probed_pages import PageBlock, PageFact
from sitemap_cli.audit.redirect_targets import find_kind
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import canonical_url, textual_host


class Signal(NamedTuple):
    """One signal against a page: its short name, the same as part of a sentence, and how severe it is."""

    name: str
    text: str
    severity: Severity = Severity.ERROR


class Conflict(NamedTuple):
    """The signals of a page that contradict its entry, as a sentence; ``cause`` names them briefly.

    ``fix`` is the case of the rule's section ``Fix``.
    """

    cause: str
    message: str
    severity: Severity
    fix: str | None = None


def find_conflict(page: PageFact) -> Conflict | None:
    """Return what contradicts the entry of a page, if there are several signals against it."""
    signals = list(_list_signals(page))
    if len(signals) < 2:
        return None
    cause = " + ".join(each.name for each in signals)
    severity = min((each.severity for each in signals), key=lambda each: each.rank)
    fix = "moved" if page.hops else None
    if page.block is not None and _is_noindex_hidden(page, page.block):
        fix = "hidden noindex"
    return Conflict(cause, _describe(page, signals), severity, fix)


def _list_signals(page: PageFact) -> Iterator[Signal]:
    is_moved = _is_moved(page)
    subject = "that page " if is_moved else ""
    if not (is_moved or page.is_good):
        return
    if is_moved:
        yield Signal("redirect", f"redirects to {format_value(page.final_url)}", Severity.WARNING)
    if page.is_refreshed:
        where = format_value(page.refresh or "")
        yield Signal("redirect", f"redirects by a refresh in the page to {where}", Severity.WARNING)
    if page.noindex is not None:
        place = "in the head" if page.noindex == "meta" else "in the X-Robots-Tag header"
        yield Signal("noindex", f"{subject}has noindex {place}")
    if canonical := _find_other_canonical(page):
        back = is_moved and canonical_url(canonical) == canonical_url(page.loc)
        name = "canonical back to it" if back else "canonical elsewhere"
        named = "this URL" if back else format_value(canonical)
        yield Signal(name, f"{subject}names {named} as canonical", Severity.WARNING)
    if page.block is not None:
        yield Signal("robots.txt", f"is blocked by robots.txt for {page.block.agents}: {page.block.rule}")


def _describe(page: PageFact, signals: list[Signal]) -> str:
    """Return the contradiction as a sentence; crawlers do not see what is on a page they may not fetch."""
    if page.block is None or not _is_noindex_hidden(page, page.block):
        *others, last = [each.text for each in signals]
        is_pair = len(signals) == 2 and not _is_moved(page)
        return f"listed, but {', '.join(others)}{' and' if is_pair else ', and'} {last}"
    why = f"crawlers cannot see the noindex of this page: it {signals[-1].text}"
    others = [each.text for each in signals[:-1] if each.name != "noindex"]
    others = [each if each.startswith("that page") else f"it {each}" for each in others]
    return "; ".join([f"{why}. Its URL can stay in search results", *others])


def _is_noindex_hidden(page: PageFact, block: PageBlock) -> bool:
    """Return whether a crawler that a noindex is for may not fetch the page."""
    names = block.agents.lower()
    return page.noindex is not None and (
        not page.noindex_for or any(each in names for each in page.noindex_for)
    )


def _is_moved(page: PageFact) -> bool:
    """Return whether a page redirects to another one of the site that responds; others are broken.

    A login or a page that asks for consent is not where the page is: what it says of itself does not matter.
    """
    is_whole = page.status_code == 200 and page.error is None
    is_same_site = textual_host(page.final_url) == textual_host(page.loc)
    return bool(page.hops) and is_whole and is_same_site and find_kind(page) is None


def _find_other_canonical(page: PageFact) -> str | None:
    """Return the first canonical URL that is not the URL of the response."""
    here = canonical_url(page.final_url or page.loc)
    return next((each.url for each in page.canonicals if canonical_url(each.url) != here), None)
