"""What hosts do with a URL that is not exactly that of a file, in words."""

from sitemap_cli.audit.build_facts import ServedElsewhere
from sitemap_cli.crawl.build.host_rules import HostRules
from sitemap_cli.crawl.build.host_shapes import HOSTS, Outcome, Shape, list_hosts
from sitemap_cli.model.values import Severity


def describe_outcomes(shape: Shape, rules: HostRules) -> ServedElsewhere | None:
    """Return what hosts do with a URL of this shape, or the host that the build is for."""
    if rules.clean_urls is not None and rules.clean_urls.value and shape is Shape.FILE:
        return None
    if rules.trailing_slash is not None and shape in (Shape.FOLDER, Shape.FILE_SLASH):
        return None
    if rules.host is not None:
        outcome = HOSTS[rules.host].get(shape)
        hosts = {outcome: [rules.host]} if outcome else {}
    else:
        hosts = {each: found for each in Outcome if (found := list_hosts(shape, each))}
    return _describe_hosts(shape, hosts)


def _describe_hosts(shape: Shape, hosts: dict[Outcome, list[str]]) -> ServedElsewhere | None:
    if not hosts:
        return None
    what = {
        Shape.FOLDER: "the page is x/index.html, and the URL has no slash at the end",
        Shape.FILE: "the page is x.html, and the URL has no .html",
        Shape.FILE_SLASH: "the page is x.html, but the URL ends with a slash",
        Shape.HTML: "the URL ends with .html",
        Shape.INDEX: "the URL names index.html",
    }[shape]
    parts = {
        Outcome.REDIRECT: f"{{}} redirect to the URL {_describe_goal(shape)}",
        Outcome.MISSING: "{} respond with 404 unless they are configured for it",
    }
    said = []
    for outcome, names in hosts.items():
        words = parts[outcome].format(_join(names))
        if len(names) == 1:
            words = words.replace(" redirect ", " redirects ").replace(" respond with ", " responds with ")
            words = words.replace("they are", "it is")
        said.append(words)
    severity = Severity.INFO
    if shape is Shape.FILE_SLASH and Outcome.MISSING in hosts:
        severity = Severity.WARNING
    return ServedElsewhere(f"{what}: {'; '.join(said)}", severity)


def _describe_goal(shape: Shape) -> str:
    goals = {
        Shape.FOLDER: "with a slash",
        Shape.HTML: "without .html",
        Shape.INDEX: "of the folder",
    }
    return goals.get(shape, "without the slash")


def _join(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
