"""What a crawl reports besides the sitemaps that it delivers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sitemap_cli.crawl.robots_cache import NOT_UTF8, explain_outage
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.fetch.content_coding import PROBLEMS
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import DiscoveredBy, Fault

if TYPE_CHECKING:
    from sitemap_cli.crawl.page_hints import PageHint


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """The outcomes of robots.txt files, wrong guesses and pages, and the limits that left something out.

    ``limits`` has one fault per reason. ``robots_files`` are the URLs that the user named whose content is
    that of a robots.txt.
    """

    outcomes: list[UrlOutcome] = field(default_factory=list)
    limits: dict[str, Fault] = field(default_factory=dict)
    robots_files: list[str] = field(default_factory=list)

    def add_limit(self, reason: str, message: str) -> None:
        """Add a limit that left something out; the first message of each reason is kept."""
        self.limits.setdefault(reason, Fault(reason, message))

    def add_response(
        self,
        response: Response,
        source: DiscoveredBy,
        *,
        named: int | None = None,
        decisive: bool = True,
        is_obeyed: bool = False,
        page: "PageHint | None" = None,
    ) -> None:
        """Add the response of a robots.txt or page that was requested.

        Args:
            response: the response; nothing is added if no request was sent.
            source: how the URL became known.
            named: the number of sitemaps that the content names.
            decisive: False if another URL was requested instead.
            is_obeyed: whether this is a robots.txt whose failure forbids everything.
            page: what the content is, if it is a page in the place of a robots.txt.
        """
        if not response.attempts:
            return
        fault = _get_fault(response, is_obeyed=is_obeyed)
        outcome = UrlOutcome(
            response.url,
            source,
            expected=False,
            status_code=response.status_code,
            reason=fault.reason if fault else None,
            named=named if response.body else None,
            decisive=decisive,
            message=fault.message if fault else _describe_encoding(response),
            page=page,
        )
        self.outcomes.append(outcome)


def _describe_encoding(response: Response) -> str | None:
    """Return what is odd about the encoding of content that was read in spite of it."""
    return "; ".join(each.message for each in response.problems if each.code in (*PROBLEMS, NOT_UTF8)) or None


def _get_fault(response: Response, *, is_obeyed: bool) -> Fault | None:
    """Return the fault of a robots.txt or page. Too large is no fault: the beginning is enough."""
    if is_obeyed and (outage := explain_outage(response)) is not None:
        return outage
    if response.fault is not None and response.fault.reason != "too-large":
        return response.fault
    is_success = response.status_code is not None and 200 <= response.status_code < 300
    return None if is_success and response.body is not None else Fault("http-status", "")
