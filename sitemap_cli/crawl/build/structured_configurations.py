"""The configuration files of hosts in JSON and TOML: ``vercel.json``, ``netlify.toml`` and others."""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sitemap_cli.crawl.build.host_rules import REWRITE, HeaderRule, HostRule, HostRules, RulePlace, Switch
from sitemap_cli.crawl.build.path_patterns import (
    PathPattern,
    compile_glob,
    compile_redirects_source,
    compile_regex,
    compile_route,
    compile_template,
)
from sitemap_cli.crawl.build.text_configurations import ROBOTS_TAG, strip_site

VERCEL_JSON, NETLIFY_TOML = "vercel.json", "netlify.toml"
FIREBASE_JSON, AZURE_JSON = "firebase.json", "staticwebapp.config.json"

Table = Mapping[str, Any]

FUNCTIONS = ("function", "run", "dynamicLinks")
"""Keys of rewrites of Firebase that lead to no file."""
DYNAMIC = "https://function.invalid/"
"""Stands for what a function answers."""
MAX_MISSES = 1_000
"""Values that are looked for in a file in vain, as those with escapes are; then sections are named."""


@dataclass(slots=True)
class Configuration:
    """A parsed file: its name in messages and in reports, its text, and its data."""

    by: str
    file: str
    text: str
    data: Table
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    _sections: dict[str, int] = field(default_factory=dict)
    _ends: list[int] = field(default_factory=list)
    _misses: int = 0

    def __post_init__(self) -> None:
        self._ends = [each.start() for each in re.finditer("\n", self.text)]

    def locate(self, section: str, value: object = None) -> RulePlace:
        """Return the line of a value behind the name of a section; each call finds the next one."""
        if section not in self._sections:
            self._sections[section] = max(self.text.find(section), 0)
        begin = self._sections[section]
        needle = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else section
        key = (section, needle)
        at = self.text.find(needle, self._seen.get(key, begin)) if self._misses < MAX_MISSES else -1
        if at < 0:
            self._misses += 1
            at = begin
        self._seen[key] = at + len(needle)
        return RulePlace(self.file, bisect_left(self._ends, at) + 1)

    def read_switch(self, name: str, table: Table) -> Switch | None:
        """Return a setting that is true or false."""
        value = table.get(name)
        return Switch(value, self.locate(f'"{name}"')) if isinstance(value, bool) else None


def list_tables(value: object) -> list[Table]:
    """Return the tables in a list; other values are left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def add_vercel(rules: HostRules, configuration: Configuration) -> None:
    """Add what ``vercel.json`` says.

    Source: https://vercel.com/docs/project-configuration/vercel-json
    """
    data = configuration.data
    rules.clean_urls = configuration.read_switch("cleanUrls", data) or rules.clean_urls
    rules.trailing_slash = configuration.read_switch("trailingSlash", data) or rules.trailing_slash
    plain = [each for each in list_tables(data.get("redirects")) if not _has_conditions(each)]
    rules.add_rules(_build_rule(configuration, "redirects", each, compile_template, 308) for each in plain)
    plain = [each for each in list_tables(data.get("rewrites")) if not _has_conditions(each)]
    rules.add_rules(_build_rule(configuration, "rewrites", each, compile_template, 200) for each in plain)
    plain = [each for each in list_tables(data.get("headers")) if not _has_conditions(each)]
    rules.headers += _build_headers(configuration, plain, compile_template)
    if data.get("routes"):
        rules.notes.append(f"the routes in {configuration.file} are not judged")


def add_firebase(rules: HostRules, configuration: Configuration, hosting: Table) -> None:
    """Add what the ``hosting`` of a ``firebase.json`` says.

    Source: https://firebase.google.com/docs/hosting/full-config
    """
    rules.clean_urls = configuration.read_switch("cleanUrls", hosting) or rules.clean_urls
    rules.trailing_slash = configuration.read_switch("trailingSlash", hosting) or rules.trailing_slash
    for section, status in (("redirects", 301), ("rewrites", 200)):
        tables = list_tables(hosting.get(section))
        rules.add_rules(_build_rule(configuration, section, each, compile_glob, status) for each in tables)
    rules.headers += _build_headers(configuration, list_tables(hosting.get("headers")), compile_glob)


def add_azure(rules: HostRules, configuration: Configuration) -> None:
    """Add what ``staticwebapp.config.json`` says.

    Source: https://learn.microsoft.com/azure/static-web-apps/configuration
    """
    data = configuration.data
    slash = data.get("trailingSlash")
    if slash in ("always", "never"):
        rules.trailing_slash = Switch(slash == "always", configuration.locate('"trailingSlash"'))
    for each in list_tables(data.get("routes")):
        methods = each.get("methods")
        if methods and isinstance(methods, list) and "GET" not in methods:
            continue
        target = each.get("redirect") or each.get("rewrite")
        if isinstance(target, str):
            status = each.get("statusCode", 302) if "redirect" in each else 200
            found = {"source": each.get("route"), "destination": target, "statusCode": status}
            rules.add_rules([_build_rule(configuration, "routes", found, compile_route, 302, wins=True)])
        headers = each.get("headers")
        if isinstance(headers, dict):
            pairs = [{"key": key, "value": value} for key, value in headers.items()]
            table = {"source": each.get("route"), "headers": pairs}
            rules.headers += _build_headers(configuration, [table], compile_route)
    everywhere = data.get("globalHeaders")
    if isinstance(everywhere, dict):
        pairs = [{"key": key, "value": value} for key, value in everywhere.items()]
        rules.headers += _build_headers(configuration, [{"source": "/*", "headers": pairs}], compile_route)
    fallback = data.get("navigationFallback")
    if isinstance(fallback, dict) and isinstance(fallback.get("rewrite"), str):
        table = {"source": "/*", "destination": f"/{fallback['rewrite'].lstrip('/')}"}
        rules.add_rules([_build_rule(configuration, "navigationFallback", table, compile_route, 200)])


def add_netlify(rules: HostRules, configuration: Configuration, site: str) -> None:
    """Add what ``netlify.toml`` says; its rules come after those of ``_redirects``.

    Source: https://docs.netlify.com/manage/routing/redirects/overview/
    """
    data = configuration.data
    lines = _find_tables(configuration.text, "redirects")
    for number, each in enumerate(list_tables(data.get("redirects"))):
        place = RulePlace(configuration.file, lines[number] if number < len(lines) else 1)
        status, query = each.get("status", 301), each.get("query")
        source, target = each.get("from"), each.get("to", "")
        is_plain = not each.get("conditions") and not each.get("signed")
        if not (isinstance(source, str) and isinstance(target, str) and isinstance(status, int) and is_plain):
            continue
        path = strip_site(source, site)
        pattern = compile_redirects_source(path) if path else None
        if pattern is not None and target:
            wins, names = bool(each.get("force")), tuple(query) if isinstance(query, dict) else ()
            rule = HostRule(
                pattern, target, status, place, wins, ignores_slash=True, query=names, by=NETLIFY_TOML
            )
            rules.add_rules([rule])
    lines = _find_tables(configuration.text, "headers")
    for number, each in enumerate(list_tables(data.get("headers"))):
        source, values = each.get("for"), each.get("values")
        pattern = compile_redirects_source(source) if isinstance(source, str) else None
        if pattern is not None and isinstance(values, dict):
            place = RulePlace(configuration.file, lines[number] if number < len(lines) else 1)
            pairs = ((str(key).lower(), str(value)) for key, value in values.items())
            rules.headers += [HeaderRule(pattern, value, place) for key, value in pairs if key == ROBOTS_TAG]


def _has_conditions(table: Table) -> bool:
    return bool(table.get("has") or table.get("missing"))


def _build_rule(
    configuration: Configuration,
    section: str,
    table: Table,
    compile_source: Callable[[str], PathPattern | None],
    status: int,
    *,
    wins: bool | None = None,
) -> HostRule | None:
    """Return the rule of a table with source and destination; None if it cannot be judged."""
    source, target = table.get("source"), table.get("destination")
    if status == REWRITE and any(each in table for each in FUNCTIONS):
        target = DYNAMIC
    if not isinstance(source, str):
        source, compile_source = table.get("regex"), compile_regex
    if not isinstance(source, str) or not isinstance(target, str):
        return None
    given = table.get("statusCode", table.get("type"))
    if isinstance(given, int) and not isinstance(given, bool):
        status = given
    elif table.get("permanent") is False:
        status = 307
    place, pattern = configuration.locate(f'"{section}"', source), compile_source(source)
    if pattern is None:
        return None
    is_redirect = status != 200 if wins is None else wins
    return HostRule(pattern, target, status, place, is_redirect, by=configuration.by)


def _build_headers(
    configuration: Configuration,
    tables: Iterable[Table],
    compile_source: Callable[[str], PathPattern | None],
) -> Iterator[HeaderRule]:
    """Yield the rules that send ``X-Robots-Tag``."""
    for table in tables:
        source = table.get("source")
        pattern = compile_source(source) if isinstance(source, str) else None
        for each in list_tables(table.get("headers")):
            key, value = each.get("key"), each.get("value")
            if pattern is None or not (isinstance(key, str) and isinstance(value, str)):
                continue
            if key.lower() == ROBOTS_TAG:
                yield HeaderRule(pattern, value, configuration.locate(f'"{key}"', value))


def _find_tables(text: str, name: str) -> list[int]:
    """Return the lines where the tables of an array begin in TOML."""
    heading = re.compile(rf"[ \t]*\[\[[ \t]*{name}[ \t]*\]\]")
    return [number for number, line in enumerate(text.split("\n"), 1) if heading.match(line)]
