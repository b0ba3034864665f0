"""Patterns for paths in the configuration files of hosts, as regular expressions.

A pattern that is not understood, or whose search could take long, is None: its rule is not judged.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sitemap_cli.crawl.build.pattern_costs import ANY, MAX_PATH, Ways, count_ways
from sitemap_cli.urls import canonical_url, path_and_query

MAX_SOURCE = 1_000
MAX_REPEATED = 2
"""Unlimited repetitions in a source."""

_SITE = "https://example.com"
_SEGMENT = "[^/]+"
_NAME = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)")
_PARAMETER = re.compile(r":(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<group>\()")
_UNSUPPORTED = re.compile(r"(?<!\\)[*+(){}]")
_MODIFIER = re.compile(r"[*+?]")
_TARGET = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)[*+]?|\$([0-9])")
_REPEATED_GROUP = re.compile(r"[)\]][*+{].*\)[*+{]|\)[*+{]")
_UNLIMITED = re.compile(r"(?<!\\)[*+]|\{\d+,\}")
_STARS = re.compile(r"\*+")
_GLOB = re.compile(
    r"(?P<deep>/?\*\*/?)|(?P<any>\*)|(?P<one>\?)|@\((?P<choice>[\w.|-]+)\)|\{(?P<braces>[\w.,-]+)\}"
    r"|:(?P<name>\w+)(?P<rest>\*?)|(?P<other>[!@+()\[\]{}])"
)


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A compiled source: ``static`` is its path if it has no wildcards, else ``names`` are its groups.

    It is not tried on paths longer than ``longest``.
    """

    regex: re.Pattern[str] | None
    names: tuple[str, ...] = ()
    static: str | None = None
    longest: int = MAX_PATH

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the captured values by name and number, or None if the path does not match."""
        if self.regex is None:
            return {} if path == self.static else None
        found = self.regex.fullmatch(path) if len(path) <= self.longest else None
        if found is None:
            return None
        values = [each or "" for each in found.groups()]
        numbered = {str(number): value for number, value in enumerate(values, 1)}
        return numbered | dict(zip(self.names, values, strict=False))


def canonical_path(path: str) -> str:
    """Return a path in the spelling in which paths are compared, without its query."""
    return path_and_query(canonical_url(f"{_SITE}{path}")).partition("?")[0]


def fill_target(target: str, values: Mapping[str, str]) -> str:
    """Return a destination with the captured values; unknown names stay as they are."""
    return _TARGET.sub(lambda found: values.get(found[1] or found[2], found[0]), target)


def compile_static(source: str) -> PathPattern:
    """Compile a path without wildcards."""
    return PathPattern(None, static=canonical_path(source))


def compile_redirects_source(source: str) -> PathPattern | None:
    """Compile the source of a ``_redirects`` or ``_headers`` rule: ``:name`` is a segment, ``*`` the rest.

    Sources: https://docs.netlify.com/manage/routing/redirects/redirect-options/#splats,
    https://developers.cloudflare.com/pages/configuration/redirects/#per-file
    """
    if not source.startswith("/") or len(source) > MAX_SOURCE or source.count("*") > MAX_REPEATED:
        return None
    if "*" not in source and not _NAME.search(source):
        return compile_static(source)
    parts, names, at, ways = list[str](), list[str](), 0, Ways()
    for found in re.finditer(r":([A-Za-z_]\w*)|\*", source):
        text = canonical_path(source[at : found.start()] or "/") if at == 0 else source[at : found.start()]
        is_rest = found[0] == "*" and found.end() == len(source) and text.endswith("/")
        parts.append(re.escape(text.removesuffix("/") if is_rest else text))
        parts.append("(?:/(.*))?" if is_rest else "(.*)" if found[0] == "*" else f"({_SEGMENT})")
        names.append(found[1] or "splat")
        at = found.end()
        ways *= _count_ends(source, at, is_segment=found[0] != "*")
    return _compile("".join(parts) + re.escape(source[at:]), tuple(names), ways)


def compile_template(source: str) -> PathPattern | None:
    """Compile a source of ``vercel.json``: the usual part of path-to-regexp.

    Source: https://vercel.com/docs/project-configuration/vercel-json#redirects
    """
    if not source.startswith("/") or len(source) > MAX_SOURCE:
        return None
    parts, names, at, repeated, ways = list[str](), list[str](), 0, 0, Ways()
    while found := _PARAMETER.search(source, at):
        text, end = source[at : found.start()], found.end()
        if _UNSUPPORTED.search(text):
            return None
        inner = _SEGMENT
        if found["group"] or source[end : end + 1] == "(":
            opened = found.start() if found["group"] else end
            end = _find_closing(source, opened)
            inner = source[opened + 1 : end - 1]
            repeated += len(_UNLIMITED.findall(inner))
            if end < 0 or not _is_harmless(inner):
                return None
        names.append(found["name"] or str(len(names)))
        modifier = source[end] if _MODIFIER.match(source, end) else ""
        at = end + len(modifier)
        if inner == _SEGMENT:
            ways *= _count_ends(source, at, is_segment=modifier in ("", "?"))
        else:
            ways *= (within := count_ways(inner, is_last=at == len(source) and not modifier))
            if modifier in ("*", "+") and within != Ways():
                return None
        ways *= Ways(2 if modifier in ("*", "?") else 1)
        repeated += modifier in ("*", "+")
        parts.append(_join_parameter(text, inner, modifier))
    rest = source[at:]
    if repeated > MAX_REPEATED or _UNSUPPORTED.search(rest):
        return None
    if not names:
        return compile_static(source.replace("\\", ""))
    return _compile("".join(parts) + re.escape(rest.replace("\\", "")), tuple(names), ways)


def compile_glob(source: str) -> PathPattern | None:
    """Compile a glob of ``firebase.json``: ``**`` is a path, ``*`` a part of a segment, ``:name`` a segment.

    Source: https://firebase.google.com/docs/hosting/full-config#glob_pattern_matching
    """
    if len(source) > MAX_SOURCE or len(_STARS.findall(source)) > MAX_REPEATED + 1:
        return None
    source = source if source.startswith(("/", "**")) else f"/{source}"
    parts, names, at, ways = list[str](), list[str](), 0, Ways()
    for found in _GLOB.finditer(source):
        if found["other"]:
            return None
        parts.append(re.escape(source[at : found.start()]))
        choices = found["choice"] or (found["braces"] or "").replace(",", "|")
        if found["deep"]:
            slash = "/" if found["deep"].startswith("/") or found.start() == 0 else ""
            parts.append(f"{slash}.*")
        elif choices:
            parts.append(f"(?:{'|'.join(map(re.escape, choices.split('|')))})")
        elif found["name"]:
            names.append(found["name"])
            parts.append("(.*)" if found["rest"] else f"({_SEGMENT})")
        else:
            parts.append("[^/]" if found["one"] else "[^/]*")
        at = found.end()
        if choices:
            ways *= Ways(choices.count("|") + 1)
        elif not found["one"]:
            ways *= _count_ends(source, at, is_segment=not (found["deep"] or found["rest"]))
    if at == 0:
        return compile_static(source)
    return _compile("".join(parts) + re.escape(source[at:]), tuple(names), ways)


def compile_route(source: str) -> PathPattern | None:
    """Compile a route of ``staticwebapp.config.json``: ``*`` only at the end, or before a list of endings.

    Source: https://learn.microsoft.com/azure/static-web-apps/configuration#wildcards
    """
    head, star, tail = source.partition("*")
    endings = re.fullmatch(r"\.\{([\w,]+)\}|(?:\.\w+)?", tail)
    if not source.startswith("/") or endings is None:
        return None
    if not star:
        return compile_static(source)
    choices = "|".join(endings[1].split(",")) if endings[1] else ""
    end = rf"\.(?:{choices})" if choices else re.escape(tail)
    return PathPattern(re.compile(f"{re.escape(head)}.*{end}"))


def compile_prefix(source: str) -> PathPattern:
    """Compile the source of ``Redirect`` in ``.htaccess``: a path and all paths below it.

    Source: https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirect
    """
    path = canonical_path(source)
    below = "(.*)" if path.endswith("/") else "((?:/.*)?)"
    return PathPattern(re.compile(f"{re.escape(path)}{below}"), ("rest",))


def compile_regex(source: str) -> PathPattern | None:
    """Compile a regular expression that the user wrote, which has to match somewhere in the path."""
    if len(source) > MAX_SOURCE or len(_UNLIMITED.findall(source)) > MAX_REPEATED:
        return None
    if not _is_harmless(source):
        return None
    begin = "" if source.startswith("^") else ".*"
    end = "" if source.endswith("$") else ".*"
    return _compile(f"{begin}{source}{end}", (), count_ways(source) * (ANY if begin else Ways()))


def _compile(pattern: str, names: tuple[str, ...], ways: Ways) -> PathPattern | None:
    """Return a pattern, or None if it is not valid or its search could take long."""
    longest = ways.find_longest()
    try:
        return PathPattern(re.compile(pattern), names, longest=longest) if longest else None
    except (re.error, OverflowError, RecursionError):
        return None


def _count_ends(source: str, at: int, *, is_segment: bool) -> Ways:
    """Return the number of ends of a part that ends where the text at ``at`` begins."""
    is_certain = at == len(source) or (is_segment and source[at] == "/")
    return Ways() if is_certain else ANY


def _is_harmless(pattern: str) -> bool:
    """Return whether a pattern repeats no groups, so that a search takes no exponential time."""
    return _REPEATED_GROUP.search(pattern) is None and "(?P" not in pattern


def _find_closing(source: str, at: int) -> int:
    """Return the position behind the bracket that closes the one at ``at``, or -1."""
    depth = 0
    for number in range(at, len(source)):
        is_escaped = source[number - 1] == "\\"
        depth += 0 if is_escaped else {"(": 1, ")": -1}.get(source[number], 0)
        if depth == 0:
            return number + 1
    return -1


def _join_parameter(text: str, inner: str, modifier: str) -> str:
    """Return the pattern of a text and the parameter behind it, which takes the slash before it along."""
    each = f"(?:{inner})"
    make: Callable[[str], str] = {
        "": lambda slash: f"{slash}({inner})",
        "?": lambda slash: f"(?:{slash}({inner}))?",
        "+": lambda slash: f"{slash}({each}(?:/{each})*)",
        "*": lambda slash: f"(?:{slash}({each}(?:/{each})*))?",
    }[modifier]
    plain = text.replace("\\", "")
    if plain.endswith("/"):
        return re.escape(plain[:-1]) + make("/")
    return re.escape(plain) + make("")
