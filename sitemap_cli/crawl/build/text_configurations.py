"""The configuration files of hosts that are lines of text: ``_redirects``, ``_headers`` and ``.htaccess``."""

import re
import shlex
from collections.abc import Iterator

from sitemap_cli.crawl.build.host_rules import HeaderRule, HostRule, RulePlace
from sitemap_cli.crawl.build.path_patterns import (
    PathPattern,
    compile_prefix,
    compile_redirects_source,
    compile_regex,
)
from sitemap_cli.urls import host_and_port

REDIRECTS, HEADERS, HTACCESS = "_redirects", "_headers", ".htaccess"

_STATUS = re.compile(r"(\d{3})(!?)")
_TARGET = re.compile(r"(?:/|https?://)", re.IGNORECASE)
_URL = re.compile(r"https?://[^/]+", re.IGNORECASE)
_PARAMETER = re.compile(r"([^=/\s]+)=")
ROBOTS_TAG = "x-robots-tag"
_APACHE_STATUS = {"permanent": 301, "temp": 302, "seeother": 303, "gone": 410}


def parse_redirects(text: str, file: str, site: str, *, wins: bool | None) -> Iterator[HostRule]:
    """Yield the rules of a ``_redirects`` file that can be judged; conditions such as countries cannot.

    Args:
        text: the file.
        file: its name for reports.
        site: ``host[:port]`` of the site; rules for other hosts are left out.
        wins: whether rules without ``!`` apply although there is a file.
    """
    for number, line in enumerate(text.splitlines(), 1):
        words = _split_words(line)
        source = strip_site(words[0], site) if words else None
        if source is None:
            continue
        queries = _count_parameters(words)
        target, *options = words[1 + queries :] or [""]
        status = _STATUS.fullmatch(options[0]) if options else None
        conditions = options[1:] if status else options
        pattern = compile_redirects_source(source)
        if conditions or not _TARGET.match(target) or pattern is None:
            continue
        code, force = (int(status[1]), bool(status[2])) if status else (301, False)
        yield HostRule(
            pattern,
            target,
            code,
            RulePlace(file, number),
            wins=True if force else wins,
            ignores_slash=True,
            query=tuple(each.partition("=")[0] for each in words[1 : 1 + queries]),
            by=REDIRECTS,
        )


def parse_headers(text: str, file: str, site: str) -> Iterator[HeaderRule]:
    """Yield the rules of a ``_headers`` file that send ``X-Robots-Tag``.

    Source: https://docs.netlify.com/manage/routing/headers/
    """
    pattern: PathPattern | None = None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if not line[:1].isspace():
            source = strip_site(stripped, site)
            pattern = None if source is None else compile_redirects_source(source)
            continue
        name, _, value = stripped.partition(":")
        if pattern is not None and name.strip().lower() == ROBOTS_TAG:
            yield HeaderRule(pattern, value.strip(), RulePlace(file, number))


def parse_htaccess(text: str, file: str) -> Iterator[HostRule | HeaderRule]:
    """Yield ``Redirect`` and ``RedirectMatch`` lines, and ``Header`` lines with ``X-Robots-Tag``.

    What is in sections other than ``<IfModule>`` depends on conditions, and is left out, like
    ``RewriteRule``.
    """
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("<") and not stripped.lower().startswith(("<ifmodule", "</ifmodule")):
            depth = max(0, depth + (-1 if stripped.startswith("</") else 1))
        if depth or not stripped or stripped[0] in "<#":
            continue
        try:
            words = shlex.split(stripped)
        except ValueError:  # unbalanced quotes
            continue
        rule = _build_apache_rule(words, RulePlace(file, number))
        if rule is not None:
            yield rule


def strip_site(source: str, site: str) -> str | None:
    """Return the path of a source that may be a URL; None if it is on another host."""
    url = _URL.match(source)
    if url is None:
        return source if source.startswith("/") else None
    return source[url.end() :] or "/" if host_and_port(f"{url[0]}/") == site else None


def _split_words(line: str) -> list[str]:
    words = line.split()
    comment = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
    return words[:comment]


def _count_parameters(words: list[str]) -> int:
    """Return how many words after the source are parameters of the query."""
    count = 0
    while count + 1 < len(words) and _PARAMETER.match(words[count + 1]) and len(words) > count + 2:
        count += 1
    return count


def _build_apache_rule(words: list[str], place: RulePlace) -> HostRule | HeaderRule | None:
    name, *rest = words
    name = name.lower()
    if name == "header":
        return _build_apache_header(rest, place)
    if name not in ("redirect", "redirectpermanent", "redirecttemp", "redirectmatch"):
        return None
    status = {"redirectpermanent": 301, "redirecttemp": 302}.get(name, 302)
    if rest and name in ("redirect", "redirectmatch") and not rest[0].startswith(("/", "^")):
        word, *rest = rest
        status = _APACHE_STATUS.get(word.lower(), int(word) if word.isdecimal() and len(word) == 3 else 0)
    if not rest or not status or (len(rest) < 2 and status < 400):
        return None
    is_match = name == "redirectmatch"
    pattern = compile_regex(rest[0]) if is_match else compile_prefix(rest[0])
    target = rest[1] if len(rest) > 1 else "/"
    if pattern is None or (not is_match and not rest[0].startswith("/")):
        return None
    return HostRule(pattern, target if is_match else f"{target}:rest", status, place, by=HTACCESS)


def _build_apache_header(words: list[str], place: RulePlace) -> HeaderRule | None:
    """Return the rule of a ``Header`` line for all paths."""
    words = words[1:] if words and words[0].lower() in ("always", "onsuccess") else words
    is_set = len(words) == 3 and words[0].lower() in ("set", "add", "append", "merge")
    if not is_set or words[1].lower().rstrip(":") != ROBOTS_TAG:
        return None
    everything = compile_redirects_source("/*")
    return HeaderRule(everything, words[2], place) if everything else None
