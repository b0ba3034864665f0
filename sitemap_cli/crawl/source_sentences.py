"""Sentences about where a crawl looked for sitemaps, and about how servers responded."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from yarl import URL

from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.values import DiscoveredBy

# The messages of these say no more than the reason.
SELF_EXPLAINING = frozenset({"http-status", "html-instead", "empty", "not-a-sitemap"})


def describe_response(outcome: UrlOutcome) -> str:
    """Return what went wrong at a URL, for instance ``the server stopped sending data``."""
    is_robots = outcome.reason == "robots-unreachable" and not outcome.message
    if outcome.status_code is not None and (outcome.reason == "http-status" or is_robots):
        return f"the server responded with status {outcome.status_code}"
    if outcome.reason == "connection-refused":
        return describe_reason(outcome.reason)
    return outcome.message or describe_reason(outcome.reason)


def summarize_sources(outcomes: Iterable[UrlOutcome]) -> str:
    """Return one line: ``robots.txt and 42 usual sitemap URLs are missing (404), the home page is empty``.

    What was requested only to find out whether http responds, or before another URL, is left out.
    """
    listed = list(outcomes)
    groups: dict[str, tuple[Callable[[bool], str], dict[DiscoveredBy, list[UrlOutcome]]]] = {}
    for each in [each for each in listed if each.decisive] or listed:
        predicate = _choose_predicate(each)
        _, places = groups.setdefault(predicate(False), (predicate, {}))
        places.setdefault(each.source, []).append(each)
    return ", ".join(_join_group(*group) for group in groups.values()) or "no request was sent"


def name_hosts(outcomes: Iterable[UrlOutcome]) -> list[str]:
    """Return the hosts of outcomes as ``host[:port]``, each once."""
    return list(dict.fromkeys(_name_host(URL(each.url)) for each in outcomes))


def join_names(names: Sequence[str]) -> str:
    """Return names as in a sentence: ``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _name_host(url: URL) -> str:
    host = f"[{url.host}]" if ":" in (url.host or "") else f"{url.host}"
    return host if url.is_default_port() else f"{host}:{url.port}"


def _join_group(predicate: Callable[[bool], str], places: dict[DiscoveredBy, list[UrlOutcome]]) -> str:
    subjects = [subject for source, found in places.items() for subject in _name_places(source, found)]
    is_many = len(subjects) > 1 or subjects[0][0].isdigit()
    return f"{join_names(subjects)} {predicate(is_many)}"


def _name_places(source: DiscoveredBy, outcomes: Sequence[UrlOutcome]) -> Iterator[str]:
    count = len(outcomes)
    if source is DiscoveredBy.ROBOTS:
        yield "robots.txt"
    elif source is DiscoveredBy.KNOWN_PATH:
        yield f"{count:,} usual sitemap URLs" if count > 1 else "the usual sitemap URL"
    elif source is DiscoveredBy.HTML and all(URL(each.url).path == "/" for each in outcomes):
        yield "the home page"
    else:
        yield f"{count:,} pages" if count > 1 else outcomes[0].url


def _choose_predicate(outcome: UrlOutcome) -> Callable[[bool], str]:
    """Return what is said of a URL, as a function of whether there are several."""
    reason, code = outcome.reason, outcome.status_code
    if outcome.is_missing:
        return lambda is_many: f"{'are' if is_many else 'is'} missing ({code})"
    if reason == "http-status" or (reason == "robots-unreachable" and code is not None):
        return lambda is_many: f"return{'' if is_many else 's'} status {code}"
    if reason == "html-instead":
        return lambda is_many: "are HTML pages" if is_many else "is an HTML page"
    if reason == "empty":
        return lambda is_many: "are empty" if is_many else "is empty"
    if reason == "not-a-sitemap":
        return lambda is_many: "are not sitemaps" if is_many else "is not a sitemap"
    if reason is not None:
        return lambda _: f"could not be fetched ({describe_response(outcome)})"
    if outcome.named is None:
        return lambda is_many: "were read" if is_many else "was read"
    named = f"{outcome.named or 'no'} sitemap{'s' if outcome.named > 1 else ''}"
    return lambda is_many: f"name{'' if is_many else 's'} {named}"
