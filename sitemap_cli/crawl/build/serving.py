"""What hosts do with a URL that is not exactly that of a file, in words."""

from functools import cache

from sitemap_cli.audit.build_facts import ServedElsewhere
from sitemap_cli.crawl.build.host_rules import HostRules
from sitemap_cli.crawl.build.host_shapes import GITHUB, HOSTS, Outcome, Shape, list_hosts
from sitemap_cli.model.values import Severity

_SHAPES = {
    Shape.FOLDER: "the page is x/index.html, and the URL has no slash at the end",
    Shape.FILE: "the page is x.html, and the URL has no .html",
    Shape.FILE_SLASH: "the page is x.html, but the URL ends with a slash",
    Shape.HTML: "the URL ends with .html",
    Shape.INDEX: "the URL names index.html",
}
_GOALS = {
    Shape.FOLDER: "with a slash",
    Shape.FILE_SLASH: "without the slash",
    Shape.HTML: "without .html",
    Shape.INDEX: "of the folder",
}


def describe_outcomes(shape: Shape, rules: HostRules) -> ServedElsewhere | None:
    """Return what hosts do with a URL of this shape, or the host that the build is for.

    None if they serve the page, or if a setting decides.
    """
    if rules.clean_urls is not None and rules.clean_urls.value and shape is Shape.FILE:
        return None
    if rules.trailing_slash is not None and shape in (Shape.FOLDER, Shape.FILE_SLASH):
        return None
    return _describe_hosts(shape, rules.host)


@cache
def _describe_hosts(shape: Shape, host: str | None) -> ServedElsewhere | None:
    if host is None:
        hosts = {each: list_hosts(shape, each) for each in Outcome}
    else:
        hosts = {each: [host] for each in Outcome if HOSTS[host].get(shape) is each}
    said = [_describe_outcome(shape, outcome, names) for outcome, names in hosts.items() if names]
    if not said:
        return None
    severity = Severity.INFO
    if shape is Shape.FILE_SLASH and hosts.get(Outcome.MISSING):
        # GitHub Pages has no settings, so that this is certain.
        severity = Severity.ERROR if host == GITHUB else Severity.WARNING
    return ServedElsewhere(f"{_SHAPES[shape]}: {'; '.join(said)}", severity)


def _describe_outcome(shape: Shape, outcome: Outcome, names: list[str]) -> str:
    *others, last = names
    is_one = not others
    subject = last if is_one else f"{', '.join(others)} and {last}"
    if outcome is Outcome.REDIRECT:
        return f"{subject} redirect{'s' if is_one else ''} to the URL {_GOALS[shape]}"
    text = f"{subject} respond{'s' if is_one else ''} with 404"
    return (
        text if names == [GITHUB] else f"{text} unless {'it is' if is_one else 'they are'} configured for it"
    )
